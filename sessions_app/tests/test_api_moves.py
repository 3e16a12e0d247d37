"""What is done with a session over the API: each move, by whom, and what it refuses."""

from datetime import timedelta

import pytest

from bookings.models import Booking
from bookings.testing import make_webinar
from naksha.api.testing import api_of
from naksha.testing import make_user, next_slot_start
from naksha.times import iso
from notifications.models import OutgoingMail
from payments.models import Refund
from sessions_app.models import JoinEvent, Review, Session
from sessions_app.testing import make_completed, make_session, wait_in
from sessions_app.tests.api_sides import begin, booked, client_of, mine, session, state, theirs

__all__ = ["booked", "client_of", "mine", "session", "theirs"]
pytestmark = pytest.mark.django_db
S = Session.Status


# --- by the consultant's hand ---------------------------------------------------------------


def test_begun_and_completed(theirs, session):
    early = theirs.post(f"/sessions/{session.pk}/start")
    assert (early.status, early.code) == (409, "INVALID_STATE")
    begin(session, ago=5)
    assert theirs.post(f"/sessions/{session.pk}/start").data["status"] == "IN_PROGRESS"
    answer = theirs.post(f"/sessions/{session.pk}/complete", {"summary": "File it by Friday."})
    assert (answer.data["status"], answer.data["summary"]) == ("COMPLETED", "File it by Friday.")
    assert theirs.post(f"/sessions/{session.pk}/start").code == "INVALID_STATE"


def test_missed_unless_the_client_came(theirs, session, client_of):
    begin(session)
    JoinEvent.objects.create(session=session, side="client", client=client_of, kind="joined")
    assert theirs.post(f"/sessions/{session.pk}/no-show").code == "INVALID_STATE"
    JoinEvent.objects.all().delete()
    assert theirs.post(f"/sessions/{session.pk}/no-show").code == "INVALID_STATE"
    wait_in(session)
    assert theirs.post(f"/sessions/{session.pk}/no-show").data["status"] == "NO_SHOW"


@pytest.mark.parametrize("act", ["start", "complete", "no-show"])
def test_a_client_does_none_of_it(mine, session, act):
    begin(session)
    assert mine.post(f"/sessions/{session.pk}/{act}").code == "PERMISSION_DENIED"
    assert state(session) == S.CONFIRMED


@pytest.mark.parametrize("act", ["start", "complete", "no-show", "cancel", "reschedule"])
def test_nobody_moves_anothers(session, other_consultant, act):
    body = {"start": iso(next_slot_start(days=5)), "reason": "x"} if act == "reschedule" else {}
    body.pop("reason", None)
    answer = api_of(other_consultant.user).post(f"/sessions/{session.pk}/{act}", body)
    assert (answer.status, state(session)) == (404, S.CONFIRMED)


# --- cancelled ------------------------------------------------------------------------------


def test_a_consultant_cancels_with_a_reason(theirs, session):
    refused = theirs.post(f"/sessions/{session.pk}/cancel")
    assert (refused.status, list(refused.details)) == (400, ["reason"])
    answer = theirs.post(f"/sessions/{session.pk}/cancel", {"reason": "I am ill."})
    assert (answer.data["status"], answer.data["cancelReason"]) == ("CANCELLED", "I am ill.")
    assert theirs.post(f"/sessions/{session.pk}/cancel", {"reason": "Again."}).data["cancelReason"] == "I am ill."
    assert OutgoingMail.objects.filter(template="session_cancelled_client").count() == 1


def test_delete_cancels(theirs, session):
    path = f"/sessions/{session.pk}"
    twice = theirs.send("DELETE", path, {"reason": "Ill."}, query={"reason": "Away."})
    assert (twice.status, list(twice.details)) == (400, ["reason"])
    answer = theirs.send("DELETE", path, query={"reason": "Ill."})
    assert (answer.data["status"], answer.data["cancelReason"]) == ("CANCELLED", "Ill.")
    assert theirs.get(path).status == 200


