"""A recorded session in its client's hands: cancelled and moved under the terms that were frozen with it."""

import json
import threading
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from accounts.models import AuditEntry
from availability.errors import NotBookable, SlotTaken
from availability.models import Occupancy
from naksha.errors import InvalidState
from naksha.testing import make_client, next_slot_start
from notifications.models import Notification, OutgoingMail
from notifications.rendering import render_mail
from payments.models import Refund
from payments.services import verify_ledger
from sessions_app.errors import QuoteChanged, TooLate
from sessions_app.models import Message, Reminder, Session, SessionTerms
from sessions_app.services import (
    cancel_by_client,
    complete,
    reschedule,
    reschedule_by_client,
    revise,
    start,
)
from sessions_app.terms import can_be_moved, free_cancel_until, quote_cancellation
from sessions_app.testing import make_recorded, make_session
from sessions_app.tests.test_recording import pay

pytestmark = pytest.mark.django_db
S = Session.Status


def mails(template):
    return OutgoingMail.objects.filter(template=template)


@pytest.fixture
def session(consultant):
    return make_recorded(
        consultant, platform="phone", place="+91 98000 00001", starts_at=next_slot_start(5), price_paise=100_000
    )


@pytest.fixture
def paid(session, fake_gateway):
    pay(fake_gateway, session)
    return session


def before(session, hours):
    return time_machine.travel(session.starts_at - timedelta(hours=hours), tick=False)


# --- the terms --------------------------------------------------------------------------------


def test_the_terms_of_the_day_are_frozen(session, consultant):
    policy = consultant.policy
    policy.free_cancel_hours, policy.partial_cancel_hours, policy.max_reschedules = 72, 48, 0
    policy.save()
    frozen = SessionTerms.objects.get(session=session)
    assert (frozen.free_cancel_hours, frozen.partial_cancel_hours, frozen.partial_refund_percent) == (24, 4, 50)
    assert (frozen.reschedule_hours, frozen.max_reschedules) == (4, 2)
    assert quote_cancellation(session, session.starts_at - timedelta(hours=30)).percent == 100
    assert can_be_moved(session, session.starts_at - timedelta(hours=30))


@pytest.mark.parametrize(("hours", "paise"), [(24, 100_000), (23.9, 50_000), (4, 50_000), (3.9, 0)])
def test_they_say_what_comes_back(paid, hours, paise):
    quote = quote_cancellation(paid, paid.starts_at - timedelta(hours=hours))
    assert (quote.refund_paise, quote.kept_paise) == (paise, 100_000 - paise)


# --- cancelled --------------------------------------------------------------------------------


def test_a_client_cancels_and_gets_what_was_shown(paid):
    with before(paid, hours=5):
        for _ in range(2):
            done = cancel_by_client(session=paid, client=paid.client, reason=" Ill. ", shown_refund_paise=50_000)
    assert (done.status, done.cancel_reason, done.sequence) == (S.CANCELLED, "Ill.", 1)
    refund = Refund.objects.get()
    assert (refund.amount_paise, refund.reason) == (50_000, "Cancelled by the client")
    assert not Occupancy.objects.exists()
    assert not Reminder.objects.filter(status="waiting").exists()
    entry = AuditEntry.objects.get(action="session.cancelled_by_client")
    assert (entry.actor, entry.data["percent"]) == (None, 50)
    verify_ledger()


def test_both_are_told_once_with_the_money_and_the_calendar(paid, consultant):
    with before(paid, hours=5):
        for _ in range(2):
            cancel_by_client(session=paid, client=paid.client, reason="Ill.")
    theirs = mails("booking_cancelled_consultant").get()
    assert (theirs.to, theirs.calendar_method) == (consultant.user.email, "CANCEL")
    text = render_mail(theirs.template, json.loads(theirs.sealed_context)).text
    assert "Meera Nair gets ₹500.00 back." in text
    assert "Ill." in text
    assert f"/dashboard/sessions/{paid.pk}/" in text
    own = mails("session_cancelled_client").get()
    assert "SEQUENCE:1" in own.calendar
    assert "₹500.00 goes back to where you paid from" in render_mail(own.template, json.loads(own.sealed_context)).text
    assert Notification.objects.filter(user=consultant.user, title="Session cancelled").count() == 1


