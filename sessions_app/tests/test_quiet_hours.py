"""Quiet hours put off what reminds and what gathers the unread; when they end, all of it is asked again."""

from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.utils import timezone

from consultants.models import BookingPolicy
from naksha.testing import make_user
from notifications.models import OutgoingMail
from notifications.services import set_quiet_hours
from sessions_app.models import Member, Message, Reminder
from sessions_app.services import call_off, chatting, move_session, reminding
from sessions_app.tasks import send_digests
from sessions_app.testing import make_session
from sessions_app.tests.chatters import consultant_of, guest_of, say

pytestmark = pytest.mark.django_db
DAY, HOUR = 1440, 60
NIGHT = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)  # 11:30 pm in India
MORNING = datetime(2026, 11, 21, 1, 30, tzinfo=UTC)  # 7 am


@pytest.fixture
def session():
    """At 11 am in India, where it is quiet for its client from 10 am to 1 pm."""
    session = make_session()
    leave_alone(session, 10, 13)
    return session


def leave_alone(session, begins, ends):
    login = make_user(role="client", email=session.client.email)
    set_quiet_hours(user=login, begins=time(begins), ends=time(ends), timezone="Asia/Kolkata")


def before(session, **how):
    return time_machine.travel(session.starts_at - timedelta(**how), tick=False)


def mails(session):
    return OutgoingMail.objects.filter(to=session.client.email)


def clients_row(session, minutes=DAY):
    return Reminder.objects.get(session=session, side="client", minutes_before=minutes)


def reminded(session, minutes):
    BookingPolicy.objects.filter(consultant=session.consultant).update(reminder_minutes=minutes)
    reminding.plan(session)


# --- reminders


def test_a_reminder_waits_for_their_end_and_goes_out_then_once(session):
    with before(session, hours=24):
        assert reminding.send_due() == 1  # the consultant, who is awake
        assert reminding.send_due() == 0
    assert not mails(session).exists()
    with before(session, hours=22, seconds=1):
        assert reminding.send_due() == 0
    with before(session, hours=22):
        assert reminding.send_due() == 1
        assert reminding.send_due() == 0
        assert mails(session).get().due_at <= timezone.now()


def test_nobody_is_reminded_in_the_morning_of_what_was_called_off_in_the_night(session):
    with before(session, hours=24):
        reminding.send_due()
        call_off(session_id=session.pk, reason="Ill", sequence=1)
    with before(session, hours=22):
        assert reminding.send_due() == 0
    assert not mails(session).filter(template="reminder_client").exists()


def test_what_was_moved_in_the_night_reminds_of_its_new_time_alone(session):
    later = session.starts_at + timedelta(days=7)
    with before(session, hours=24):
        reminding.send_due()
        move_session(session_id=session.pk, starts_at=later, ends_at=later + timedelta(minutes=30), sequence=1)
    with before(session, hours=22):
        assert reminding.send_due() == 0
    assert not mails(session).filter(template="reminder_client").exists()
    row = clients_row(session)
    assert (row.status, row.due_at, row.put_off_until) == ("waiting", later - timedelta(days=1), None)


def test_one_that_is_put_off_stays_so_when_the_terms_are_read_again(session):
    with before(session, hours=24):
        reminding.send_due()
        reminding.plan(session)
    with before(session, hours=22):
        assert reminding.send_due() == 1
    assert mails(session).count() == 1


@pytest.mark.parametrize("ends", [11, 13])
def test_one_that_would_come_too_late_does_not_wait(ends):
    session = make_session()
    leave_alone(session, 9, ends)
    with before(session, minutes=HOUR):
        reminding.send_due()
    mail = mails(session).get()
    assert mail.due_at == session.starts_at - timedelta(minutes=HOUR)


def test_of_two_that_were_put_off_to_one_moment_only_the_nearer_is_sent(session):
    reminded(session, [DAY, DAY - 30])
    with before(session, hours=24):
        reminding.send_due()
    with before(session, minutes=DAY - 30):
        reminding.send_due()
    with before(session, hours=22):
        assert reminding.send(clients_row(session, DAY - 30).pk)
        assert not reminding.send(clients_row(session, DAY).pk)
    assert mails(session).count() == 1


# --- the unread


@pytest.fixture
def asleep():
    session = make_session()
    leave_alone(session, 22, 7)
    say(consultant_of(session), "Are you there?")
    chatting.join_member(guest_of(session))
    say(consultant_of(session), "Please bring the papers.")
    return session


def sleeper():
    return Member.objects.get(client__isnull=False)


def due_at_night():
    Message.objects.update(sent_at=NIGHT - timedelta(minutes=10))
    Member.objects.filter(client__isnull=False).update(digest_due_at=NIGHT)
    with time_machine.travel(NIGHT, tick=False):
        assert send_digests() == 0


def test_the_unread_waits_for_the_morning_and_is_gathered_then(asleep):
    due_at_night()
    assert not OutgoingMail.objects.exists()
    assert sleeper().digest_due_at == MORNING
    say(consultant_of(asleep), "And the notice.")
    with time_machine.travel(MORNING, tick=False):
        assert send_digests() == 1
    mail = OutgoingMail.objects.get()
    assert mail.due_at <= MORNING
    assert "And the notice." in mail.sealed_context


def test_what_was_read_in_the_night_is_not_mailed_in_the_morning(asleep):
    due_at_night()
    chatting.mark_read(visitor=guest_of(asleep), sequence=2)
    with time_machine.travel(MORNING, tick=False):
        assert send_digests() == 0
    assert not OutgoingMail.objects.exists()
