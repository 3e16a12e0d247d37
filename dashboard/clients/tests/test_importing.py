"""A list of clients is looked through row by row, and then written: whole, once, and whatever happens meanwhile."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from clients import personal
from clients.errors import AddressTaken
from clients.importing.reading import read, rows_of
from clients.models import Client, ClientImport, ClientNote, CustomField, ImportRow, Tag
from clients.services import add_client, add_field, archive, importing, merge
from clients.services.importing import confirm, drop, forget_old, left_behind, name_columns, run_batch, work
from clients.services.keeping import set_values
from dashboard.clients.tests.scene import HEAD, checked, many, taken, written
from naksha.errors import InvalidState, WrongInput
from naksha.personal import Identity
from naksha.testing import make_client

pytestmark = pytest.mark.django_db
S = ClientImport.Status


def outcomes(job):
    return [(row.number, row.outcome, row.why) for row in job.rows.all()]


@pytest.mark.parametrize(
    ("data", "names"),
    [
        (b"Name,Email\r\nMeera Nair,m@x.example\r\n", "Meera Nair"),
        ("\ufeffName;E-Mail\r\nMeera Nair;m@x.example".encode(), "Meera Nair"),
        (b"email\tFirst name\tLast Name\nm@x.example\tMeera\tNair\n", "Meera Nair"),
        ("Name,Email\nमीरा नायर,m@x.example".encode("utf-16"), "मीरा नायर"),
        (b'"Full name","Email ID"\n"Meera Nair","M@X.example"\n\n\n', "Meera Nair"),
    ],
)
def test_files_as_spreadsheets_write_them(consultant, data, names):
    job = written(consultant, data)
    assert (job.status, job.created) == (S.DONE, 1)
    assert Client.objects.values_list("name", "email").get() == (names, "m@x.example")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "The file is empty."),
        (b"\n\n  \n", "The file is empty."),
        (b"Name,Email\n", "a head and no rows"),
        ("Name,Email\nM\xe9era,m@x.example".encode("latin-1"), "CSV UTF-8"),
        (b"PK\x03\x04\0\0\0", "no CSV file"),
        (b'Name,Email\n"Meera,m@x.example\n' + b"x" * 140_000, "Is a quotation mark opened there"),
        (b"Name,Email\n" + b"a,b\n" * 50_001, "more than 50,000 rows"),
        (b"x" * (10 * 1024 * 1024 + 1), "larger than 10 MB"),
        (b"a," * 61 + b"\nb", "more than 60 columns"),
        (b"Name,Email\na,b\nc" + b"," * 61, "Row 3 has more than 60 cells"),
    ],
)
def test_a_file_that_is_none_is_refused_in_words(consultant, data, words):
    with pytest.raises(WrongInput, match=words):
        taken(consultant, data)
    assert not ClientImport.objects.exists()


def test_each_row_is_taken_or_refused_by_itself_and_nothing_is_written_yet(consultant, other_consultant):
    make_client(consultant, name="Gita Rao", email="gita@x.example", phone="+919820012345")
    make_client(consultant, name="Same One", email="same@x.example", phone="")
    make_client(other_consultant, name="Not Mine", email="theirs@x.example")
    archive(client=make_client(consultant, email="back@x.example"), actor=consultant.user)
    job = checked(
        consultant,
        HEAD
        + "Meera Nair,meera@x.example,98200 12345,Law\n"
        + "Gita Rao,GITA@x.example,98200 99999,\n"
        + "Same One,same@x.example,,\n"
        + "Meera N,meera@x.example,,\n"
        + ",nobody@x.example,,\n"
        + "No Mail,,,\n"
        + "Bad Mail,not an address,12,\n"
        + f"{'N' * 10_000},long@x.example,,\n"
        + "=HYPERLINK(1),formula@x.example,,\n"
        + "Too Many,many@x.example,,x,y,z\n"
        + "Theirs Too,theirs@x.example,,\n"
        + "Come Back,back@x.example,,\n"
        + "Short Row,short@x.example\n",
    )
    told = {number: (outcome, why) for number, outcome, why in outcomes(job)}
    assert told[2] == ("create", "")
    assert told[3] == ("update", "Phone")
    assert told[4] == ("same", "")
    assert told[5] == ("refuse", "Row 2 has the same mail address.")
    assert told[6][1] == "Name: Write the name."
    assert told[7][1] == "Mail address: Write the mail address."
    assert "Mail address: Write a mail address like" in told[8][1]
    assert "Phone: Write a phone number" in told[8][1]
    assert "200 characters" in told[9][1]
    assert "Name: A name is written with letters" in told[10][1]
    assert "It has 6 cells and the head 4." in told[11][1]
    assert told[12][0] == "create"
    assert told[13] == ("update", "Comes back from the archive.")
    assert told[14][0] == "create"
    assert (job.status, job.to_create, job.to_update, job.unchanged, job.refused) == (S.CHECKED, 3, 2, 1, 7)
    assert job.source == ""
    assert Client.objects.filter(consultant=consultant).count() == 3
    confirm(job=job, actor=consultant.user)
    work(job.pk)
    job.refresh_from_db()
    assert (job.status, job.created, job.updated) == (S.DONE, 3, 2)
    assert Client.objects.filter(consultant=consultant).count() == 6
    assert Client.objects.get(consultant=consultant, email="gita@x.example").phone == "+919820099999"
    assert Client.objects.get(consultant=consultant, email="back@x.example").archived_at is None
    assert Client.objects.get(consultant=other_consultant).name == "Not Mine"


def test_what_a_row_leaves_empty_stays_and_the_same_list_again_changes_nothing(consultant):
    add_client(
        consultant=consultant,
        actor=consultant.user,
        details={"name": "Meera Nair", "email": "m@x.example", "address": "4 Karve Road"},
        tags=["Regular"],
    )
    plan = add_field(consultant=consultant, label="Plan", kind="choice", choices=["Gold", "Silver"])
    text = (
        'name,email,state,plan,tags,note,pin,nonsense\nMeera Nair,m@x.example,karnataka,gold,"law, regular",Hello,,x\n'
    )
    job = taken(consultant, text)
    assert job.status == S.MAPPING  # nobody knows what "nonsense" is
    name_columns(job=job, columns=job.columns)
    work(job.pk)
    job.refresh_from_db()
    assert outcomes(job) == [(2, "update", "State, Tags, Note, Plan")]
    confirm(job=job, actor=consultant.user)
    work(job.pk)
    client = Client.objects.get()
    assert (client.state_code, client.address) == ("29", "4 Karve Road")
    assert sorted(client.tags.values_list("name", flat=True)) == ["Regular", "law"]
    assert client.values.get(field=plan).value == "Gold"
    again = taken(consultant, text)
    name_columns(job=again, columns=again.columns)
    work(again.pk)
    assert outcomes(again) == [(2, "same", "")]
    assert ClientNote.objects.count() == 1


def test_a_formula_is_kept_as_text_and_comes_out_safe(consultant, client):
    written(consultant, 'Name,Email,Address,Note\nMeera Nair,m@x.example,=1+1,"@SUM(A1)"\n')
    made = Client.objects.get()
    assert (made.address, made.notes.get().body) == ("=1+1", "@SUM(A1)")
    client.force_login(consultant.user)
    file = b"".join(client.get(reverse("clients:export")).streaming_content)
    assert b"'=1+1" in file
    Client.objects.all().delete()
    job = written(consultant, file)  # what we give out, we take in
    assert (job.created, Client.objects.get().address) == (1, "=1+1")


def test_a_field_that_is_called_like_a_formula_comes_out_safe_and_is_known_again(consultant, client):
    field = add_field(consultant=consultant, label="=HYPERLINK(1)", kind="text")
    gita = make_client(consultant, name="Gita Rao", email="g@x.example")
    set_values(gita, {field.pk: "-5"})
    client.force_login(consultant.user)
    file = b"".join(client.get(reverse("clients:export")).streaming_content)
    assert b",'=HYPERLINK(1)," in file.splitlines()[0]
    set_values(gita, {field.pk: "overwritten"})
    assert written(consultant, file).status == S.DONE
    assert gita.values.get().value == "-5"


def test_what_is_called_like_a_column_from_before_comes_back_as_it_was(consultant, client):
    """Such labels are refused now; those that there are keep what they hold."""
    labels = ["Phone", "State", "Email", "Note", "Archived"]
    fields = [CustomField.objects.create(consultant=consultant, label=label, kind="text") for label in labels]
    gita = make_client(consultant, name="Gita Rao", email="g@x.example", phone="+919820012345", state_code="27")
    set_values(gita, {field.pk: f"own {field.label}" for field in fields})
    client.force_login(consultant.user)
    file = b"".join(client.get(reverse("clients:export")).streaming_content)
    gita.values.all().delete()
    Client.objects.filter(pk=gita.pk).update(phone="", state_code="")
    assert written(consultant, file).status == S.DONE
    gita.refresh_from_db()
    assert (gita.phone, gita.state_code, gita.email) == ("+919820012345", "27", "g@x.example")
    assert {value.field.label: value.value for value in gita.values.all()} == {each: f"own {each}" for each in labels}
    assert not ClientNote.objects.exists()


def test_in_a_list_from_elsewhere_the_column_wins_over_the_field(consultant):
    for label in ("Email", "Phone"):
        CustomField.objects.create(consultant=consultant, label=label, kind="text")
    assert written(consultant, "Name,Email,Phone\nGita Rao,g@x.example,+919820012345\n").status == S.DONE
    made = Client.objects.get()
    assert (made.email, made.phone, made.values.count()) == ("g@x.example", "+919820012345", 0)


def test_columns_that_say_nothing_are_asked_for(consultant):
    job = taken(consultant, "Who,Where to,Since\nMeera Nair,m@x.example,2020\n")
    assert (job.status, job.columns) == (S.MAPPING, ["", "", ""])
    for wrong in (["name", "name", ""], ["name", "", ""], ["name", "email"], ["name", "email", "own:x"]):
        with pytest.raises(WrongInput):
            name_columns(job=job, columns=wrong)
    name_columns(job=job, columns=["name", "email", ""])
    with pytest.raises(InvalidState):
        name_columns(job=job, columns=["name", "email", ""])
    work(job.pk)
    assert outcomes(job) == [(2, "create", "")]


def test_said_twice_it_is_done_once(consultant, monkeypatch):
    job = checked(consultant, many(3))
    assert confirm(job=job, actor=consultant.user) is True
    assert confirm(job=job, actor=consultant.user) is False
    work(job.pk)
    work(job.pk)
    assert confirm(job=job, actor=consultant.user) is False
    assert Client.objects.count() == 3
    with pytest.raises(InvalidState):
        drop(job=job)


def test_a_worker_that_dies_half_way_leaves_whole_batches_and_the_next_goes_on(consultant, monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 4)
    job = taken(consultant, many(10))
    real = importing.check_batch
    calls = iter(range(100))

    def dies(*args):
        if next(calls) == 1:
            raise SystemExit
        return real(*args)

    monkeypatch.setattr(importing, "check_batch", dies)
    with pytest.raises(SystemExit):
        work(job.pk)
    assert ImportRow.objects.count() == 4
    work(job.pk)
    job.refresh_from_db()
    assert (job.status, job.checked, ImportRow.objects.count()) == (S.CHECKED, 10, 10)
    confirm(job=job, actor=consultant.user)
    assert run_batch(job.pk) == 4
    assert Client.objects.count() == 4
    ClientImport.objects.update(updated_at=timezone.now() - importing.LEFT_BEHIND * 2)
    assert left_behind() == [job.pk]
    work(job.pk)
    job.refresh_from_db()
    assert (job.status, job.created, Client.objects.count()) == (S.DONE, 10, 10)


def test_a_batch_that_fails_half_way_writes_nothing_and_is_given_up_in_the_end(consultant, monkeypatch):
    job = checked(consultant, many(3))
    confirm(job=job, actor=consultant.user)

    def fails(*args):
        raise ValueError("broken")

    with monkeypatch.context() as patch:
        patch.setattr("clients.importing.writing._tags", fails)
        for _ in range(importing.MOST_FAILURES):
            with pytest.raises(ValueError, match="broken"):
                work(job.pk)
    job.refresh_from_db()
    assert (job.status, Client.objects.count(), Tag.objects.count()) == (S.FAILED, 0, 0)
    importing.go_on(job=job)
    work(job.pk)
    job.refresh_from_db()
    assert (job.status, Client.objects.count()) == (S.DONE, 3)


def test_who_became_a_client_meanwhile_is_changed_and_not_made_twice(consultant, monkeypatch):
    job = checked(consultant, many(3))
    make_client(consultant, name="Person a", email="p0@x.example")
    confirm(job=job, actor=consultant.user)
    work(job.pk)
    job.refresh_from_db()
    assert (job.created, job.updated, Client.objects.count()) == (2, 1, 3)


def test_who_becomes_one_in_the_same_moment_undoes_the_batch_which_then_finds_them(consultant, monkeypatch):
    from clients.importing import writing

    job = checked(consultant, many(3))
    confirm(job=job, actor=consultant.user)
    real, looks = writing.known_of, iter([True])

    def blind(*args, **kwargs):
        known = real(*args, **kwargs)
        if next(looks, False):
            known.by_mail.clear()
        return known

    make_client(consultant, email="p1@x.example")
    monkeypatch.setattr(writing, "known_of", blind)
    work(job.pk)
    job.refresh_from_db()
    assert (job.status, job.created, job.updated, Client.objects.count()) == (S.DONE, 2, 1, 3)


def test_an_address_from_before_a_merge_finds_the_one_that_was_kept(consultant):
    kept, gone = make_client(consultant, email="a@x.example"), make_client(consultant, email="b@x.example")
    merge(kept=kept, gone=gone, actor=consultant.user)
    job = written(consultant, "Name,Email,Address\nMeera Nair,b@x.example,New Road\n")
    assert (job.updated, Client.objects.get().address) == (1, "New Road")


def test_two_addresses_of_one_client_in_one_list_write_each_value_once(consultant):
    kept, gone = make_client(consultant, email="a@x.example"), make_client(consultant, email="b@x.example")
    merge(kept=kept, gone=gone, actor=consultant.user)
    add_field(consultant=consultant, label="Shoe size", kind="text")
    job = written(consultant, "Name,Email,Shoe size\nMeera Nair,a@x.example,7\nMeera Nair,b@x.example,8\n")
    assert (job.status, job.failures) == (S.DONE, 0)
    assert [value.value for value in Client.objects.get().values.all()] == ["8"]


def test_one_list_at_a_time(consultant):
    first = taken(consultant, many(2))
    second = taken(consultant, many(3))
    first.refresh_from_db()
    assert (first.status, first.source) == (S.DROPPED, "")
    work(first.pk)
    work(second.pk)
    confirm(job=second, actor=consultant.user)
    with pytest.raises(InvalidState, match="being taken in"):
        taken(consultant, many(1))
    with pytest.raises(InvalidState):
        confirm(job=first, actor=consultant.user)


def test_tags_beyond_what_there_can_be_are_refused(consultant):
    rows = "".join(f"Person x,p{n}@x.example,,t{n}\n" for n in range(205))
    job = checked(consultant, HEAD + rows)
    assert (job.to_create, job.refused) == (200, 5)


def test_old_lists_are_forgotten(consultant):
    done = written(consultant, many(2))
    waiting = checked(consultant, many(2))
    assert forget_old() == 0
    ClientImport.objects.update(updated_at=timezone.now() - importing.KEPT_FOR * 2)
    assert forget_old() == 2
    assert not ImportRow.objects.exists()
    waiting.refresh_from_db()
    done.refresh_from_db()
    assert (done.status, waiting.status) == (S.DONE, S.DROPPED)
    assert Client.objects.count() == 2


def test_an_erased_client_is_gone_from_lists_too(consultant):
    written(consultant, many(2))
    client = Client.objects.get(email="p0@x.example")
    waiting = taken(consultant, "Who,Mail\nPerson a,P0@x.example\n")
    personal.erase(clients=[client], identity=Identity.of([client.name]))
    assert not ImportRow.objects.filter(email="p0@x.example").exists()
    waiting.refresh_from_db()
    assert (waiting.status, waiting.source) == (S.DROPPED, "")


def test_the_address_of_an_erased_client_is_refused_before_anything_is_written(consultant):
    gone = make_client(consultant, email="p0@x.example")
    personal.erase(clients=[gone], identity=Identity.of([gone.name]))
    gone.refresh_from_db()
    job = checked(consultant, f"{HEAD}Person a,{gone.email.upper()},,\nPerson b,p1@x.example,,\n")
    why = "Mail address: This address stands for a client who was erased. Write one that takes mail."
    assert outcomes(job) == [(2, "refuse", why), (3, "create", "")]
    confirm(job=job, actor=consultant.user)
    work(job.pk)
    job.refresh_from_db()
    assert (job.status, job.failures, job.created) == (S.DONE, 0, 1)


def test_a_row_number_is_a_spreadsheets(consultant):
    text = read(b'Name,Email\n"Meera\nNair",m@x.example\n\nGita,g@x.example\n').text
    assert [number for number, _cells in rows_of(text, ",")] == [1, 2, 4]


def test_the_address_of_somebody_known_stays_refused_by_hand(consultant):
    written(consultant, many(1))
    with pytest.raises(AddressTaken):
        add_client(consultant=consultant, actor=consultant.user, details={"name": "X Y", "email": "p0@x.example"})


# --- what stops in the middle -------------------------------------------------------------------------


def half_way(consultant, monkeypatch):
    """A list of ten, of which four are written."""
    monkeypatch.setattr(importing, "BATCH", 4)
    job = checked(consultant, many(10))
    confirm(job=job, actor=consultant.user)
    assert run_batch(job.pk) == 4
    return job


def test_stopped_by_its_consultant_it_says_what_is_written_and_goes_on_to_its_end(consultant, monkeypatch):
    job = half_way(consultant, monkeypatch)
    for _ in range(2):
        importing.stop(job=job, actor=consultant.user)
    work(job.pk)
    job.refresh_from_db()
    assert (job.status, job.is_stopped, job.created, Client.objects.count()) == (S.FAILED, True, 4, 4)
    assert importing.left_of(job).count() == 6
    assert [row[3] for row in importing.report_rows(job)] == ["New"] * 4 + ["Not taken in yet"] * 6
    assert AuditEntry.objects.get(action="clients.import_stopped").data == {"written": 4, "left": 6}
    importing.go_on(job=job)
    work(job.pk)
    job.refresh_from_db()
    assert (job.status, job.created, Client.objects.count()) == (S.DONE, 10, 10)
    assert {row[3] for row in importing.report_rows(job)} == {"New"}
    with pytest.raises(InvalidState):
        importing.stop(job=job, actor=consultant.user)


def test_what_is_not_being_written_is_not_stopped(consultant):
    job = checked(consultant, many(2))
    with pytest.raises(InvalidState):
        importing.stop(job=job, actor=consultant.user)
    job.refresh_from_db()
    assert job.status == S.CHECKED


def test_rows_that_were_left_too_long_are_not_told_as_taken_in(consultant, monkeypatch):
    job = half_way(consultant, monkeypatch)
    importing.stop(job=job, actor=consultant.user)
    ClientImport.objects.update(updated_at=timezone.now() - importing.KEPT_FOR * 2)
    forget_old()
    with pytest.raises(InvalidState, match="forgotten by now"):
        importing.go_on(job=job)
    job.refresh_from_db()
    assert job.status == S.FAILED
    again = written(consultant, many(10))  # the same file: who is there stays, the others come
    assert (again.created, again.unchanged, Client.objects.count()) == (6, 4, 10)


def test_a_crash_in_the_middle_of_writing_ends_with_every_row_once(consultant, monkeypatch):
    job = half_way(consultant, monkeypatch)
    real, calls = importing.write, iter(range(100))

    def dies(*args):
        done = real(*args)
        if next(calls) == 0:
            raise SystemExit  # its clients are made, and not committed
        return done

    monkeypatch.setattr(importing, "write", dies)
    with pytest.raises(SystemExit):
        work(job.pk)
    job.refresh_from_db()
    assert (job.status, job.created, Client.objects.count()) == (S.RUNNING, 4, 4)
    ClientImport.objects.update(updated_at=timezone.now() - importing.LEFT_BEHIND * 2)
    assert left_behind() == [job.pk]
    work(job.pk)
    job.refresh_from_db()
    assert (job.status, job.created, Client.objects.count()) == (S.DONE, 10, 10)


def test_a_row_that_can_not_be_written_is_refused_and_keeps_no_other_from_its_end(consultant, monkeypatch):
    job = half_way(consultant, monkeypatch)
    real = importing.write

    def fails(job, rows):
        if any(row.email == "p6@x.example" for row in rows):
            raise ValueError("broken")
        return real(job, rows)

    monkeypatch.setattr(importing, "write", fails)
    for _ in range(importing.MOST_FAILURES - 1):
        with pytest.raises(ValueError, match="broken"):
            work(job.pk)
    assert Client.objects.count() == 4
    work(job.pk)
    job.refresh_from_db()
    assert (job.status, job.created, job.refused, Client.objects.count()) == (S.RUNNING, 7, 1, 7)
    work(job.pk)  # as it has told the queue
    job.refresh_from_db()
    assert (job.status, job.created, job.to_create, job.refused) == (S.DONE, 9, 9, 1)
    row = job.rows.get(email="p6@x.example")
    assert (row.outcome, row.values) == ("refuse", {})
    assert "Write this client down by hand" in row.why


def test_a_short_list_that_fails_at_once_is_told_as_going_on(consultant, monkeypatch):
    real, calls = importing.write, iter(range(100))

    def fails(*args):
        if next(calls) == 0:
            raise ValueError("broken")
        return real(*args)

    monkeypatch.setattr(importing, "write", fails)
    job = importing.take_in(
        consultant=consultant, actor=consultant.user, filename="a.csv", data=many(3).encode(), writes=True
    )
    assert (job.status, job.is_going, Client.objects.count()) == (S.RUNNING, True, 0)
    work(job.pk)
    job.refresh_from_db()
    assert (job.status, Client.objects.count()) == (S.DONE, 3)


def test_writing_costs_the_same_statements_for_each_batch(consultant, monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 20)
    job = checked(consultant, many(60))
    confirm(job=job, actor=consultant.user)
    run_batch(job.pk)  # the tags are made with the first
    costs = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert run_batch(job.pk) == 20
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 20


def test_what_is_all_written_is_not_stopped_but_done(consultant, monkeypatch):
    job = checked(consultant, many(2))
    confirm(job=job, actor=consultant.user)
    assert run_batch(job.pk) == 2
    importing.stop(job=job, actor=consultant.user)
    work(job.pk)
    job.refresh_from_db()
    assert (job.status, job.created) == (S.DONE, 2)


def test_a_list_that_failed_when_all_was_written_goes_on_to_its_end(consultant):
    job = checked(consultant, many(2))
    confirm(job=job, actor=consultant.user)
    run_batch(job.pk)
    ClientImport.objects.update(status=S.FAILED, failures=importing.MOST_FAILURES)
    importing.go_on(job=job)
    work(job.pk)
    job.refresh_from_db()
    assert (job.status, job.created, Client.objects.count()) == (S.DONE, 2, 2)
