"""Every change of a quotation. Pages, API, admin and jobs call these and add nothing."""

from quotations.services.answering import accept, answer_question, ask, decline, seen
from quotations.services.calling_off import call_off
from quotations.services.drafting import Draft, LineFacts, change_draft, duplicate, revise, throw_away, write_draft
from quotations.services.lapsing import lapse_due, send_reminders
from quotations.services.paying import due, open_part
from quotations.services.sending import Read, mail_again, make_link, new_link, send, withdraw, withdraw_by_platform
from quotations.services.working import note_session

__all__ = [
    "Draft",
    "LineFacts",
    "Read",
    "accept",
    "answer_question",
    "ask",
    "call_off",
    "change_draft",
    "decline",
    "due",
    "duplicate",
    "lapse_due",
    "mail_again",
    "make_link",
    "new_link",
    "note_session",
    "open_part",
    "revise",
    "seen",
    "send",
    "send_reminders",
    "throw_away",
    "withdraw",
    "withdraw_by_platform",
    "write_draft",
]