@pytest.mark.parametrize(
    ("body", "reason"),
    [(None, "The consultant called it off."), ({}, "The consultant called it off."), ({"reason": "Ill."}, "Ill.")],
)
def test_delete_takes_a_reason_in_its_body_and_needs_none(theirs, session, body, reason):
    answer = theirs.send("DELETE", f"/sessions/{session.pk}", body)
    assert (answer.status, answer.data["status"], answer.data["cancelReason"]) == (200, "CANCELLED", reason)


def test_a_client_reads_what_comes_back_and_cancels_a_recorded_one(mine, theirs, session):
    path = f"/sessions/{session.pk}"
    assert mine.get(path).data["cancellation"] == {
        "canCancel": True,
        "canReschedule": True,
        "refundPercent": 100,
        "refundPaise": 0,
        "sentence": "Nothing has been paid, so nothing is owed.",
        "freeUntil": iso(session.starts_at - timedelta(hours=24)),
    }
    assert theirs.get(path).data["cancellation"] is None
    assert mine.post(f"{path}/cancel", {"reason": "I can't."}).data["status"] == "CANCELLED"
    again = mine.post(f"{path}/cancel", {"reason": "Again."})
    assert (again.data["cancelReason"], again.data["cancellation"]) == ("I can't.", None)
    assert OutgoingMail.objects.filter(template="booking_cancelled_consultant").count() == 1


def test_of_a_booked_one_too_its_client_reads_what_comes_back(mine, booked):
    told = mine.get(f"/sessions/{booked.session_id}").data["cancellation"]
    assert (told["canCancel"], told["refundPaise"]) == (True, 150_000)


def test_what_has_begun_is_cancelled_by_nobody(mine, session):
    begin(session)
    assert mine.post(f"/sessions/{session.pk}/cancel").code == "INVALID_STATE"
    assert mine.post(f"/sessions/{session.pk}/reschedule", {"start": iso(next_slot_start(days=6))}).status == 409
    assert state(session) == S.CONFIRMED


def test_a_booked_one_is_cancelled_under_its_terms_by_either_side(mine, booked):
    answer = mine.post(f"/sessions/{booked.session_id}/cancel", {"reason": "I can't."})
    booked.refresh_from_db()
    assert (answer.data["status"], booked.status) == ("CANCELLED", Booking.Status.CANCELLED)
    assert Refund.objects.get().amount_paise == 150_000


def test_a_consultant_gives_all_of_a_booking_back(theirs, booked):
    assert theirs.post(f"/sessions/{booked.session_id}/cancel").status == 400
    answer = theirs.post(f"/sessions/{booked.session_id}/cancel", {"reason": "Ill."})
    assert answer.data["status"] == "CANCELLED"
    assert Refund.objects.get().amount_paise == 150_000


def test_a_webinar_is_called_off_for_all(theirs, consultant):
    webinar = make_webinar(consultant)
    assert theirs.post(f"/sessions/{webinar.pk}/cancel", {"reason": "Ill."}).data["status"] == "CANCELLED"


# --- moved ----------------------------------------------------------------------------------


def test_moved_to_an_instant_or_a_wall_time(theirs, session):
    new = next_slot_start(days=6)
    assert theirs.post(f"/sessions/{session.pk}/reschedule", {"start": iso(new)}).data["startsAt"] == iso(new)
    wall = {"scheduledDate": new.date().isoformat(), "scheduledTime": "16:30"}
    assert theirs.post(f"/sessions/{session.pk}/reschedule", wall).data["scheduledTime"] == "16:30"
    assert list(theirs.post(f"/sessions/{session.pk}/reschedule").details) == ["scheduledDate", "scheduledTime"]


def test_a_booked_one_is_moved_by_either_side(theirs, mine, booked):
    first, second = next_slot_start(days=6), next_slot_start(days=7)
    assert mine.post(f"/sessions/{booked.session_id}/reschedule", {"start": iso(first)}).data["startsAt"] == iso(first)
    answer = theirs.post(f"/sessions/{booked.session_id}/reschedule", {"start": iso(second)})
    booked.refresh_from_db()
    assert (answer.data["startsAt"], booked.starts_at) == (iso(second), second)


def test_a_time_that_is_taken_is_refused(theirs, session, consultant):
    other = make_session(consultant, starts_at=next_slot_start(days=6))
    answer = theirs.post(f"/sessions/{session.pk}/reschedule", {"start": iso(other.starts_at)})
    assert (answer.status, answer.code) == (409, "SLOT_TAKEN")


