"""One thing done with several sessions of the table: what it costs first, a report afterwards."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from bookings.testing import make_paid, make_webinar
from naksha.testing import next_slot_start
from notifications.models import OutgoingMail
from payments.models import Refund
from sessions_app.models import JoinEvent, Session
from sessions_app.services import bulk
from sessions_app.testing import make_recorded, make_session, wait_in

pytestmark = pytest.mark.django_db
S = Session.Status
PAGE = "/dashboard/sessions/several/"


@pytest.fixture
def desk(client, consultant):
    client.force_login(consultant.user)
    return client


def record(consultant, day=2, **changes):
    return make_recorded(consultant, starts_at=next_slot_start(day), **changes)


def begun(session, minutes=60):
    now = timezone.now() - timedelta(minutes=minutes)
    Session.objects.filter(pk=session.pk).update(starts_at=now, ends_at=now + timedelta(minutes=30))
    return session


def press(desk, act, *sessions, **more):
    return desk.post(PAGE, {"act": act, "id": [str(session.pk) for session in sessions], "query": "show=all", **more})


def states(*sessions):
    return [Session.objects.get(pk=session.pk).status for session in sessions]


def test_nothing_is_done_before_it_was_said_what_it_does(desk, consultant, fake_gateway):
    booking, _token = make_paid(fake_gateway, consultant)
    recorded, past = record(consultant, 4), begun(record(consultant, 6))
    answer = press(desk, "cancel", booking.session, recorded, past)
    words = answer.content.decode()
    assert "Cancel 2 sessions?" in words
    assert "₹1,500.00 in all goes back" in words
    assert "Cancel 2 sessions, refund ₹1,500.00" in words
    assert "It has begun, so it can" in words
    assert states(booking.session, recorded, past) == [S.CONFIRMED] * 3
    assert not Refund.objects.exists()


def test_a_cancellation_of_several_gives_back_what_it_said_and_reports_each(desk, consultant, fake_gateway):
    booking, _token = make_paid(fake_gateway, consultant)
    recorded, past = record(consultant, 4), begun(record(consultant, 6))
    refused = press(desk, "cancel", booking.session, recorded, past, sure="1", reason="  ")
    assert (refused.status_code, states(recorded)) == (400, [S.CONFIRMED])
    assert refused.content.decode().count(f'name="id" value="{past.pk}"') == 1
    report = press(desk, "cancel", booking.session, recorded, past, sure="1", reason="I am ill that week.")
    words = report.content.decode()
    assert "2 sessions were cancelled, 1 was not" in words
    assert states(booking.session, recorded, past) == [S.CANCELLED, S.CANCELLED, S.CONFIRMED]
    assert [refund.amount_paise for refund in Refund.objects.all()] == [150_000]
    assert Session.objects.get(pk=recorded.pk).cancel_reason == "I am ill that week."
    again = press(desk, "cancel", booking.session, recorded, sure="1", reason="Twice.")
    assert "2 sessions were cancelled" in again.content.decode()
    assert Refund.objects.count() == 1


def test_what_is_completed_and_what_can_not_be(desk, consultant):
    past, ahead, cancelled = begun(record(consultant)), record(consultant, 4), record(consultant, 6)
    Session.objects.filter(pk=cancelled.pk).update(status=S.CANCELLED)
    words = press(desk, "complete", past, ahead, cancelled).content.decode()
    assert "Complete 1 session?" in words
    assert "It has not begun." in words
    assert "Its state is: Cancelled." in words
    report = press(desk, "complete", past, ahead, cancelled, sure="1")
    assert "1 session was completed, 2 were not" in report.content.decode()
    assert states(past, ahead, cancelled) == [S.COMPLETED, S.CONFIRMED, S.CANCELLED]


def test_nobody_who_came_and_no_webinar_is_marked_as_missed(desk, consultant):
    missed, came, webinar = (
        wait_in(begun(record(consultant))),
        begun(record(consultant, 4)),
        begun(make_webinar(consultant)),
    )
    JoinEvent.objects.create(session=came, side="client", client=came.client, kind="joined")

    words = press(desk, "no-show", missed, came, webinar).content.decode()
    assert "Mark 1 session as missed?" in words
    press(desk, "no-show", missed, came, webinar, sure="1")
    assert states(missed, came, webinar) == [S.NO_SHOW, S.CONFIRMED, S.CONFIRMED]


@pytest.mark.parametrize("act", ["complete", "no-show", "cancel"])
def test_anothers_rows_are_reported_as_not_there_and_stay(desk, consultant, other_consultant, act):
    theirs = record(other_consultant)
    begun(theirs) if act != "cancel" else None
    words = press(desk, act, theirs).content.decode()
    assert "None of these can be changed like that" in words
    assert theirs.title not in words
    before = OutgoingMail.objects.count()
    report = press(desk, act, theirs, sure="1", reason="Mine now.").content.decode()
    assert "One that you have not" in report
    assert theirs.title not in report
    assert states(theirs) == [S.CONFIRMED]
    assert OutgoingMail.objects.count() == before


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"act": "cancel"}, "Choose at least one session first."),
        ({"act": "cancel", "id": ["x", "\0", "9" * 10_000]}, "Choose at least one session first."),
        ({"act": "erase", "id": ["019aa8f0-6f5e-7c41-9d1e-2b6f0c8a4d11"]}, "Choose what to do with them."),
        ({"id": ["019aa8f0-6f5e-7c41-9d1e-2b6f0c8a4d11"]}, "Choose what to do with them."),
        (
            {"act": "cancel", "id": [f"019aa8f0-6f5e-7c41-9d1e-{n:012x}" for n in range(101)]},
            "At most 100 sessions at a time.",
        ),
    ],
)
def test_what_can_not_be_meant_is_answered_on_the_table(desk, sent, said):
    answer = desk.post(PAGE, {"query": "show=held", **sent})
    assert answer["Location"] == "/dashboard/sessions/?show=held"
    assert said in desk.get(answer["Location"]).content.decode()


def test_all_that_fit_are_the_first_hundred_and_it_says_so(desk, consultant):
    mine = record(consultant)
    rows = Session.objects.filter(pk=mine.pk).values().get()
    for name in ("id", "reference", "occupancy_id"):
        rows.pop(name)
    Session.objects.bulk_create(Session(**rows) for _ in range(119))
    make_session(consultant, starts_at=next_slot_start(8), status=S.COMPLETED)
    answer = desk.post(PAGE, {"act": "cancel", "all": "1", "query": "show=coming"})
    assert "120 sessions fit. These are the first 100" in answer.content.decode()
    assert len(answer.context["picked"].ids) == 100
    few = desk.post(PAGE, {"act": "complete", "all": "1", "query": "show=held"})
    assert len(few.context["picked"].ids) == 1


def test_the_question_asks_the_same_however_many_were_chosen(desk, consultant, fake_gateway):
    sessions = [make_paid(fake_gateway, consultant, starts_at=next_slot_start(2 + n))[0].session for n in range(3)]
    sessions += [record(consultant, 8 + n) for n in range(3)]
    counts = []
    for some in (sessions[2:4], sessions):
        with CaptureQueriesContext(connection) as queries:
            assert press(desk, "cancel", *some).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 13


def test_the_file_of_those_that_are_chosen(desk, consultant, other_consultant):
    first, second, theirs = record(consultant), record(consultant, 4), make_session(other_consultant)
    text = b"".join(press(desk, "export", first, theirs).streaming_content).decode()
    assert (str(first.pk) in text, str(second.pk) in text, str(theirs.pk) in text) == (True, False, False)
    everything = desk.post(PAGE, {"act": "export", "all": "1", "query": "show=all"})
    text = b"".join(everything.streaming_content).decode()
    assert (str(second.pk) in text, str(theirs.pk) in text) == (True, False)


def test_one_that_breaks_keeps_no_other_back(consultant, monkeypatch):
    first, second = begun(record(consultant)), begun(record(consultant, 4))
    complete = bulk.ACTS["complete"]

    def breaks(session, actor, words):
        if session.pk == first.pk:
            raise RuntimeError("the disk is full")
        complete(session, actor, words)

    monkeypatch.setitem(bulk.ACTS, "complete", breaks)
    report = bulk.do(consultant=consultant, actor=consultant.user, ids=[first.pk, second.pk], act="complete")
    assert [session.pk for session in report.done] == [second.pk]
    assert [refusal.code for refusal in report.refused] == ["INTERNAL_ERROR"]
    assert states(first, second) == [S.CONFIRMED, S.COMPLETED]


def test_a_press_is_a_post_of_a_consultants_login(client, client_user, desk):
    assert desk.get(PAGE).status_code == 405
    client.logout()
    assert client.post(PAGE)["Location"].startswith("/accounts/login/")
    client.force_login(client_user)
    assert client.post(PAGE).status_code == 403
    assert reverse("sessions:several") == PAGE


def test_what_could_not_be_done_before_either_is_told_in_the_same_words(desk, consultant):
    under_way = begun(record(consultant), minutes=5)
    Session.objects.filter(pk=under_way.pk).update(status=S.IN_PROGRESS)
    report = press(desk, "cancel", under_way, record(consultant, 4), sure="1", reason="Ill.").content.decode()
    assert "Its state is: In progress." in report
    assert "meanwhile" not in report
    assert states(under_way) == [S.IN_PROGRESS]
