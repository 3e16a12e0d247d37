"""The terms in plain sentences: what a consultant reads while setting them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consultants.models import BookingPolicy
from naksha.money import rupees, share
from naksha.times import people_duration


@dataclass(frozen=True)
class Example:
    """What the next client would pay, to tell a refund in rupees."""

    title: str
    total_paise: int


def hours_words(hours: int) -> str:
    """``1 hour``, ``24 hours``, ``3 days``."""
    if hours >= 48 and hours % 24 == 0:
        return _("%(n)d days") % {"n": hours // 24}
    return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}


def notice_words(minutes: int) -> str:
    return hours_words(minutes // 60) if minutes and minutes % 60 == 0 else people_duration(minutes)


def before_words(minutes: int) -> str:
    """``5 minutes``, ``1 hour``, ``1 day``, ``2 weeks``: how long before a session somebody is reminded."""
    weeks, days, hours = minutes // 10_080, minutes // 1440, minutes // 60
    if minutes % 10_080 == 0:
        return ngettext("%(n)d week", "%(n)d weeks", weeks) % {"n": weeks}
    if minutes % 1440 == 0:
        return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
    if minutes % 60 == 0:
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    if minutes > 60:
        return people_duration(minutes)
    return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}


def reminding_words(policy: BookingPolicy) -> list[str]:
    """When both sides are reminded."""
    times = [before_words(minutes) for minutes in sorted(policy.reminder_minutes, reverse=True)]
    if not times:
        return [_("Nobody is reminded of a session.")]
    told = times[-1]
    if len(times) > 1:
        told = _("%(some)s and %(last)s") % {"some": ", ".join(times[:-1]), "last": times[-1]}
    return [_("You and your client are reminded %(times)s before a session, each in their own zone.") % {"times": told}]


def booking_words(policy: BookingPolicy) -> list[str]:
    """When a client can book, and how tightly."""
    words = []
    days = ngettext("%(n)d day", "%(n)d days", policy.horizon_days) % {"n": policy.horizon_days}
    if policy.min_notice_minutes:
        words.append(
            _("Clients book from %(notice)s to %(days)s ahead.")
            % {"notice": notice_words(policy.min_notice_minutes), "days": days}
        )
    else:
        words.append(_("Clients book up to the last minute, and as far as %(days)s ahead.") % {"days": days})
    words.append(_("They see a time every %(interval)s.") % {"interval": people_duration(policy.slot_interval_minutes)})
    gap = policy.buffer_before_minutes + policy.buffer_after_minutes
    if gap:
        words.append(_("Between two sessions you have at least %(gap)s to yourself.") % {"gap": people_duration(gap)})
    else:
        words.append(_("Sessions may follow one another without a pause."))
    if policy.daily_limit is not None:
        words.append(
            ngettext("You take %(n)d session a day.", "You take %(n)d sessions a day at most.", policy.daily_limit)
            % {"n": policy.daily_limit}
        )
    return words


def cancelling_words(policy: BookingPolicy, example: Example | None = None) -> list[str]:
    """What a client who cancels gets back, each step with an example."""
    free, part, percent = policy.free_cancel_hours, policy.partial_cancel_hours, policy.partial_refund_percent
    if percent == 100:  # the share is all of it, so there is one step less
        free, part = min(free, part), 0
    has_part = 0 < percent < 100 and part < free
    yours = _("If you cancel or decline, the client always gets everything back.")
    if not free:
        return [_("A client who cancels before the session begins gets everything back."), yours]
    words = [_("A client who cancels %(time)s or more before gets everything back.") % {"time": hours_words(free)}]
    if has_part:
        words.append(_part_words(part, free, percent, example))
    if end := part if has_part else free:
        words.append(_("Later than %(time)s before, nothing is paid back.") % {"time": hours_words(end)})
    return [*words, yours]


def _part_words(part: int, free: int, percent: int, example: Example | None) -> str:
    hour = _example_hour(part, free)
    if hour is None:
        return _("A client who cancels later than that gets %(percent)d%% back.") % {"percent": percent}
    told = {"time": hours_words(hour), "percent": percent}
    if not example or not example.total_paise:
        return _("A client who cancels %(time)s before gets %(percent)d%% back.") % told
    return _("A client who cancels %(time)s before gets %(percent)d%% back: %(back)s of %(total)s for %(title)s.") % {
        **told,
        "back": rupees(share(example.total_paise, percent * 100)),
        "total": rupees(example.total_paise),
        "title": example.title,
    }


def changing_words(policy: BookingPolicy) -> list[str]:
    """What a client may move, and how soon a request is answered."""
    if policy.max_reschedules:
        known = {1: _("once"), 2: _("twice")}
        times = known.get(policy.max_reschedules) or _("%(n)d times") % {"n": policy.max_reschedules}
        if policy.reschedule_hours:
            words = _("A client can move a session %(times)s, until %(time)s before it begins.") % {
                "times": times,
                "time": hours_words(policy.reschedule_hours),
            }
        else:
            words = _("A client can move a session %(times)s, until it begins.") % {"times": times}
    else:
        words = _("A client can’t move a session, only cancel it.")
    return [
        words,
        _("You answer a request within %(time)s. After that it ends by itself and is paid back in full.")
        % {"time": hours_words(policy.answer_hours)},
    ]


def _example_hour(part: int, free: int) -> int | None:
    """A whole number of hours inside the part refund, one that people would name; None where there is none."""
    for hour in (10, 12, 6, 5, 24, 36, 48, 3, 2, 8):
        if part < hour < free:
            return hour
    return next(iter(range(max(part, 1), free)), None)