def test_the_room_and_the_chat_hear_of_it(session, consultant):
    from sessions_app.models import Conversation

    Conversation.objects.create(session=session)
    cancel_by_client(session=session, client=session.client, reason="Ill.")
    assert Message.objects.get().body == "The session was cancelled: Ill."


def test_a_refund_that_shrank_since_it_was_shown_cancels_nothing(paid):
    with before(paid, hours=5), pytest.raises(QuoteChanged):
        cancel_by_client(session=paid, client=paid.client, shown_refund_paise=100_000)
    paid.refresh_from_db()
    assert (paid.status, Refund.objects.count()) == (S.CONFIRMED, 0)


def test_too_late_to_cancel_is_not_cancelled(session):
    with time_machine.travel(session.starts_at, tick=False), pytest.raises(TooLate):
        cancel_by_client(session=session, client=session.client)
    session.refresh_from_db()
    assert session.status == S.CONFIRMED


def test_what_its_consultant_has_begun_or_ended_is_not_cancelled(session, consultant):
    with time_machine.travel(session.starts_at - timedelta(minutes=5), tick=False):
        start(session=session, actor=consultant.user)
        with pytest.raises(InvalidState):
            cancel_by_client(session=session, client=session.client)
    with time_machine.travel(session.ends_at, tick=False):
        complete(session=session, actor=consultant.user)
        with pytest.raises(InvalidState):
            cancel_by_client(session=session, client=session.client)


def test_another_client_does_nothing(session, consultant):
    other = make_client(consultant)
    with pytest.raises(PermissionDenied):
        cancel_by_client(session=session, client=other)
    with pytest.raises(PermissionDenied):
        reschedule_by_client(session=session, client=other, starts_at=next_slot_start(7))
    session.refresh_from_db()
    assert (session.status, session.sequence) == (S.CONFIRMED, 0)


def test_a_session_without_terms_of_its_own_is_not_changed_here(consultant):
    booked = make_session(consultant)
    with pytest.raises(InvalidState):
        cancel_by_client(session=booked, client=booked.client)
    with pytest.raises(InvalidState):
        reschedule_by_client(session=booked, client=booked.client, starts_at=next_slot_start(7))


def test_whom_nobody_told_reads_of_a_refund_alone(consultant, session):
    Session.objects.update(client_told=False)
    OutgoingMail.objects.all().delete()
    reschedule_by_client(session=session, client=session.client, starts_at=next_slot_start(7))
    cancel_by_client(session=session, client=session.client)
    told = sorted(OutgoingMail.objects.values_list("template", flat=True))
    assert told == ["booking_cancelled_consultant", "booking_moved_consultant"]


# --- moved ------------------------------------------------------------------------------------


def test_a_client_moves_to_a_listed_time(session, consultant):
    old, new = session.starts_at, next_slot_start(7)
    for _ in range(2):
        moved = reschedule_by_client(session=session, client=session.client, starts_at=new)
    assert (moved.starts_at, moved.minutes, moved.sequence) == (new, 45, 1)
    assert Occupancy.objects.get().core_starts_at == new
    assert SessionTerms.objects.get().reschedules == 1
    assert set(Reminder.objects.filter(status="waiting").values_list("due_at", flat=True)) == {
        new - timedelta(days=1),
        new - timedelta(hours=1),
    }
    theirs = mails("booking_moved_consultant").get()
    assert "SEQUENCE:1" in theirs.calendar
    assert "It was" in render_mail(theirs.template, json.loads(theirs.sealed_context)).text
    assert mails("session_moved_client").count() == 1
    assert make_recorded(consultant, title="Another", starts_at=old, client=session.client)


