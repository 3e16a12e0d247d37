"""Telling people: a mail is queued as a row, a line on screen is a row. Both belong to the change they tell of."""

from notifications.live import changed
from notifications.services.broadcast import broadcast
from notifications.services.mail import resend_mail, send_mail, was_queued, withdraw_mails
from notifications.services.preferences import (
    hold_preferences,
    save_preferences,
    set_quiet_hours,
    stop_mails,
    want_mails_again,
)
from notifications.services.screen import mark_all_read, mark_read, notify, put_back, remove, remove_all
from notifications.wishes import mail_waits_until

__all__ = [
    "broadcast",
    "changed",
    "hold_preferences",
    "mail_waits_until",
    "mark_all_read",
    "mark_read",
    "notify",
    "put_back",
    "remove",
    "remove_all",
    "resend_mail",
    "save_preferences",
    "send_mail",
    "set_quiet_hours",
    "stop_mails",
    "want_mails_again",
    "was_queued",
    "withdraw_mails",
]
