"""Clients over the API: the same rules as the pages, in the contract's words."""

from __future__ import annotations

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.test.utils import CaptureQueriesContext

from bookings.testing import make_paid
from clients.models import Client, ClientImport
from clients.services import add_field, archive, importing
from clients.services.importing import life
from dashboard.clients.tests.scene import make_held, make_practice
from naksha.api.testing import api_of
from naksha.testing import make_client, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(consultant):
    return api_of(consultant.user)


def test_the_list_has_figures_filters_and_orders(api, consultant, other_consultant, fake_gateway):
    make_client(other_consultant)
    make_client(consultant, name="Meera Nair", email="meera@x.example")
    archive(client=make_client(consultant, name="Put Away"), actor=consultant.user)
    paid = make_paid(fake_gateway, consultant, price_paise=150_000)[0].client
    make_held(consultant, paid, days_ago=3)
    rows = api.get("/clients", ordering="-valuePaise").data["clients"]
    assert [row["name"] for row in rows] == ["Farhan Qureshi", "Meera Nair"]
    first = rows[0]
    assert (first["valuePaise"], first["activity"], first["sessionsHeld"]) == (150_000, "ACTIVE", 1)
    assert first["nextSessionAt"].endswith("Z")
    named = lambda **asked: [row["name"] for row in api.get("/clients", **asked).data["clients"]]  # noqa: E731
    for order in ("name", "createdAt", "lastSessionAt", "nextSessionAt", "valuePaise"):
        there, back = named(ordering=order), named(ordering=f"-{order}")
        assert (len(there), there) == (2, back[::-1])
    assert named(ordering="-name") == ["Meera Nair", "Farhan Qureshi"]
    assert named(ordering="valuePaise") == ["Meera Nair", "Farhan Qureshi"]
    assert named(search="meera") == ["Meera Nair"]
    assert named(activity="NEW") == ["Meera Nair"]
    assert named(archived="true") == ["Put Away"]
    assert named(tag="nobody") == []
    assert named(page=9) == []
    for wrong in ({"activity": "SOME"}, {"ordering": "x"}, {"page": "0"}, {"search": "x" * 300}):
        assert api.get("/clients", **wrong).status == 400


def test_a_client_is_written_read_changed_and_archived(api, consultant):
    add_field(consultant=consultant, label="Plan", kind="choice", choices=["Gold", "Silver"])
    made = api.post(
        "/clients",
        {
            "name": "Meera Nair",
            "email": "Meera@X.example",
            "phone": "98200 12345",
            "tags": ["Regular", "regular"],
            "customFields": {"plan": "gold"},
            "note": "Met in Pune.",
        },
    )
    assert made.status == 201
    data = made.data
    assert (data["email"], data["phone"], data["tags"]) == ("meera@x.example", "+919820012345", ["Regular"])
    assert data["customFields"] == [{"label": "Plan", "kind": "CHOICE", "value": "Gold"}]
    assert data["notes"][0]["body"] == "Met in Pune."
    path = f"/clients/{data['id']}"
    changed = api.patch(path, {"stateCode": "29", "customFields": {"Plan": ""}}).data
    assert (changed["stateCode"], changed["phone"], changed["customFields"]) == ("29", "+919820012345", [])
    replaced = api.put(path, {"name": "Meera Rao", "email": "meera@x.example"}).data
    assert (replaced["name"], replaced["phone"], replaced["tags"]) == ("Meera Rao", "", ["Regular"])
    assert api.delete(path).data["isArchived"] is True
    assert api.get(path).status == 200
    assert Client.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "N" * 10_000}, "name"),
        ({"name": "Meera Nair", "email": "meera"}, "email"),
        ({"phone": "12"}, "phone"),
        ({"tags": ["x" * 41]}, "tags"),
        ({"customFields": {"Nope": "x"}}, "customFields"),
        ({"customFields": {"Plan": "Bronze"}}, "customFields.Plan"),
        ({"surname": "x"}, "surname"),
    ],
)
def test_what_is_wrong_is_named(api, consultant, body, field):
    add_field(consultant=consultant, label="Plan", kind="choice", choices=["Gold", "Silver"])
    answer = api.post("/clients", {"name": "Meera Nair", "email": "m@x.example", **body})
    assert (answer.status, list(answer.details)) == (400, [field])
    assert not Client.objects.exists()


def test_a_known_address_is_refused_and_a_login_keeps_its_own(api, consultant):
    known = make_client(consultant, name="Gita Rao", email="g@x.example", user=make_user())
    answer = api.post("/clients", {"name": "Gita R", "email": "G@x.example"})
    assert answer.details == {"email": ["Gita Rao has this address already."]}
    assert api.patch(f"/clients/{known.pk}", {"email": "new@x.example"}).status == 400
    assert api.patch(f"/clients/{known.pk}", {"email": "g@x.example"}).status == 200


