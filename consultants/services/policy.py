"""The terms on which a consultant can be booked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypedDict, cast

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from consultants import live
from consultants.models import BookingPolicy, Consultant

LONGEST_WINDOW = 720  # hours: thirty days
MOST_REMINDERS = 5
SHORTEST_REMINDER, LONGEST_REMINDER = 5, 20_160  # minutes: fourteen days

Follower = Callable[[Consultant], None]
_followers: list[Follower] = []


def when_reminders_change(follow: Follower) -> None:
    """Have ``follow`` called, in the transaction of the change, for a consultant whose reminder times are others now.

    For the app that keeps the reminders, which stands above this one; called from ``AppConfig.ready``.
    """
    if follow not in _followers:
        _followers.append(follow)


class Terms(TypedDict):
    """Minutes, days and hours as the names say; ``daily_limit`` None is no limit."""

    min_notice_minutes: int
    horizon_days: int
    buffer_before_minutes: int
    buffer_after_minutes: int
    slot_interval_minutes: int
    daily_limit: int | None
    free_cancel_hours: int
    partial_cancel_hours: int
    partial_refund_percent: int
    reschedule_hours: int
    max_reschedules: int
    answer_hours: int
    reminder_minutes: list[int]


def check_terms(terms: Terms) -> Terms:
    """Raises ValidationError by field, every wrong field at once."""
    limits: dict[str, tuple[int, int]] = {
        "min_notice_minutes": (0, 43_200),
        "horizon_days": (1, 365),
        "buffer_before_minutes": (0, 240),
        "buffer_after_minutes": (0, 240),
        "slot_interval_minutes": (5, 240),
        "daily_limit": (1, 100),
        "free_cancel_hours": (0, LONGEST_WINDOW),
        "partial_cancel_hours": (0, LONGEST_WINDOW),
        "partial_refund_percent": (0, 100),
        "reschedule_hours": (0, LONGEST_WINDOW),
        "max_reschedules": (0, 20),
        "answer_hours": (1, 168),
    }
    wrong: dict[str, str] = {}
    for name, (least, most) in limits.items():
        value = terms[name]  # type: ignore[literal-required]
        if value is not None and not least <= value <= most:
            wrong[name] = _("Between %(least)d and %(most)d.") % {"least": least, "most": most}
    if trouble := _wrong_reminders(terms["reminder_minutes"]):
        wrong["reminder_minutes"] = trouble
    if not wrong and terms["partial_cancel_hours"] > terms["free_cancel_hours"]:
        wrong["partial_cancel_hours"] = _(
            "The part refund ends later than the full one: write %(hours)d hours or fewer."
        ) % {"hours": terms["free_cancel_hours"]}
    if not wrong and terms["min_notice_minutes"] >= (terms["horizon_days"] + 1) * 1440:
        wrong["horizon_days"] = _("With so much notice there would be nothing left to book.")
    if wrong:
        raise ValidationError({name: [words] for name, words in wrong.items()})
    return terms


def _wrong_reminders(minutes: list[int]) -> str:
    if len(set(minutes)) > MOST_REMINDERS:
        return _("Choose %(most)d times at most.") % {"most": MOST_REMINDERS}
    if not all(type(each) is int and SHORTEST_REMINDER <= each <= LONGEST_REMINDER for each in minutes):
        return _("A reminder goes out from 5 minutes to 14 days before.")
    return ""


def locked(consultant: Consultant) -> BookingPolicy:
    """The terms as they are now, held until the transaction ends."""
    return BookingPolicy.objects.select_for_update().get_or_create(consultant=consultant)[0]


@transaction.atomic
def save_policy(*, consultant: Consultant, terms: Terms) -> BookingPolicy:
    """Set the terms for bookings to come; those that are made keep theirs. Raises ValidationError.

    Only the reminder times hold for every session that is still to come.
    """
    checked = check_terms(terms)
    policy = locked(consultant)
    before = sorted(policy.reminder_minutes)
    for name, value in checked.items():
        setattr(policy, name, value)
    policy.reminder_minutes = sorted(set(checked["reminder_minutes"]), reverse=True)
    policy.save()
    live.say_changed(consultant.pk)
    if sorted(policy.reminder_minutes) != before:
        for follow in _followers:
            follow(consultant)
    return policy


@transaction.atomic
def change_policy(*, consultant: Consultant, changes: Mapping[str, Any]) -> BookingPolicy:
    """As :func:`save_policy`, of some of the :class:`Terms`; the others stay as they are."""
    policy = locked(consultant)
    now = {name: getattr(policy, name) for name in Terms.__annotations__}
    return save_policy(consultant=consultant, terms=cast(Terms, {**now, **changes}))
