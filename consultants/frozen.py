"""Frozen terms, read back: what a client who cancels gets back, and whether the time can still be moved.

Pure: given the terms, the start and the moment. A booking holds such terms, and so does a recorded session.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from consultants.models import BookingPolicy, FrozenTerms
from naksha.money import rupees, share


def freeze(policy: BookingPolicy) -> dict[str, int]:
    """The fields of :class:`FrozenTerms`, as the policy says now."""
    return {
        "free_cancel_hours": policy.free_cancel_hours,
        "partial_cancel_hours": policy.partial_cancel_hours,
        "partial_refund_percent": policy.partial_refund_percent,
        "reschedule_hours": policy.reschedule_hours,
        "max_reschedules": policy.max_reschedules,
    }


def free_cancel_until(terms: FrozenTerms, starts_at: datetime) -> datetime | None:
    """The last moment at which all that was paid comes back; None when there is no such moment."""
    if terms.most_refund_percent < 100 and terms.least_refund_percent < 100:
        return None
    if terms.least_refund_percent == 100:
        return starts_at
    return starts_at - timedelta(hours=terms.free_cancel_hours)


def refund_percent(terms: FrozenTerms, starts_at: datetime, now: datetime) -> int:
    """The share of what was paid that a client gets back who cancels at ``now``."""
    if now >= starts_at:
        return 0
    before = starts_at - now
    if before >= timedelta(hours=terms.free_cancel_hours):
        percent = 100
    elif before >= timedelta(hours=terms.partial_cancel_hours):
        percent = terms.partial_refund_percent
    else:
        percent = 0
    return max(terms.least_refund_percent, min(percent, terms.most_refund_percent))


def moves_left(terms: FrozenTerms) -> int:
    """How often its client may still move it."""
    return max(0, terms.max_reschedules - terms.reschedules)


def can_be_moved(terms: FrozenTerms, starts_at: datetime, now: datetime) -> bool:
    """Whether its client may move it at ``now``: soon enough, and not too often."""
    return moves_left(terms) > 0 and starts_at - now >= timedelta(hours=terms.reschedule_hours)


def count_move(terms: FrozenTerms, percent: int) -> None:
    """Write down, unsaved, that its client moves it while cancelling gives ``percent`` back: that is the most from now
    on, so that moving late isn't a way round the terms."""
    terms.most_refund_percent = percent
    terms.least_refund_percent = 0
    terms.reschedules += 1


@dataclass(frozen=True)
class Quote:
    """What cancelling costs: the share, the paise that come back, the paise that don't, and it all in a sentence."""

    percent: int
    refund_paise: int
    kept_paise: int
    sentence: str


def quote(held_paise: int, percent: int) -> Quote:
    """What comes back of the ``held_paise`` that were paid, at ``percent``."""
    refund = share(held_paise, percent * 100)
    if not held_paise:
        sentence = _("Nothing has been paid, so nothing is owed.")
    elif refund == held_paise:
        sentence = _("You get all of it back: %(refund)s.") % {"refund": rupees(refund)}
    elif refund:
        sentence = _("You get %(percent)d%% back, %(refund)s of %(paid)s.") % {
            "percent": percent,
            "refund": rupees(refund),
            "paid": rupees(held_paise),
        }
    else:
        sentence = _("You get nothing back of the %(paid)s that you paid: it is too close to the start.") % {
            "paid": rupees(held_paise)
        }
    return Quote(percent=percent, refund_paise=refund, kept_paise=held_paise - refund, sentence=sentence)


def in_words(terms: BookingPolicy | FrozenTerms) -> list[str]:
    """The terms as sentences, before booking (from the policy) and after (from what was frozen)."""
    lines = []
    if terms.free_cancel_hours:
        lines.append(
            _("Cancel up to %(hours)s before and get all of it back.") % {"hours": hours(terms.free_cancel_hours)}
        )
    else:
        lines.append(_("Cancel any time before it begins and get all of it back."))
    if terms.partial_refund_percent and terms.partial_cancel_hours < terms.free_cancel_hours:
        if terms.partial_cancel_hours:
            lines.append(
                _("After that you get %(percent)d%% back, up to %(hours)s before.")
                % {"percent": terms.partial_refund_percent, "hours": hours(terms.partial_cancel_hours)}
            )
        else:
            lines.append(
                _("After that you get %(percent)d%% back until it begins.") % {"percent": terms.partial_refund_percent}
            )
    elif terms.free_cancel_hours:
        lines.append(_("After that nothing comes back."))
    return lines


def standing_in_words(terms: FrozenTerms) -> list[str]:
    """The terms as they stand, after what has been moved since."""
    if terms.least_refund_percent == 100:
        return [_("The time was changed for you: cancel any time before it begins and get all of it back.")]
    if terms.most_refund_percent < 100:
        late = _("It was moved late, so cancelling gives back %(percent)d%% at the most.")
        return [*in_words(terms), late % {"percent": terms.most_refund_percent}]
    return in_words(terms)


def free_in_words() -> list[str]:
    """The terms of what costs nothing: there is nothing to give back."""
    return [_("It is free. Cancel any time before it begins.")]


def move_in_words(terms: BookingPolicy | FrozenTerms) -> str:
    if not terms.max_reschedules:
        return _("The time can't be changed after booking.")
    if terms.reschedule_hours:
        return _("Move it up to %(hours)s before, %(count)s.") % {
            "hours": hours(terms.reschedule_hours),
            "count": _times_at_most(terms.max_reschedules),
        }
    return _("Move it any time before it begins, %(count)s.") % {"count": _times_at_most(terms.max_reschedules)}


def _times_at_most(count: int) -> str:
    if count < 3:
        return _("once") if count == 1 else _("at most twice")
    return _("at most %(count)d times") % {"count": count}


def hours(count: int) -> str:
    if count == 1:
        return _("an hour")
    if count % 24 == 0 and count >= 48:
        return _("%(days)d days") % {"days": count // 24}
    return _("%(count)d hours") % {"count": count}