def test_a_client_moves_a_recorded_one_to_a_listed_time_as_often_as_its_terms_allow(mine, session):
    path = f"/sessions/{session.pk}/reschedule"
    night = mine.post(path, {"start": iso(next_slot_start(days=6, hour_utc=20))})
    assert (night.status, night.code) == (409, "SLOT_TAKEN")
    for days in (6, 7):
        start = next_slot_start(days=days)
        assert mine.post(path, {"start": iso(start)}).data["startsAt"] == iso(start)
    assert mine.post(path, {"start": iso(start)}).status == 200  # there already
    often = mine.post(path, {"start": iso(next_slot_start(days=8))})
    assert (often.status, often.code) == (409, "INVALID_STATE")
    assert mine.get(f"/sessions/{session.pk}").data["cancellation"]["canReschedule"] is False


def test_nobody_moves_a_webinar(consultant):
    webinar = make_webinar(consultant)
    start = {"start": iso(next_slot_start(days=8))}
    assert api_of(consultant.user).post(f"/sessions/{webinar.pk}/reschedule", start).status == 409


# --- rated ----------------------------------------------------------------------------------


def test_a_client_rates_once_after_completion(mine, consultant, client_of, session):
    assert mine.put(f"/sessions/{session.pk}/rate", {"rating": 5}).code == "INVALID_STATE"
    held = make_completed(consultant, client=client_of, starts_at=next_slot_start(days=4))
    answer = mine.put(f"/sessions/{held.pk}/rate", {"rating": 4, "comment": "Clear."})
    assert (answer.data["review"]["rating"], answer.data["review"]["comment"]) == (4, "Clear.")
    assert mine.put(f"/sessions/{held.pk}/rate", {"rating": 5}).code == "INVALID_STATE"
    assert Review.objects.get().rating == 4


@pytest.mark.parametrize("rating", [0, 6, 4.5, "five", None])
def test_a_rating_is_one_to_five(mine, consultant, client_of, rating):
    held = make_completed(consultant, client=client_of)
    assert list(mine.put(f"/sessions/{held.pk}/rate", {"rating": rating}).details) == ["rating"]


def test_a_consultant_does_not_rate(theirs, consultant, client_of):
    held = make_completed(consultant, client=client_of)
    assert theirs.put(f"/sessions/{held.pk}/rate", {"rating": 5}).code == "PERMISSION_DENIED"
    assert api_of(make_user()).put(f"/sessions/{held.pk}/rate", {"rating": 5}).status == 404


# --- several --------------------------------------------------------------------------------


def test_several_at_once_with_a_report_of_each(theirs, session, consultant, other_consultant):
    begun = make_session(consultant, starts_at=next_slot_start(days=5))
    begin(begun)
    other = make_session(other_consultant)
    ids = [str(one.pk) for one in (begun, session, other)]
    report = theirs.post("/sessions/bulk", {"ids": [*ids, ids[0]], "action": "complete"}).data
    assert report["done"] == ids[:1]
    assert [(one["id"], one["code"]) for one in report["notDone"]] == [(ids[1], "INVALID_STATE"), (ids[2], "NOT_FOUND")]
    assert (state(begun), state(session), state(other)) == (S.COMPLETED, S.CONFIRMED, S.CONFIRMED)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"ids": [], "action": "cancel"}, "ids"),
        ({"ids": ["x"], "action": "cancel"}, "ids.0"),
        ({"ids": ["019aa8f0-6f5e-7c41-9d1e-2b6f0c8a4d11"] * 101, "action": "cancel"}, "ids"),
        ({"ids": ["019aa8f0-6f5e-7c41-9d1e-2b6f0c8a4d11"], "action": "erase"}, "action"),
    ],
)
def test_what_can_not_be_done_with_several(theirs, body, field):
    assert list(theirs.post("/sessions/bulk", body).details) == [field]


def test_a_client_does_nothing_with_several(mine, session):
    body = {"ids": [str(session.pk)], "action": "cancel", "reason": "x"}
    assert mine.post("/sessions/bulk", body).code == "PERMISSION_DENIED"
