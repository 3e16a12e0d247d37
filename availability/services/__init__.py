"""Every change of a consultant's hours and of their time."""

from availability.services.hours import clear_dates, edition_of, set_dates, set_weekly_hours, week_of
from availability.services.occupancy import (
    CALENDAR,
    block,
    change_block,
    move,
    release,
    reserve,
    settle,
    sweep_expired,
    unblock,
)

__all__ = [
    "CALENDAR",
    "block",
    "change_block",
    "clear_dates",
    "edition_of",
    "move",
    "release",
    "reserve",
    "set_dates",
    "set_weekly_hours",
    "settle",
    "sweep_expired",
    "unblock",
    "week_of",
]
