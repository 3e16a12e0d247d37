"""Reminders: made with the session, moved and dropped with it, sent once to each side, and never for nothing."""

import json
import threading
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from availability.models import Occupancy
from bookings.services import cancel_by_client, reschedule_by_client
from bookings.testing import make_paid, make_webinar
from consultants.models import BookingPolicy
from consultants.services.policy import save_policy
from naksha.testing import make_client, make_user, next_slot_start
from notifications.delivery import deliver
from notifications.models import Notification, OutgoingMail
from notifications.rendering import render_mail
from sessions_app import seats
from sessions_app.access import resolve_link
from sessions_app.models import Reminder, Session, SessionLink
from sessions_app.services import call_off, move_session, reminding
from sessions_app.testing import make_session

pytestmark = pytest.mark.django_db
DAY, HOUR = 1440, 60


@pytest.fixture(autouse=True)
def _one_clock(request, monkeypatch):
    """These tests move the machine's clock; the database's would stand still beside it."""
    if "postgres" not in request.keywords:
        for module in (reminding, seats):
            monkeypatch.setattr(module, "db_now", timezone.now)


def rows(session, **which):
    return {(row.side, row.minutes_before): row.status for row in Reminder.objects.filter(session=session, **which)}


def mails():
    return list(OutgoingMail.objects.filter(template__startswith="reminder_").order_by("created_at"))


def before(session, **how):
    return time_machine.travel(session.starts_at - timedelta(**how), tick=False)


def set_times(consultant, *minutes):
    policy = BookingPolicy.objects.get(consultant=consultant)
    names = [field.name for field in BookingPolicy._meta.fields if field.name != "consultant"]
    save_policy(
        consultant=consultant,
        terms={name: getattr(policy, name) for name in names} | {"reminder_minutes": list(minutes)},
    )


# --- made, moved, dropped ---------------------------------------------------------------------


def test_both_sides_are_reminded_a_day_and_an_hour_before():
    session = make_session()
    assert rows(session) == {(side, n): "waiting" for side in ("client", "consultant") for n in (DAY, HOUR)}
    assert set(Reminder.objects.values_list("due_at", flat=True)) == {
        session.starts_at - timedelta(days=1),
        session.starts_at - timedelta(hours=1),
    }


def test_planning_again_changes_nothing():
    session = make_session()
    was = list(Reminder.objects.order_by("pk").values())
    reminding.plan(session)
    assert list(Reminder.objects.order_by("pk").values()) == was


def test_one_whose_time_has_passed_is_not_made():
    soon = (timezone.now() + timedelta(hours=3)).replace(second=0, microsecond=0)
    assert {n for _side, n in rows(make_session(starts_at=soon))} == {HOUR}


def test_a_booking_brings_its_reminders_and_a_cancellation_takes_them(consultant, fake_gateway):
    booking, _token = make_paid(fake_gateway, consultant)
    assert len(rows(booking.session)) == 4
    cancel_by_client(booking=booking)
    assert set(rows(booking.session).values()) == {"dropped"}


def test_a_booking_that_moves_takes_its_reminders_with_it(consultant, fake_gateway):
    booking, _token = make_paid(fake_gateway, consultant, starts_at=next_slot_start(days=4))
    booking = reschedule_by_client(booking=booking, starts_at=next_slot_start(days=6))
    due = set(Reminder.objects.values_list("due_at", flat=True))
    assert due == {booking.starts_at - timedelta(days=1), booking.starts_at - timedelta(hours=1)}


def test_a_sent_one_waits_again_when_the_session_moves_away():
    session = make_session()
    with before(session, hours=23):
        assert reminding.send_due() == 2
        later = session.starts_at + timedelta(days=7)
        move_session(session_id=session.pk, starts_at=later, ends_at=later + timedelta(minutes=30), sequence=1)
    assert set(rows(session).values()) == {"waiting"}
    with time_machine.travel(later - timedelta(hours=23), tick=False):
        assert reminding.send_due() == 2
    assert len(mails()) == 4


def _moved(session):
    later = session.starts_at + timedelta(days=7)
    move_session(session_id=session.pk, starts_at=later, ends_at=later + timedelta(minutes=30), sequence=1)


def _called_off(session):
    call_off(session_id=session.pk, reason="Ill", sequence=1)


@pytest.mark.parametrize("change", [_moved, _called_off])
def test_what_a_mail_server_that_hangs_has_not_taken_is_taken_back_with_the_time(change):
    session, other = make_session(), make_session()
    with before(session, hours=23):
        assert reminding.send_due() == 4
        OutgoingMail.objects.filter(template="reminder_consultant", to=session.consultant.user.email).update(
            status="sent"
        )
        change(session)
        gone = OutgoingMail.objects.get(template="reminder_client", to=session.client.email)
        assert gone.status == "skipped"
        assert not deliver(gone.pk)
    sent = OutgoingMail.objects.get(template="reminder_consultant", to=session.consultant.user.email)
    assert sent.status == "sent"
    kept = OutgoingMail.objects.filter(to__in=[other.client.email, other.consultant.user.email])
    assert {mail.status for mail in kept} == {"queued"}


