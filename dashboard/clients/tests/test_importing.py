"""A list of clients is looked through row by row, and then written: whole, once, and whatever happens meanwhile."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clients import personal
from clients.errors import AddressTaken
from clients.models import Client, ClientImport, ClientNote, ImportRow
from clients.services import add_client, add_field, archive, merge
from clients.services.importing import batches, confirm, drop, forget_old, name_columns, run_batch, work
from clients.services.importing.life import KEPT_FOR
from dashboard.clients.tests.scene import HEAD, checked, many, outcomes, taken, written
from naksha.errors import InvalidState
from naksha.personal import Identity
from naksha.testing import make_client

pytestmark = pytest.mark.django_db
S = ClientImport.Status


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
    ClientImport.objects.update(updated_at=timezone.now() - KEPT_FOR * 2)
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


def test_the_address_of_somebody_known_stays_refused_by_hand(consultant):
    written(consultant, many(1))
    with pytest.raises(AddressTaken):
        add_client(consultant=consultant, actor=consultant.user, details={"name": "X Y", "email": "p0@x.example"})


def test_writing_costs_the_same_statements_for_each_batch(consultant, monkeypatch):
    monkeypatch.setattr(batches, "BATCH", 20)
    job = checked(consultant, many(60))
    confirm(job=job, actor=consultant.user)
    run_batch(job.pk)  # the tags are made with the first
    costs = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert run_batch(job.pk) == 20
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 20
