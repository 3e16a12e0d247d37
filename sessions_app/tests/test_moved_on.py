"""What a session's changes say: in its chat, and to the lists that its people have open."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from bookings.services import cancel_by_consultant, reschedule_by_consultant
from bookings.testing import make_held
from naksha.testing import make_client, make_user, next_slot_start
from naksha.times import dated_time
from sessions_app.models import Conversation, JoinEvent, Message, Seat, Session
from sessions_app.services import cancel, complete, mark_no_show, move_on_due, reschedule, schedule, start
from sessions_app.testing import make_session, wait_in
from sessions_app.tests.chatters import consultant_of, guest_of, say
from sessions_app.tests.practice import record

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def begun(session, minutes=20):
    length = session.ends_at - session.starts_at
    start = timezone.now() - minutes * MINUTE
    Session.objects.filter(pk=session.pk).update(starts_at=start, ends_at=start + length)
    session.refresh_from_db()
    return session


def told(session):
    """What the chat says of itself, in order."""
    return list(
        Message.objects.filter(conversation__session=session, kind="system")
        .order_by("sequence")
        .values_list("body", flat=True)
    )


@pytest.fixture
def heard(monkeypatch):
    """Who was told that sessions have changed."""
    said = []

    def push(group, message):
        if message.get("topic") == "sessions":
            said.append(group)

    monkeypatch.setattr("notifications.live.live.push", push)
    return said


@pytest.fixture
def session(consultant, client_user):
    session = make_session(consultant)
    session.client.user = client_user
    session.client.save()
    return session


def test_a_session_that_is_started_and_completed_says_so_in_its_chat(session, heard):
    start(session=begun(session), actor=session.consultant.user)
    assert told(session) == [f"{session.consultant.display_name} started the session."]
    assert len(heard) == 2
    complete(session=session, actor=session.consultant.user)
    complete(session=session, actor=session.consultant.user)
    assert told(session)[1:] == ["The session was completed."]
    assert (len(heard), len(set(heard))) == (4, 2)


def test_the_schedule_says_it_too(session):
    begun(session)
    JoinEvent.objects.create(session=session, side="client", client=session.client, kind="joined")
    assert move_on_due() == 1
    assert told(session) == ["The session has begun."]


def test_one_that_was_long_over_gets_no_chat_for_it(session):
    begun(session, minutes=20 * 24 * 60)
    Session.objects.update(platform="phone")
    assert schedule.end_one(session.pk)
    assert not Conversation.objects.exists()


def test_a_missed_or_cancelled_session_gets_no_chat_but_says_so_in_one_that_is_there(consultant, session, heard):
    mark_no_show(session=wait_in(begun(session)), actor=consultant.user)
    assert not Conversation.objects.exists()
    assert len(heard) == 2
    talked = begun(make_session(consultant, starts_at=next_slot_start(3)))
    say(guest_of(talked))
    mark_no_show(session=wait_in(talked), actor=consultant.user)
    assert told(talked) == ["The session was marked as missed."]


def test_a_refused_move_says_nothing(session, heard):
    say(guest_of(session))
    with pytest.raises(Exception, match="not begun"):
        complete(session=session, actor=session.consultant.user)
    assert (told(session), heard) == ([], [])


def test_moving_and_cancelling_a_recorded_session_are_written_with_the_day_and_the_reason(consultant, heard):
    session = record(consultant)
    say(consultant_of(session))
    heard.clear()
    later = next_slot_start(6)
    reschedule(session=session, actor=consultant.user, starts_at=later)
    cancel(session=session, actor=consultant.user, reason=" I am ill. ")
    assert told(session) == [
        f"The session was moved to {dated_time(later, consultant.timezone)}.",
        "The session was cancelled: I am ill.",
    ]
    assert len(heard) == 2


def test_moving_and_cancelling_a_booking_are_written_into_its_sessions_chat(consultant, heard):
    booking = make_held(consultant, price_paise=0)[0]
    session = booking.session
    later = next_slot_start(6)
    reschedule_by_consultant(booking=booking, starts_at=later, actor=consultant.user)
    assert not Conversation.objects.exists()
    assert heard
    say(consultant_of(session))
    reschedule_by_consultant(booking=booking, starts_at=later + timedelta(hours=1), actor=consultant.user)
    cancel_by_consultant(booking=booking, actor=consultant.user, reason="I am ill.")
    assert told(session) == [
        f"The session was moved to {dated_time(later + timedelta(hours=1), consultant.timezone)}.",
        "The session was cancelled: I am ill.",
    ]


def test_each_login_of_a_webinar_hears_of_it_once_and_nobody_else(consultant, heard):
    webinar = make_session(consultant)
    Session.objects.filter(pk=webinar.pk).update(kind="webinar", client=None, capacity=5, seats_taken=2)
    for status in (Seat.Status.TAKEN, Seat.Status.TAKEN, Seat.Status.RELEASED):
        guest = make_client(consultant)
        guest.user = make_user()
        guest.save()
        Seat.objects.create(session=webinar, client=guest, status=status)
    webinar.refresh_from_db()
    start(session=begun(webinar), actor=consultant.user)
    assert len(heard) == len(set(heard)) == 3


def test_a_kept_time_names_its_day_even_today():
    now = timezone.now()
    assert not dated_time(now, "Asia/Kolkata").startswith("Today")


@pytest.mark.django_db(transaction=True)
def test_writing_in_the_chat_and_moving_the_session_at_once_wait_for_each_other_and_both_are_done(consultant):
    session = record(consultant)
    guest, owner = guest_of(session), consultant_of(session)
    say(guest)
    wrong = []

    def run(act):
        try:
            for n in range(6):
                act(n)
        except Exception as error:  # noqa: BLE001 - told below
            wrong.append(error)
        finally:
            connection.close()

    def move(n):
        reschedule(session=session, actor=consultant.user, starts_at=next_slot_start(6) + timedelta(hours=n))

    acts = [move, lambda n: say(guest, f"{n}"), lambda n: say(owner, f"{n}")]
    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert wrong == []
    assert len(told(session)) == 6
    numbers = list(Message.objects.order_by("version").values_list("version", flat=True))
    assert numbers == list(range(1, 20))


def test_the_words_go_with_the_change_or_not_at_all(session):
    say(guest_of(session))
    begun(session)
    with transaction.atomic():
        start(session=session, actor=session.consultant.user)
        assert told(session)
        transaction.set_rollback(True)
    assert told(session) == []