def test_planning_again_takes_no_mail_back():
    session = make_session()
    with before(session, hours=23):
        reminding.send_due()
        reminding.plan(session)
    assert {mail.status for mail in mails()} == {"queued"}


def test_one_that_a_move_puts_into_the_past_is_dropped():
    session = make_session(starts_at=next_slot_start(days=5))
    soon = (timezone.now() + timedelta(hours=3)).replace(second=0, microsecond=0)
    move_session(session_id=session.pk, starts_at=soon, ends_at=soon + timedelta(minutes=30), sequence=1)
    assert rows(session, side="client") == {("client", DAY): "dropped", ("client", HOUR): "waiting"}


def test_a_called_off_session_reminds_nobody():
    session = make_session()
    call_off(session_id=session.pk, reason="Ill", sequence=1)
    with before(session, minutes=30):
        assert reminding.send_due() == 0
    assert mails() == []


def test_a_webinar_reminds_whoever_has_a_seat_for_good(consultant):
    webinar = make_webinar(consultant, capacity=5)
    kept, gone, held = (make_client(consultant) for _ in range(3))
    seats.take_seat(session_id=webinar.pk, client=kept, expires_at=None)
    seat = seats.take_seat(session_id=webinar.pk, client=gone, expires_at=timezone.now() + timedelta(minutes=10))
    seats.take_seat(session_id=webinar.pk, client=held, expires_at=timezone.now() + timedelta(minutes=10))
    assert rows(webinar, client=gone) == {}
    assert seats.settle_seat(seat_id=seat.pk)
    assert set(rows(webinar, client=gone).values()) == {"waiting"}
    seats.release_seat(seat_id=seat.pk)
    with before(webinar, hours=23):
        assert reminding.send_due() == 2
    assert [mail.to for mail in mails() if mail.template == "reminder_client"] == [kept.email]
    assert "Seats taken: 2" in render_mail("reminder_consultant", context_of(mails(), "reminder_consultant")).text


def context_of(found, template):
    return json.loads(next(mail for mail in found if mail.template == template).sealed_context)


def test_the_terms_say_when_and_sessions_to_come_follow(consultant):
    session = make_session(consultant, starts_at=next_slot_start(days=20))
    other = make_session(starts_at=next_slot_start(days=20))
    set_times(consultant, 30, DAY, 20_160)
    assert rows(session, side="client") == {
        ("client", 30): "waiting",
        ("client", DAY): "waiting",
        ("client", HOUR): "dropped",
        ("client", 20_160): "waiting",
    }
    assert len(rows(other)) == 4
    set_times(consultant, HOUR)
    assert rows(session, side="client", status="waiting") == {("client", HOUR): "waiting"}


def test_without_a_time_nobody_is_reminded(consultant):
    set_times(consultant)
    assert rows(make_session(consultant)) == {}


# --- sent -------------------------------------------------------------------------------------


def test_each_side_reads_it_in_its_own_zone():
    session = make_session()
    login = make_user(role="client")
    type(session.client).objects.update(timezone="America/New_York", user=login)
    with before(session, hours=23, minutes=59, seconds=40):
        assert reminding.send_due() == 2
        theirs = render_mail("reminder_client", context_of(mails(), "reminder_client"))
        mine = render_mail("reminder_consultant", context_of(mails(), "reminder_consultant"))
    assert "in 1 day" in theirs.subject
    assert "EST" in theirs.text or "EDT" in theirs.text
    assert "11:00 to 11:30 am IST" in mine.text
    assert f"/sessions/{session.pk}/" in mine.text
    assert set(Notification.objects.values_list("user", "kind", "moment")) == {
        (login.pk, "session", session.starts_at),
        (session.consultant.user_id, "session", session.starts_at),
    }


def test_the_clients_link_lets_them_in():
    session = make_session()
    with before(session, hours=23):
        reminding.send_due()
    token = context_of(mails(), "reminder_client")["room_url"].rstrip("/").rsplit("/", 1)[-1]
    assert resolve_link(token).client == session.client
    assert SessionLink.objects.count() == 1


def test_a_guest_finds_the_way_to_move_or_cancel(client, consultant, fake_gateway):
    booking, _token = make_paid(fake_gateway, consultant)
    with before(booking.session, hours=23):
        reminding.send_due()
        way = context_of(mails(), "reminder_client")["manage_url"].removeprefix(settings.SITE_URL)
        page = client.get(way, follow=True)
    assert page.status_code == 200
    assert booking.reference in page.content.decode()
    assert "/b/" in page.redirect_chain[-1][0]


def test_without_a_booking_there_is_nothing_to_manage():
    session = make_session()
    with before(session, hours=23):
        reminding.send_due()
    assert context_of(mails(), "reminder_client")["manage_url"] == ""


