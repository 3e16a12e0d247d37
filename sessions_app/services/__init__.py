"""Every change of a session's state. Seats of a webinar are in :mod:`sessions_app.seats`."""

from sessions_app.services.by_client import cancel_by_client, reschedule_by_client
from sessions_app.services.lifecycle import complete, follow_up, follow_up_due, mark_no_show, start
from sessions_app.services.opening import call_off, call_off_by_platform, move_session, open_session, schedule_webinar
from sessions_app.services.recording import (
    ask_for_price,
    cancel,
    not_paid_elsewhere,
    open_price,
    paid_elsewhere,
    record_session,
    reschedule,
)
from sessions_app.services.revising import revise
from sessions_app.services.schedule import move_on_due

__all__ = [
    "ask_for_price",
    "call_off",
    "call_off_by_platform",
    "cancel",
    "cancel_by_client",
    "complete",
    "follow_up",
    "follow_up_due",
    "mark_no_show",
    "move_on_due",
    "move_session",
    "not_paid_elsewhere",
    "open_price",
    "open_session",
    "paid_elsewhere",
    "record_session",
    "reschedule",
    "reschedule_by_client",
    "revise",
    "schedule_webinar",
    "start",
]
