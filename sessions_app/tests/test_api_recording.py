"""A session is recorded over the API: what it takes, what it refuses, and once under one key."""

import pytest

from bookings.testing import make_webinar
from naksha.api.testing import api_of
from naksha.testing import make_client, next_slot_start
from naksha.times import iso
from notifications.models import OutgoingMail
from sessions_app.models import Session
from sessions_app.tests import practice
from sessions_app.tests.practice import record

pytestmark = pytest.mark.django_db
theirs = practice.theirs


def new(**changes):
    values = {
        "title": "Second opinion",
        "platform": "JITSI",
        "start": iso(next_slot_start()),
        "duration": 45,
        "clientEmail": "meera@example.com",
        "clientName": "Meera Nair",
        "amount": "1500.50",
    }
    return {key: value for key, value in {**values, **changes}.items() if value is not None}


def test_a_consultant_records_one(theirs, consultant):
    answer = theirs.post("/sessions", new(notes="Bring the notice."))
    assert answer.status == 201
    made = Session.objects.get()
    assert answer.data["id"] == str(made.pk)
    assert (made.title, made.minutes, made.price_paise, made.platform) == ("Second opinion", 45, 150_050, "jitsi")
    assert (made.client.email, made.client.name, made.notes.private) == (
        "meera@example.com",
        "Meera Nair",
        "Bring the notice.",
    )
    assert OutgoingMail.objects.filter(template="session_recorded_client").count() == 1


def test_a_wall_time_is_one_of_the_zone_that_is_named(theirs):
    day = next_slot_start(days=3).date().isoformat()
    wall = {"start": None, "scheduledDate": day, "scheduledTime": "16:30"}
    assert theirs.post("/sessions", new(**wall)).data["startsAt"] == f"{day}T11:00:00Z"
    wall["scheduledTime"] = "10:00"
    answer = theirs.post("/sessions", new(**wall, timezone="Europe/London"))
    assert answer.data["startsAt"] == f"{day}T10:00:00Z"


def test_one_for_a_known_client_who_hears_nothing(theirs, consultant):
    known = make_client(consultant)
    answer = theirs.post("/sessions", new(clientEmail=None, clientName=None, clientId=str(known.pk), tellClient=False))
    assert answer.data["client"]["id"] == str(known.pk)
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": None}, "title"),
        ({"title": "x" * 101}, "title"),
        ({"platform": "SKYPE"}, "platform"),
        ({"platform": "ZOOM"}, "place"),
        ({"platform": "ZOOM", "place": "https://evil.example/zoom.us"}, "place"),
        ({"platform": "IN_PERSON"}, "place"),
        ({"platform": "JITSI", "place": "https://meet.example/mine"}, "place"),
        ({"duration": 0}, "duration"),
        ({"duration": 1441}, "duration"),
        ({"amount": "1.005"}, "amount"),
        ({"amount": -1}, "amount"),
        ({"amount": "0.50"}, "amount"),
        ({"amount": "NaN"}, "amount"),
        ({"clientEmail": "nobody"}, "clientEmail"),
        ({"clientEmail": None}, "clientEmail"),
        ({"clientName": None}, "clientName"),
        ({"clientName": "<b>"}, "clientName"),
        ({"clientPhone": "12"}, "clientPhone"),
        ({"clientId": "019aa8f0-6f5e-7c41-9d1e-2b6f0c8a4d11"}, "clientEmail"),
        ({"start": "2026-11-24T05:30:00"}, "start"),
        ({"start": "1999-11-24T05:30:00Z"}, "scheduledDate"),
        ({"start": None}, "scheduledDate"),
        ({"start": None, "scheduledDate": "2026-11-24"}, "scheduledTime"),
        ({"scheduledDate": "2026-11-24", "scheduledTime": "10:00"}, "start"),
        ({"timezone": "IST"}, "timezone"),
        ({"notes": "x" * 5001}, "notes"),
        ({"serviceId": "019aa8f0-6f5e-7c41-9d1e-2b6f0c8a4d11"}, "serviceId"),
        ({"sessionType": "WEBINAR"}, "title"),
        ({"status": "COMPLETED"}, "status"),
        ({"price_paise": 1}, "price_paise"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_written(theirs, change, field):
    answer = theirs.post("/sessions", new(**change))
    assert (answer.status, answer.code) == (400, "VALIDATION_ERROR")
    assert field in answer.details
    assert not Session.objects.exists()


def test_another_consultants_client_can_not_be_chosen(theirs, other_consultant):
    other = make_client(other_consultant)
    answer = theirs.post("/sessions", new(clientEmail=None, clientName=None, clientId=str(other.pk)))
    assert list(answer.details) == ["clientId"]


def test_a_time_that_is_taken_is_refused_with_what_is_there(theirs, consultant):
    record(consultant, title="Tax call")
    answer = theirs.post("/sessions", new())
    assert (answer.status, answer.code) == (409, "SLOT_TAKEN")
    assert "Tax call" in answer.message


def test_a_webinars_date_is_one_of_its_service(theirs, consultant, other_consultant):
    service = make_webinar(consultant).service
    start = iso(next_slot_start(days=9))
    made = theirs.post("/sessions", {"sessionType": "WEBINAR", "serviceId": str(service.pk), "start": start})
    assert (made.status, made.data["sessionType"], made.data["capacity"]) == (201, "WEBINAR", 2)
    other = make_webinar(other_consultant).service
    refused = theirs.post("/sessions", {"sessionType": "WEBINAR", "serviceId": str(other.pk), "start": start})
    assert list(refused.details) == ["serviceId"]


def test_the_same_key_records_one_session(theirs):
    first, again = (theirs.post("/sessions", new(), Idempotency_Key="k") for _ in range(2))
    assert (first.status, again.status, first.body) == (201, 201, again.body)
    assert Session.objects.count() == 1
    assert theirs.post("/sessions", new(title="Another"), Idempotency_Key="k").code == "IDEMPOTENCY_CONFLICT"


def test_a_client_records_none(client_user):
    assert api_of(client_user).post("/sessions", new()).code == "PERMISSION_DENIED"
    assert not Session.objects.exists()
