"""My data: complete, nobody else's, and only for who has just proved who they are."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from client_area.services.exporting import everything_of
from client_area.testing import booked
from client_area.tests import offered
from client_area.tests.lived import MAIL, NAME, PHONE
from naksha.testing import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


def log_in(client) -> None:
    client.post("/accounts/login/", {"login": MAIL, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})


def archive(client) -> zipfile.ZipFile:
    answer = client.post("/me/export/")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/zip"
    assert answer["Cache-Control"] == "private, no-store"
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def test_the_file_holds_all_of_it(client, person, past) -> None:
    log_in(client)
    made = archive(client)
    names = made.namelist()
    assert len([name for name in names if name.startswith("documents/")]) == 4
    assert len([name for name in names if name.startswith("receipts/")]) == 3
    assert [name for name in names if name.startswith("files/")] == [
        "files/0001-Zubeida Quintrell salary.pdf",
        "files/0002-Notice to Zubeida Quintrell.pdf",
    ]
    assert all(made.read(name).startswith(b"%PDF") for name in names if name.endswith(".pdf"))
    data = json.loads(made.read("data.json"))
    assert data["account"]["mail_address"] == MAIL
    assert data["client"]["profile"]["phone"] == PHONE
    assert {one["title"] for one in data["bookings"]["bookings"]} == {"First call", "Second call"}
    assert [one["text"] for one in data["sessions"]["messages"] if one["by_you"]] == [f"This is {MAIL}", "See the file"]
    assert any(not one["by_you"] for one in data["sessions"]["messages"])
    notes = [(one["session__title"], one["shared"], one["summary"]) for one in data["sessions"]["summaries"]]
    assert notes == [
        ("Taxes for all", f"{NAME} asked about May", f"Answer {NAME}, and all"),
        ("Second call", "Pay by May", f"For {NAME}"),
    ]
    assert len(data["payments"]["payments"]) == 3
    assert len(data["payments"]["refunds"]) == 1
    assert data["sessions"]["reviews"][0]["rating"] == 4
    assert data["saved"]["saved_consultants"]
    assert data["notifications"]["notifications"]
    assert data["account"]["logins_and_devices"]
    page = made.read("index.html").decode()
    assert NAME in page
    assert "Second call" in page


def test_it_holds_what_was_offered_to_them_and_kept_of_them(person, past) -> None:
    made = everything_of(person)
    offers = made["quotations"]
    assert [one["status"] for one in offers["quotations"]] == ["paid", "declined", "sent"]
    paid, declined, _open = offers["quotations"]
    assert (paid["accepted_name"], paid["accepted_from"]) == (NAME.upper(), offered.ADDRESS)
    assert (paid["title"], paid["paid_paise"]) == (f"Estate of {NAME}", paid["total_paise"])
    assert declined["close_reason"] == f"{NAME} has no estate"
    assert {one["description"] for one in offers["lines"]} == {f"Will of {NAME}"}
    assert [(one["body"], one["answer"]) for one in offers["questions"]] == [
        (f"Is {NAME} enough as a name?", f"Yes, {NAME}.")
    ]
    assert len(offers["when_you_looked"]) == 1
    kept = made["client"]
    assert [one["email"] for one in kept["earlier_addresses"]] == [offered.EARLIER]
    assert [(one["field__label"], one["value"]) for one in kept["kept_by_consultants"]] == [
        ("Heir", f"The son of {NAME}")
    ]


def test_drafts_notes_and_tags_are_the_consultants_own(person, past) -> None:
    text = json.dumps(everything_of(person), default=str)
    assert len(json.loads(text)["quotations"]["lines"]) == 3  # of the draft, the fourth, they never knew
    assert "calls on Mondays" not in text
    assert "Family business" not in text


def test_it_holds_nothing_of_anybody_else(client, person, past, stranger, consultant) -> None:
    booked(stranger, consultant, title="A stranger's own")
    text = json.dumps(everything_of(person), default=str)
    assert "A stranger's own" not in text
    assert stranger.email not in text
    assert "owes tax" not in text  # the consultant's private notes
    theirs = json.dumps(everything_of(stranger), default=str)
    assert "A stranger's own" in theirs
    assert MAIL not in theirs


def test_it_asks_once_more_who_it_is(client, person, past) -> None:
    client.force_login(person)
    for method in ("get", "post"):
        assert "/accounts/reauthenticate/" in getattr(client, method)("/me/export/").url
    assert not AuditEntry.objects.filter(action="account.exported").exists()
    client.logout()
    assert client.get("/me/export/").url.startswith("/accounts/login/")


def test_five_a_day_are_enough(client, person, past, monkeypatch) -> None:
    monkeypatch.setattr("client_area.views.data.export_zip", lambda _user: io.BytesIO(b"zip"))
    log_in(client)
    assert [client.post("/me/export/").status_code for _ in range(6)] == [200] * 5 + [429]
    assert AuditEntry.objects.filter(action="account.exported").count() == 5
    assert AuditEntry.objects.latest("created_at").created_at <= timezone.now()
