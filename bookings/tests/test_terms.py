"""Prices to the paisa, and terms in words."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.models import Booking
from bookings.services import terms
from consultants import frozen
from consultants.models import BookingPolicy, Consultant, Service
from consultants.pricing import gst

NOW = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)


def price(price_paise, deposit_paise=0, registered=True):
    consultant = Consultant(registration="regular" if registered else "unregistered")
    return terms.price_of(Service(price_paise=price_paise, deposit_paise=deposit_paise), consultant)


@pytest.mark.parametrize(("before", "tax"), [(150_000, 27_000), (50, 10), (100, 18), (99_999, 18_000), (0, 0)])
def test_gst_is_two_equal_halves_rounded_half_up(before, tax):
    assert gst(before) == tax


@given(st.integers(100, 10_000_000), st.booleans())
def test_what_is_due_now_and_later_is_the_whole(paise, registered):
    whole, part = price(paise, 0, registered), price(paise, max(100, paise // 3) if paise > 300 else 0, registered)
    assert whole.due_now_paise == whole.total_paise == part.total_paise
    assert part.due_now_paise + part.later_paise == part.total_paise
    assert 0 < part.due_now_paise <= part.total_paise
    assert whole.tax_paise % 2 == 0


def booking(**changes):
    values = {
        "status": "accepted",
        "starts_at": NOW + timedelta(days=5),
        "free_cancel_hours": 24,
        "partial_cancel_hours": 4,
        "partial_refund_percent": 50,
        "reschedule_hours": 4,
        "max_reschedules": 2,
    }
    return Booking(**{**values, **changes})


@given(st.floats(0, 200), st.floats(0, 200), st.integers(0, 100), st.integers(0, 100))
def test_waiting_never_makes_the_refund_larger(first, second, percent, most):
    one = booking(partial_refund_percent=percent, most_refund_percent=most)
    early, late = sorted((first, second), reverse=True)
    assert terms.refund_percent(one, one.starts_at - timedelta(hours=late)) <= terms.refund_percent(
        one, one.starts_at - timedelta(hours=early)
    )


def test_nothing_comes_back_once_it_has_begun():
    moved = booking(least_refund_percent=100)
    assert terms.refund_percent(moved, moved.starts_at) == 0
    assert terms.refund_percent(moved, moved.starts_at - timedelta(seconds=1)) == 100


def test_a_request_without_an_answer_costs_nothing_to_take_back():
    asked = booking(status="pending")
    assert terms.refund_percent(asked, asked.starts_at - timedelta(minutes=1)) == 100


def test_free_until_is_told_only_where_it_is_true():
    assert terms.free_cancel_until(booking()) == NOW + timedelta(days=4)
    assert terms.free_cancel_until(booking(most_refund_percent=50)) is None
    assert terms.free_cancel_until(booking(most_refund_percent=50, least_refund_percent=100)) == NOW + timedelta(days=5)


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        (
            (24, 4, 50),
            "Cancel up to 24 hours before and get all of it back. After that you get 50% back, up to 4 hours before.",
        ),
        (
            (48, 0, 25),
            "Cancel up to 2 days before and get all of it back. After that you get 25% back until it begins.",
        ),
        ((24, 4, 0), "Cancel up to 24 hours before and get all of it back. After that nothing comes back."),
        ((0, 0, 0), "Cancel any time before it begins and get all of it back."),
        ((1, 1, 50), "Cancel up to an hour before and get all of it back. After that nothing comes back."),
    ],
)
def test_terms_in_words(policy, words):
    free, partial, percent = policy
    said = frozen.in_words(
        BookingPolicy(free_cancel_hours=free, partial_cancel_hours=partial, partial_refund_percent=percent)
    )
    assert " ".join(said) == words


@pytest.mark.parametrize(
    ("hours", "count", "words"),
    [
        (4, 0, "The time can't be changed after booking."),
        (4, 1, "Move it up to 4 hours before, once."),
        (4, 2, "Move it up to 4 hours before, at most twice."),
        (0, 3, "Move it any time before it begins, at most 3 times."),
    ],
)
def test_moves_in_words(hours, count, words):
    assert frozen.move_in_words(BookingPolicy(reschedule_hours=hours, max_reschedules=count)) == words


def test_a_near_day_is_small_inside_the_sentence():
    words = terms.free_until_in_words(NOW + timedelta(days=2), 24, "Asia/Kolkata", NOW)
    assert words.startswith("Free to cancel until tomorrow, ")