def test_the_history_comes_with_one_client(api, consultant, fake_gateway):
    booking, _ = make_paid(fake_gateway, consultant, price_paise=150_000)
    history = api.get(f"/clients/{booking.client_id}").data["history"]
    assert history["sessions"][0]["bookingId"] == str(booking.pk)
    assert history["sessions"][0]["paidPaise"] == 150_000
    assert history["payments"][0]["status"] == "CAPTURED"


def test_anothers_is_404_and_so_is_an_erased_one(api, other_consultant, consultant):
    theirs = make_client(other_consultant)
    erased = make_client(consultant, erased_at=theirs.created_at)
    for one in (theirs, erased):
        assert api.get(f"/clients/{one.pk}").status == 404
        assert api.patch(f"/clients/{one.pk}", {"name": "X Y"}).status == 404
        assert api.delete(f"/clients/{one.pk}").status == 404


def test_the_summary_counts_each_once(api, consultant):
    make_practice(consultant, 4)
    make_client(consultant)
    archive(client=make_client(consultant), actor=consultant.user)
    data = api.get("/clients/summary").data
    assert (data["total"], data["archived"], data["active"], data["new"]) == (5, 1, 4, 1)
    assert data["total"] == sum(data[word] for word in ("active", "new", "quiet", "lost"))
    assert data["valuePaise"] == 0


def test_the_file_is_a_csv(api, consultant):
    make_client(consultant, name="Meera Nair", address="=1+1")
    answer = api.get("/clients/export.csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert (rows[0]["Name"], rows[0]["Address"]) == ("Meera Nair", "'=1+1")


def test_lists_cost_the_same_whatever_there_is(api, consultant):
    def cost(path):
        with CaptureQueriesContext(connection) as queries:
            assert api.get(path).status == 200
        return len(queries)

    one = make_practice(consultant, 1)[0]
    paths = ("/clients", "/clients?ordering=-valuePaise", "/clients/summary", f"/clients/{one.pk}")
    few = [cost(path) for path in paths]
    make_practice(consultant, 12)
    assert [cost(path) for path in paths] == few
    assert max(few) <= 20, few


def sent(api, text, **fields):
    body = encode_multipart(BOUNDARY, {"file": SimpleUploadedFile("mine.csv", text.encode()), **fields})
    return api.send("POST", "/clients/import", body, content_type=MULTIPART_CONTENT)


LIST = "Name,Email,Nonsense\nMeera Nair,m@x.example,1\nGita,gita,2\nMeera N,M@x.example,3\n"


def test_a_list_is_answered_row_by_row(api, consultant):
    looked = sent(api, LIST, dryRun="true")
    assert looked.status == 201
    assert (looked.data["dryRun"], looked.data["created"], looked.data["refused"]) == (True, 1, 2)
    assert not Client.objects.exists()
    data = sent(api, LIST).data
    assert (data["status"], data["dryRun"], data["created"], data["refused"]) == ("DONE", False, 1, 2)
    assert [(row["row"], row["outcome"]) for row in data["rows"]] == [(2, "CREATED"), (3, "REFUSED"), (4, "REFUSED")]
    assert "Write a mail address" in data["rows"][1]["why"]
    assert data["rows"][2]["why"] == "Row 2 has the same mail address."
    again = sent(api, LIST).data
    assert (again["created"], again["unchanged"], Client.objects.count()) == (0, 1, 1)
    page = api.get(f"/clients/import/{data['id']}", pageSize=2).data
    assert page["rows"][1]["outcome"] == "REFUSED"
    assert (page["pagination"]["totalCount"], page["pagination"]["hasNext"], len(page["rows"])) == (3, True, 2)


def test_a_long_list_goes_on_by_itself(api, consultant, monkeypatch):
    monkeypatch.setattr(life, "AT_ONCE", 1)
    answer = sent(api, LIST)
    assert (answer.status, answer.data["status"], answer.data["rows"]) == (202, "CHECKING", [])
    importing.work(ClientImport.objects.get().pk)
    assert api.get(f"/clients/import/{answer.data['id']}").data["status"] == "DONE"
    assert Client.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "empty"), ("Name,Phone\nMeera,1\n", "No column is the mail address"), ("Name,Email\n", "no rows")],
)
def test_a_file_that_is_none_is_refused(api, text, words):
    answer = sent(api, text)
    assert answer.status == 400
    assert words in answer.details["file"][0]
    assert not ClientImport.objects.exists()