def test_a_second_round_sends_nothing():
    session = make_session()
    with before(session, hours=23):
        assert reminding.send_due() == 2
        assert reminding.send_due() == 0
    assert len(mails()) == 2


def test_nothing_goes_out_before_its_time():
    session = make_session()
    with before(session, hours=24, minutes=1):
        assert reminding.send_due() == 0
    assert mails() == []


def test_one_that_is_hours_late_says_how_far_off_it_really_is():
    session = make_session()
    with before(session, hours=3):
        assert reminding.send_due() == 2
        subject = render_mail("reminder_client", context_of(mails(), "reminder_client")).subject
    assert "in 3 hours" in subject


def test_of_two_that_are_late_only_the_nearer_is_sent():
    session = make_session()
    with before(session, minutes=20):
        assert reminding.send_due() == 2
    assert rows(session, side="client") == {("client", DAY): "dropped", ("client", HOUR): "sent"}
    assert len(mails()) == 2


def test_a_session_that_has_begun_needs_no_reminder():
    session = make_session()
    with time_machine.travel(session.starts_at, tick=False):
        assert reminding.send_due() == 0
    assert set(rows(session).values()) == {"dropped"}
    assert mails() == []


@pytest.mark.parametrize("status", [s for s in Session.Status.values if s != "confirmed"])
def test_a_session_in_another_state_needs_no_reminder(status):
    session = make_session(status=status)
    with before(session, hours=1):
        assert reminding.send_due() == 0
    assert mails() == []


def test_one_that_dies_half_way_leaves_nothing_and_is_sent_at_the_next_round(monkeypatch):
    session = make_session()
    real = reminding.notify

    def dies(**_):
        raise RuntimeError("the worker was killed")

    with before(session, hours=23):
        monkeypatch.setattr(reminding, "notify", dies)
        assert reminding.send_due() == 1  # the client, who has no login, needs no line on screen
        assert rows(session, side="consultant")["consultant", DAY] == "waiting"
        assert [mail.template for mail in mails()] == ["reminder_client"]
        monkeypatch.setattr(reminding, "notify", real)
        assert reminding.send_due() == 1
    assert sorted(mail.template for mail in mails()) == ["reminder_client", "reminder_consultant"]
    assert Notification.objects.count() == 1


def test_one_that_fails_keeps_no_other_waiting(monkeypatch):
    first, second = make_session(), make_session()
    real = reminding.send_mail

    def fails_for_one(**mail):
        if mail["to"] == first.client.email:
            raise RuntimeError
        return real(**mail)

    monkeypatch.setattr(reminding, "send_mail", fails_for_one)
    with before(second, hours=23):
        reminding.send_due()
    assert second.client.email in [mail.to for mail in mails()]
    assert first.client.email not in [mail.to for mail in mails()]


# --- two workers at once ----------------------------------------------------------------------


def race(test):
    """Runs on PostgreSQL alone: SQLite has one writer at a time."""
    for mark in (
        pytest.mark.postgres,
        pytest.mark.slow,
        pytest.mark.django_db(transaction=True),
        pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL"),
    ):
        test = mark(test)
    return test


def due_now():
    session = make_session()
    Reminder.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    Reminder.objects.filter(minutes_before=HOUR).delete()
    return session


def at_once(count, act):
    ready, threads = threading.Barrier(count), []

    def run():
        ready.wait(30)
        try:
            act()
        finally:
            connection.close()

    for _ in range(count):
        threads.append(threading.Thread(target=run))
        threads[-1].start()
    for thread in threads:
        thread.join(60)


@race
def test_eight_workers_send_each_reminder_once():
    due_now()
    at_once(8, reminding.send_due)
    assert len(mails()) == 2
    assert Notification.objects.filter(title="Reminder of a session").count() == 1


@race
def test_without_the_claim_the_same_workers_send_it_again_and_again(monkeypatch):
    monkeypatch.setattr(reminding, "_claim", lambda *_: True)
    due_now()
    at_once(8, reminding.send_due)
    assert Notification.objects.filter(title="Reminder of a session").count() > 1


@race
def test_a_move_at_the_same_moment_is_either_before_or_after_the_reminder():
    for _ in range(6):
        session = due_now()
        later = session.starts_at + timedelta(days=9)
        acts = iter(
            [
                reminding.send_due,
                lambda s=session, at=later: transaction_move(s, at),
            ]
        )
        lock = threading.Lock()

        def one(acts=acts, lock=lock):
            with lock:
                act = next(acts)
            act()

        at_once(2, one)
        assert set(rows(session).values()) == {"waiting"}
        for mail in OutgoingMail.objects.filter(to=session.client.email):
            assert json.loads(mail.sealed_context)["starts_at"].startswith(f"{session.starts_at:%Y-%m-%d}")


@transaction.atomic
def transaction_move(session, at):
    Occupancy.objects.filter(pk=session.occupancy_id).delete()
    move_session(session_id=session.pk, starts_at=at, ends_at=at + timedelta(minutes=30), sequence=1)
