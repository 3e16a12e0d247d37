"""A consultant is suspended: all that was to come is called off with everything back, whatever the terms say."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.utils import timezone

from accounts.models import AuditEntry, User
from availability.models import Occupancy
from bookings.commitments import Bookings
from bookings.models import Booking, WaitlistEntry
from bookings.services import call_off_date, cancel_by_client, hold_seat, join_waitlist, offer_days
from bookings.services.balance import open_balance
from bookings.services.webinars import finish_cancelled
from bookings.testing import details, make_held, make_paid, make_webinar, pay
from bookings.tests.suspending import REASON, again, refunds, suspend, suspended
from consultants.models import Consultant, Undoing
from consultants.services import approval, suspending
from naksha.testing import make_service, next_slot_start
from notifications.models import Notification, OutgoingMail
from payments.models import Invoice, LedgerEntry, Payment, Refund
from payments.services import complete, ensure_order
from payments.testing import FakeGateway
from sessions_app.models import Seat, Session
from sessions_app.services import move_on_due, open_price
from sessions_app.testing import make_recorded

pytestmark = pytest.mark.django_db
S = Booking.Status


def mails(template: str) -> list[str]:
    return sorted(OutgoingMail.objects.filter(template=template).values_list("to", flat=True))


def record(consultant: Consultant, **changes: Any) -> Session:
    values = {"starts_at": next_slot_start(4), "price_paise": 100_000, "tell_client": False}
    return make_recorded(consultant, **{**values, **changes})


def seat(gateway: FakeGateway, session: Session, n: int) -> Booking:
    return pay(gateway, hold_seat(session=session, details=details(email=f"p{n}@example.com"))[0])


# --- all of it ---------------------------------------------------------------------------------


def test_a_booking_gets_everything_back_however_late_it_is(
    fake_gateway: FakeGateway, consultant: Consultant, admin_user: User, client_user: User
) -> None:
    soon = (timezone.now() + timedelta(hours=1)).replace(second=0, microsecond=0)
    booking, _ = make_paid(fake_gateway, consultant, details=details(email=client_user.email))
    Booking.objects.filter(pk=booking.pk).update(starts_at=soon, ends_at=soon + timedelta(minutes=30))
    type(booking.client).objects.update(user=client_user)
    suspend(consultant, admin_user)
    booking = again(booking)
    assert (booking.status, booking.closed_by_platform, booking.closed_by) == (S.CANCELLED, True, admin_user)
    assert booking.session is not None
    assert booking.session.status == Session.Status.CANCELLED
    refund = Refund.objects.get()
    assert (refund.amount_paise, refund.actor) == (150_000, admin_user)
    assert refund.fee_paise == Payment.objects.get().fee_paise > 0  # nothing of it stays with anybody
    assert sum(LedgerEntry.objects.values_list("amount_paise", flat=True)) == 0
    assert Invoice.objects.filter(kind="credit_note", total_paise=150_000).count() == 1
    assert not Occupancy.objects.exists()
    assert AuditEntry.objects.get(action="booking.cancelled_by_platform").data == {"refund_paise": 150_000}
    told = OutgoingMail.objects.get(template="called_off_client")
    assert (told.to, told.reply_to, told.calendar_method) == (client_user.email, "", "CANCEL")
    assert "METHOD:CANCEL" in OutgoingMail.objects.get(template="called_off_consultant").calendar
    assert Notification.objects.filter(user=client_user, title="Naksha has cancelled your booking").count() == 1
    assert REASON not in told.sealed_context


def test_a_deposit_and_its_balance_both_go_back(
    fake_gateway: FakeGateway, consultant: Consultant, admin_user: User
) -> None:
    booking, _ = make_paid(fake_gateway, consultant, price_paise=200_000, deposit_paise=50_000)
    open_balance(booking=booking)
    pay(fake_gateway, booking)
    suspend(consultant, admin_user)
    assert sorted(Refund.objects.values_list("amount_paise", flat=True)) == [50_000, 150_000]
    assert refunds() == {booking.pk: 200_000}


def test_what_was_given_back_before_is_not_given_back_again(
    fake_gateway: FakeGateway, consultant: Consultant, admin_user: User
) -> None:
    from payments.services import refund_by_hand

    booking, _ = make_paid(fake_gateway, consultant)
    refund_by_hand(
        payment=Payment.objects.get(), amount_paise=50_000, seen_refunding_paise=0, reason="Late.", actor=admin_user
    )
    assert suspending.progress_of(suspend(consultant, admin_user)).refund_paise == 100_000
    assert refunds() == {booking.pk: 150_000}


def test_every_seat_of_a_webinar_is_refunded_and_nobody_waits_any_more(
    fake_gateway: FakeGateway, consultant: Consultant, admin_user: User
) -> None:
    webinar = make_webinar(consultant, price_paise=40_000, capacity=2)
    seats = [seat(fake_gateway, webinar, n) for n in range(2)]
    entry, _ = join_waitlist(
        service=webinar.service,  # type: ignore[arg-type]
        session=webinar,
        name="Waits",
        email="waits@example.com",
        timezone="Asia/Kolkata",
    )
    suspend(consultant, admin_user)
    webinar.refresh_from_db()
    entry.refresh_from_db()
    assert (webinar.status, webinar.seats_taken) == (Session.Status.CANCELLED, 0)
    assert entry.status == WaitlistEntry.Status.LAPSED
    assert refunds() == {one.pk: 40_000 for one in seats}
    assert mails("called_off_client") == ["p0@example.com", "p1@example.com"]
    assert (mails("waitlist_closed"), mails("waitlist_offer")) == (["waits@example.com"], [])
    assert not Seat.objects.exclude(status="released").exists()
    assert not Occupancy.objects.exists()


def test_a_seat_that_a_date_left_behind_is_called_off_in_our_name(
    fake_gateway: FakeGateway, consultant: Consultant, admin_user: User
) -> None:
    webinar = make_webinar(consultant, price_paise=40_000)
    seated = seat(fake_gateway, webinar, 1)
    suspended(consultant, admin_user)
    call_off_date(session=webinar, actor=admin_user, reason="We have suspended Asha.")
    finish_cancelled()
    assert again(seated).closed_by_platform
    assert refunds() == {seated.pk: 40_000}
    assert mails("called_off_client") == ["p1@example.com"]


def test_requests_holds_and_recorded_sessions_are_called_off_too(
    fake_gateway: FakeGateway, consultant: Consultant, admin_user: User
) -> None:
    request, _ = make_paid(fake_gateway, consultant, confirmation="manual")
    held, _ = make_held(consultant, starts_at=next_slot_start(3), details=details(email="held@example.com"))
    recorded = record(consultant)
    payment = ensure_order(open_price(session=recorded).pk)
    complete(**fake_gateway.signed_answer(fake_gateway.pay(payment.order_id or "")))
    suspension = suspend(consultant, admin_user)
    recorded.refresh_from_db()
    assert [again(one).status for one in (request, held)] == [S.CANCELLED, S.ABANDONED]
    assert recorded.status == Session.Status.CANCELLED
    assert refunds() == {request.pk: 150_000, recorded.pk: 100_000}
    assert mails("called_off_client") == ["farhan@example.com", "meera@example.com"]
    progress = suspending.progress_of(suspension)
    assert (progress.total, progress.undone, progress.nothing, progress.refund_paise) == (3, 3, 0, 250_000)
    assert not Occupancy.objects.exists()


def test_nothing_of_another_consultant_is_touched(
    fake_gateway: FakeGateway, consultant: Consultant, other_consultant: Consultant, admin_user: User
) -> None:
    theirs, _ = make_paid(fake_gateway, other_consultant)
    record(other_consultant)
    make_webinar(other_consultant)
    assert suspending.progress_of(suspend(consultant, admin_user)).total == 0
    assert again(theirs).status == S.ACCEPTED
    assert not Refund.objects.exists()
    assert not Session.objects.filter(status="cancelled").exists()


# --- what has begun ----------------------------------------------------------------------------


def test_a_session_that_is_going_on_is_let_to_end(
    fake_gateway: FakeGateway, consultant: Consultant, admin_user: User
) -> None:
    booking, _ = make_paid(fake_gateway, consultant)
    Session.objects.update(status="in_progress")
    webinar = make_webinar(consultant, price_paise=40_000)
    seated = seat(fake_gateway, webinar, 1)
    Session.objects.filter(pk=webinar.pk).update(status="in_progress")
    assert suspending.progress_of(suspend(consultant, admin_user)).total == 0
    assert [again(one).status for one in (booking, seated)] == [S.ACCEPTED, S.ACCEPTED]
    assert not Refund.objects.exists()


@pytest.mark.parametrize(("platform", "called_off"), [("jitsi", True), ("phone", False), ("in_person", False)])
def test_past_its_start_only_what_would_show_that_somebody_came_is_called_off(
    fake_gateway: FakeGateway, consultant: Consultant, admin_user: User, platform: str, called_off: bool
) -> None:
    booking, _ = make_paid(fake_gateway, consultant, platform=platform, place="" if platform == "jitsi" else "Here")
    with time_machine.travel(booking.starts_at + timedelta(minutes=5), tick=False):
        suspend(consultant, admin_user)
    assert (again(booking).status == S.CANCELLED) is called_off
    assert Refund.objects.exists() is called_off


def test_what_is_over_stays_paid(fake_gateway: FakeGateway, consultant: Consultant, admin_user: User) -> None:
    booking, _ = make_paid(fake_gateway, consultant)
    with time_machine.travel(booking.ends_at + timedelta(minutes=1), tick=False):
        suspend(consultant, admin_user)
    assert again(booking).status == S.ACCEPTED
    assert not Refund.objects.exists()


def test_who_cannot_log_in_is_not_asked_how_it_went(
    fake_gateway: FakeGateway, consultant: Consultant, admin_user: User
) -> None:
    booking, _ = make_paid(fake_gateway, consultant, platform="phone", place="+91 98000 00001")
    with time_machine.travel(booking.starts_at + timedelta(minutes=5), tick=False):
        suspend(consultant, admin_user)
    with time_machine.travel(booking.ends_at + timedelta(hours=1), tick=False):
        move_on_due()
    with time_machine.travel(booking.ends_at + timedelta(hours=50), tick=False):
        move_on_due()
    assert mails("session_how") == []
    assert Session.objects.get().status == Session.Status.COMPLETED


# --- twice, at once, half way ------------------------------------------------------------------


def test_the_job_may_run_again_and_again(fake_gateway: FakeGateway, consultant: Consultant, admin_user: User) -> None:
    make_paid(fake_gateway, consultant)
    suspension = suspend(consultant, admin_user)
    suspending.work(suspension_id=suspension.pk)
    suspending.sweep()
    Undoing.objects.update(done_at=None, outcome="", refund_paise=0)  # a crash between the two would look like this
    suspending.work(suspension_id=suspension.pk)
    assert Refund.objects.count() == 1
    assert mails("called_off_client") == ["farhan@example.com"]
    assert Undoing.objects.get().outcome == Undoing.Outcome.NOTHING


def test_a_client_who_cancelled_first_has_the_terms_of_their_own_act(
    fake_gateway: FakeGateway, consultant: Consultant, admin_user: User
) -> None:
    booking, _ = make_paid(fake_gateway, consultant)
    suspension = suspended(consultant, admin_user)
    with time_machine.travel(booking.starts_at - timedelta(hours=5), tick=False):
        cancel_by_client(booking=booking)
    suspending.work(suspension_id=suspension.pk)
    assert refunds() == {booking.pk: 75_000}
    assert mails("called_off_client") == []
    assert suspending.progress_of(suspension).nothing == 1


def test_one_that_fails_holds_nobody_up_and_is_tried_again(
    fake_gateway: FakeGateway, consultant: Consultant, admin_user: User, monkeypatch: Any
) -> None:
    first, _ = make_paid(fake_gateway, consultant)
    second, _ = make_paid(fake_gateway, consultant, starts_at=next_slot_start(3))
    real = Bookings.undo

    def breaks(self: Bookings, subject_id: UUID, *, actor: User | None) -> int | None:
        paise = real(self, subject_id, actor=actor)
        if subject_id == first.pk:
            raise RuntimeError("the disk is full")
        return paise

    with monkeypatch.context() as patch:
        patch.setattr(Bookings, "undo", breaks)
        suspension = suspend(consultant, admin_user)
    assert [again(one).status for one in (first, second)] == [S.ACCEPTED, S.CANCELLED]  # half an act is no act
    assert refunds() == {second.pk: 150_000}
    failed = suspending.progress_of(suspension)
    assert (failed.done, failed.failing) == (1, 1)
    assert failed.errors[0].last_error == "RuntimeError: the disk is full"
    assert suspending.sweep() == 0  # not at once
    with time_machine.travel(timezone.now() + timedelta(minutes=2), tick=False):
        assert suspending.sweep() == 1
    assert refunds() == {first.pk: 150_000, second.pk: 150_000}


def test_a_booking_whose_transaction_was_open_meanwhile_is_found(
    fake_gateway: FakeGateway, consultant: Consultant, admin_user: User
) -> None:
    suspend(consultant, admin_user)
    Consultant.objects.update(status="approved")  # what the open transaction had read
    booking, _ = make_paid(fake_gateway, consultant)
    Consultant.objects.update(status="suspended")
    assert suspending.sweep() == 1
    assert refunds() == {booking.pk: 150_000}


def test_opening_the_account_again_brings_nothing_back_and_leaves_new_bookings_alone(
    fake_gateway: FakeGateway, consultant: Consultant, admin_user: User
) -> None:
    old, _ = make_paid(fake_gateway, consultant)
    suspension = suspended(consultant, admin_user)
    approval.reinstate(consultant=consultant, actor=admin_user, reason="Cleared.")
    new, _ = make_paid(fake_gateway, consultant, starts_at=next_slot_start(5))
    suspending.work(suspension_id=suspension.pk)
    suspending.sweep()
    assert [again(one).status for one in (old, new)] == [S.CANCELLED, S.ACCEPTED]
    approval.suspend(consultant=consultant, actor=admin_user, reason="Again.")
    suspending.sweep()
    assert again(new).status == S.CANCELLED


def test_nobody_is_offered_what_cannot_be_booked(
    fake_gateway: FakeGateway, consultant: Consultant, admin_user: User
) -> None:
    service = make_service(consultant)
    WaitlistEntry.objects.create(
        consultant=consultant, service=service, date=next_slot_start().date(), name="Waits", email="w@example.com"
    )
    suspended(consultant, admin_user)
    assert offer_days(consultant_id=consultant.pk) == 0
    assert not Occupancy.objects.exists()


# --- money that is still on its way ------------------------------------------------------------


def test_a_recorded_sessions_price_is_not_taken_either(
    fake_gateway: FakeGateway, consultant: Consultant, admin_user: User
) -> None:
    from sessions_app.errors import NothingOwed

    over = record(consultant, starts_at=timezone.now() - timedelta(hours=3))
    payment = ensure_order(open_price(session=over).pk)
    suspend(consultant, admin_user)
    with pytest.raises(NothingOwed):
        open_price(session=over)
    complete(**fake_gateway.signed_answer(fake_gateway.pay(payment.order_id or "")))
    assert refunds() == {over.pk: 100_000}
