"""Every change of a consultant's hours and of their time."""

from availability.services.hours import clear_dates, set_dates, set_weekly_hours
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
    "move",
    "release",
    "reserve",
    "set_dates",
    "set_weekly_hours",
    "settle",
    "sweep_expired",
    "unblock",
]
