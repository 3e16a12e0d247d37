"""A session written down anew over the API, whole or in part: what changes, what stands, and what is refused."""

import pytest

from naksha.testing import next_slot_start
from naksha.times import iso
from notifications.models import OutgoingMail
from sessions_app.models import SessionNotes
from sessions_app.tests.api_sides import begin, booked, client_of, mine, session, theirs

__all__ = ["booked", "client_of", "mine", "session", "theirs"]
pytestmark = pytest.mark.django_db


def whole(session, **changes):
    return {
        "title": session.title,
        "platform": "JITSI",
        "start": iso(session.starts_at),
        "duration": 30,
        **changes,
    }


def test_put_writes_the_whole_and_the_client_reads_it_once(theirs, session):
    OutgoingMail.objects.all().delete()
    start = next_slot_start(days=5)
    body = whole(session, title="Third opinion", platform="PHONE", place="+919800000001", start=iso(start), duration=60)
    for _ in range(2):
        data = theirs.put(f"/sessions/{session.pk}", body).data
    assert (data["title"], data["platform"], data["place"], data["startsAt"], data["duration"]) == (
        "Third opinion",
        "PHONE",
        "+919800000001",
        iso(start),
        60,
    )
    assert [mail.template for mail in OutgoingMail.objects.all()] == ["session_moved_client"]
    assert list(theirs.put(f"/sessions/{session.pk}", {"title": "x"}).details) == ["platform", "duration"]


def test_patch_writes_a_part(theirs, session):
    OutgoingMail.objects.all().delete()
    assert theirs.patch(f"/sessions/{session.pk}", {"title": "Third opinion"}).data["title"] == "Third opinion"
    assert [mail.template for mail in OutgoingMail.objects.all()] == ["session_changed_client"]
    data = theirs.patch(f"/sessions/{session.pk}", {"notes": "Mine.", "sharedNotes": "Ours."}).data
    assert (data["notes"], data["sharedNotes"], data["title"]) == ("Mine.", "Ours.", "Third opinion")
    theirs.patch(f"/sessions/{session.pk}", {"sharedNotes": ""})
    assert SessionNotes.objects.get().private == "Mine."
    assert OutgoingMail.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"title": ""}, "title"),
        ({"duration": 0}, "duration"),
        ({"platform": "PHONE", "place": "x" * 301}, "place"),
        ({"platform": "IN_PERSON"}, "place"),
        ({"place": "https://meet.example/mine"}, "place"),
        ({"platform": "JITSI", "place": "https://meet.example/mine"}, "place"),
        ({"scheduledTime": "10:00"}, "scheduledDate"),
        ({"timezone": "Asia/Tokyo"}, "timezone"),
        ({"timezone": "Asia/Tokyo", "title": "Other"}, "timezone"),
        ({"status": "COMPLETED"}, "status"),
        ({"clientId": "x"}, "clientId"),
        ({"amount": 1}, "amount"),
    ],
)
def test_a_wrong_part_is_named(theirs, session, body, field):
    answer = theirs.patch(f"/sessions/{session.pk}", body)
    assert (answer.status, list(answer.details)) == (400, [field])


def test_a_platform_is_judged_by_the_place_that_stays(theirs, session):
    path, zoom = f"/sessions/{session.pk}", "https://us02web.zoom.us/j/123"
    lacking = theirs.patch(path, {"platform": "ZOOM"})
    assert (lacking.status, list(lacking.details)) == (400, ["place"])
    assert theirs.patch(path, {"platform": "ZOOM", "place": zoom}).data["platform"] == "ZOOM"
    kept = theirs.patch(path, {"platform": "ZOOM", "title": "Third opinion"})
    assert (kept.status, kept.data["platform"], kept.data["place"]) == (200, "ZOOM", zoom)
    other = theirs.patch(path, {"platform": "TEAMS"})
    assert (other.status, list(other.details)) == (400, ["place"])
    assert theirs.patch(path, {"platform": "JITSI"}).data["platform"] == "JITSI"


def test_of_a_booked_one_the_terms_stand_and_notes_and_time_change(theirs, booked):
    path = f"/sessions/{booked.session_id}"
    assert theirs.patch(path, {"title": "Other"}).code == "INVALID_STATE"
    start = next_slot_start(days=6)
    data = theirs.patch(path, {"start": iso(start), "notes": "Mine."}).data
    assert (data["startsAt"], data["notes"]) == (iso(start), "Mine.")


def test_what_has_begun_keeps_its_facts_and_takes_notes(theirs, session):
    begin(session)
    assert theirs.patch(f"/sessions/{session.pk}", {"title": "Other"}).code == "INVALID_STATE"
    assert theirs.patch(f"/sessions/{session.pk}", {"notes": "Mine."}).status == 200


def test_a_client_writes_nothing_down(mine, session):
    assert mine.patch(f"/sessions/{session.pk}", {"sharedNotes": "Mine."}).code == "PERMISSION_DENIED"
    assert not SessionNotes.objects.exists()