def test_what_is_not_listed_is_refused_and_the_old_time_stays(session, consultant):
    make_recorded(consultant, title="Another", starts_at=next_slot_start(7), client=session.client)
    for start_, error in ((next_slot_start(7), SlotTaken), (next_slot_start(7, hour_utc=20), NotBookable)):
        with pytest.raises(error):
            reschedule_by_client(session=session, client=session.client, starts_at=start_)
    session.refresh_from_db()
    assert (session.sequence, SessionTerms.objects.get(session=session).reschedules) == (0, 0)
    assert Occupancy.objects.filter(core_starts_at=session.starts_at).exists()


def test_not_more_often_than_the_terms_say_nor_so_late(session):
    with before(session, hours=3.9), pytest.raises(TooLate, match="too close"):
        reschedule_by_client(session=session, client=session.client, starts_at=next_slot_start(9))
    for days in (7, 8):
        reschedule_by_client(session=session, client=session.client, starts_at=next_slot_start(days))
    with pytest.raises(TooLate, match="as often"):
        reschedule_by_client(session=session, client=session.client, starts_at=next_slot_start(9))
    session.refresh_from_db()
    assert session.starts_at == next_slot_start(8)


def test_moving_late_is_no_way_round_the_refund(paid):
    with before(paid, hours=5):
        moved = reschedule_by_client(session=paid, client=paid.client, starts_at=next_slot_start(12))
        assert quote_cancellation(moved, timezone.now()).refund_paise == 50_000
        assert free_cancel_until(moved) is None


@pytest.mark.parametrize("by", [reschedule, revise])
def test_whom_the_consultant_moved_may_leave_with_everything(paid, consultant, by):
    new = next_slot_start(6)
    what = {} if by is reschedule else {"title": "Second opinion", "platform": "jitsi", "place": "", "minutes": 45}
    by(session=paid, actor=consultant.user, starts_at=new, **what)
    paid = Session.objects.get()
    with before(paid, hours=1):
        assert quote_cancellation(paid, timezone.now()).refund_paise == 100_000
        assert free_cancel_until(paid) == new
    said = json.loads(mails("session_moved_client").get().sealed_context)["terms"]
    assert said[0].startswith("The time was changed for you")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_cancels_and_the_rest_find_it_done(consultant, fake_gateway, paid):
    gate, results = threading.Barrier(5), []

    def one():
        gate.wait(20)
        try:
            results.append(cancel_by_client(session=paid, client=paid.client, reason="Ill.").status)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert results == [S.CANCELLED] * 5
    assert Refund.objects.count() == 1
    assert mails("booking_cancelled_consultant").count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_moved_by_both_at_once_it_stands_at_one_time(consultant, session):
    gate = threading.Barrier(2)
    mine, theirs = next_slot_start(7), next_slot_start(8)

    def one(act):
        gate.wait(20)
        try:
            act()
        finally:
            connection.close()

    acts = [
        lambda: reschedule_by_client(session=session, client=session.client, starts_at=mine),
        lambda: reschedule(session=session, actor=consultant.user, starts_at=theirs),
    ]
    threads = [threading.Thread(target=one, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    session.refresh_from_db()
    assert (session.starts_at in (mine, theirs), session.sequence) == (True, 2)
    assert Occupancy.objects.get().core_starts_at == session.starts_at


def test_those_recorded_before_stand_under_their_consultants_present_terms(session, consultant, other_consultant):
    from importlib import import_module

    from django.apps import apps

    booked = make_session(other_consultant)
    SessionTerms.objects.all().delete()
    policy = consultant.policy
    policy.free_cancel_hours, policy.max_reschedules = 72, 1
    policy.save()
    import_module("sessions_app.migrations.0010_terms").freeze_those_to_come(apps, None)
    frozen = SessionTerms.objects.get()
    assert (frozen.session, frozen.free_cancel_hours, frozen.max_reschedules) == (session, 72, 1)
    assert booked != session
