"""What will be paid out when: by a rule, from rows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bookings.models import Booking
from bookings.testing import make_paid, payment_of
from consultants.models import BankAccount, Consultant
from naksha.testing import make_consultant, make_service, next_slot_start
from payments.clearing import cleared_on, payout_day, schedule_of
from payments.models import LedgerEntry, Payment
from payments.services import refund_by_hand
from payments.testing import paid
from payments.withholding import taxed_of, tds_of

pytestmark = pytest.mark.django_db
PAYOUTS = reverse("money:payouts")
YOURS = 132_300  # of ₹1,500, less ₹150 and ₹27


@pytest.fixture
def desk(client: Client, consultant: Consultant) -> Client:
    client.force_login(consultant.user)
    return client


def at(day: int, hour: int = 12) -> datetime:
    """That day of November 2026, that hour in India."""
    return datetime(2026, 11, day, hour, tzinfo=UTC) - timedelta(hours=5, minutes=30)


def booked(gateway: Any, consultant: Consultant, ended_at: datetime, paid_at: datetime | None = None) -> Booking:
    """A paid booking that ended then and was paid before. Its rows are moved: the database has its own clock."""
    days = 2 + Booking.objects.count()
    booking, _token = make_paid(gateway, consultant, starts_at=next_slot_start(days))
    Booking.objects.filter(pk=booking.pk).update(starts_at=ended_at - timedelta(minutes=30), ends_at=ended_at)
    Payment.objects.filter(payable_id=booking.pk).update(captured_at=paid_at or at(10))
    booking.refresh_from_db()
    return booking


def test_the_rule_of_days() -> None:
    assert cleared_on(at(20), at(1)) == date(2026, 11, 23)
    assert cleared_on(at(20), at(24)) == date(2026, 11, 27)
    assert cleared_on(None, at(24)) == date(2026, 11, 27)
    assert cleared_on(datetime(2026, 11, 20, 18, 29, tzinfo=UTC), at(1)) == date(2026, 11, 23)  # 23:59 in India
    assert cleared_on(datetime(2026, 11, 20, 18, 30, tzinfo=UTC), at(1)) == date(2026, 11, 24)
    assert payout_day(date(2026, 11, 25)) == date(2026, 11, 25)  # a Wednesday
    assert payout_day(date(2026, 11, 26)) == date(2026, 12, 2)


def test_what_is_held_clears_and_goes_out_on_its_wednesday(consultant: Consultant, fake_gateway: Any) -> None:
    booked(fake_gateway, consultant, at(22))  # a Sunday: clears on Wednesday 25
    booked(fake_gateway, consultant, at(23))  # clears on Thursday 26
    soon = schedule_of(consultant, at(21))
    assert (soon.balance, soon.clearing_paise, soon.available) == (2 * YOURS, 2 * YOURS, 0)
    assert [(day.on.isoformat(), day.yours, day.parts) for day in soon.paydays] == [
        ("2026-11-25", YOURS, 1),
        ("2026-12-02", YOURS, 1),
    ]
    assert schedule_of(consultant, at(24, 23)).available == 0
    wednesday = schedule_of(consultant, at(25, 0))
    assert (wednesday.available, wednesday.clearing_paise) == (YOURS, YOURS)
    assert [(day.on.day, day.yours) for day in wednesday.paydays] == [(25, YOURS), (2, YOURS)]
    later = schedule_of(consultant, at(27))
    assert (later.available, later.clearing, [day.yours for day in later.paydays]) == (2 * YOURS, [], [2 * YOURS])


def test_money_that_came_late_clears_three_days_after_it_came(
    consultant: Consultant, fake_gateway: Any, fake_payable: Any
) -> None:
    payment = paid(fake_payable, consultant)
    Payment.objects.filter(pk=payment.pk).update(captured_at=at(20))
    booked(fake_gateway, consultant, at(10), paid_at=at(20))
    assert schedule_of(consultant, at(22)).available == 0
    assert schedule_of(consultant, at(23)).clearing == []


def test_what_was_kept_of_a_cancelled_booking_clears_after_the_cancelling(
    consultant: Consultant, fake_gateway: Any
) -> None:
    booking = booked(fake_gateway, consultant, at(30))
    Booking.objects.filter(pk=booking.pk).update(status="cancelled", closed_at=at(20))
    assert schedule_of(consultant, at(22)).available == 0
    assert schedule_of(consultant, at(23)).available == YOURS


def test_what_goes_back_is_not_paid_out(consultant: Consultant, fake_gateway: Any) -> None:
    whole, part = booked(fake_gateway, consultant, at(22)), booked(fake_gateway, consultant, at(23))
    for booking, paise in ((whole, 150_000), (part, 50_000)):
        refund_by_hand(
            payment=payment_of(booking), amount_paise=paise, seen_refunding_paise=0, reason="x", actor=consultant.user
        )
    told = schedule_of(consultant, at(21))
    assert [part.yours for part in told.clearing] == [YOURS - YOURS // 3]
    assert told.available == 0


def test_available_and_clearing_are_the_ledgers_balance_and_nobody_elses(
    consultant: Consultant, fake_gateway: Any
) -> None:
    for days in (2, 3, 9):
        make_paid(fake_gateway, consultant, starts_at=next_slot_start(days))
    make_paid(fake_gateway, make_consultant())
    told = schedule_of(consultant)
    assert told.available + told.clearing_paise == LedgerEntry.objects.owed_to(consultant) == 3 * YOURS
    assert sum(day.yours for day in told.paydays) == told.balance


def test_taxes_that_are_held_back_follow_the_documents(consultant: Consultant, fake_gateway: Any) -> None:
    Consultant.objects.filter(pk=consultant.pk).update(
        registration="regular", gstin="27AAPFU0939F1ZV", pan="AAPFU0939F"
    )
    consultant.refresh_from_db()
    service = make_service(consultant, deposit_paise=50_000)
    booking, _token = make_paid(fake_gateway, consultant, service=service)  # ₹590 of ₹1,770
    deposit = taxed_of(consultant)
    assert (deposit.value, deposit.gst) == (50_000, 9_000)
    refund_by_hand(
        payment=payment_of(booking), amount_paise=11_800, seen_refunding_paise=0, reason="x", actor=consultant.user
    )
    left = taxed_of(consultant)
    assert (left.value, left.gst, left.tcs) == (40_000, 7_200, 200)
    assert tds_of(consultant, value_paise=40_000, year_value_paise=40_000) == 40  # a firm
    consultant.pan = "AAPPU0939F"
    assert tds_of(consultant, value_paise=40_000, year_value_paise=5_00_000_00) == 0
    assert tds_of(consultant, value_paise=40_000, year_value_paise=5_00_000_01) == 40
    consultant.pan = ""
    assert tds_of(consultant, value_paise=40_000, year_value_paise=40_000) == 40


def test_the_days_say_that_taxes_are_taken_off(desk: Client, consultant: Consultant, fake_gateway: Any) -> None:
    words = "are taken off when it goes out"
    Consultant.objects.filter(pk=consultant.pk).update(pan="AAPPU0939F")  # a person's: spared
    make_paid(fake_gateway, consultant)
    assert words not in desk.get(PAYOUTS).content.decode()
    Consultant.objects.filter(pk=consultant.pk).update(pan="AAPFU0939F")
    assert words in desk.get(PAYOUTS).content.decode()


def test_who_charges_no_gst_has_no_tcs(consultant: Consultant, fake_gateway: Any) -> None:
    make_paid(fake_gateway, consultant)
    assert (taxed_of(consultant).value, taxed_of(consultant).tcs) == (0, 0)


def test_the_page_says_the_sums_the_rule_and_the_account(
    desk: Client, consultant: Consultant, fake_gateway: Any, django_assert_num_queries: Any
) -> None:
    empty = desk.get(PAYOUTS).content.decode()
    assert "Nothing waits to be paid out." in empty
    assert "We know no bank account of yours yet" in empty
    make_paid(fake_gateway, consultant)
    BankAccount.objects.create(consultant=consultant, holder_name="A", number="123456784321", ifsc="HDFC0001234")
    page = desk.get(PAYOUTS).content.decode()
    for words in ("₹1,323.00", "3 days after the session has ended", "next Wednesday", "XXXXXXXX4321"):
        assert words in page
    assert "123456784321" not in page
    with django_assert_num_queries(21):
        desk.get(PAYOUTS)
    for day in range(3, 8):
        make_paid(fake_gateway, consultant, starts_at=next_slot_start(day))
    with django_assert_num_queries(21):
        desk.get(PAYOUTS)


def test_an_open_page_gets_new_sums(desk: Client, consultant: Consultant, fake_gateway: Any) -> None:
    parts = reverse("money:payout_parts")
    seen = {"HTTP_IF_NONE_MATCH": desk.get(parts).headers["ETag"]}
    assert desk.get(parts, **seen).status_code == 304
    make_paid(fake_gateway, consultant)
    assert "₹1,323.00" in desk.get(parts, **seen).content.decode()
