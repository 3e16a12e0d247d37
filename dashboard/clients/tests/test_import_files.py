"""The file of a list of clients, and its columns: read as spreadsheets write it, and what we give out we take in."""

from __future__ import annotations

import pytest
from django.urls import reverse

from clients.importing.reading import read, rows_of
from clients.models import Client, ClientImport, ClientNote, CustomField
from clients.services import add_field
from clients.services.importing import name_columns, work
from clients.services.keeping import set_values
from dashboard.clients.tests.scene import outcomes, taken, written
from naksha.errors import InvalidState, WrongInput
from naksha.testing import make_client

pytestmark = pytest.mark.django_db
S = ClientImport.Status


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


def test_a_row_number_is_a_spreadsheets(consultant):
    text = read(b'Name,Email\n"Meera\nNair",m@x.example\n\nGita,g@x.example\n').text
    assert [number for number, _cells in rows_of(text, ",")] == [1, 2, 4]
