"""Sessions and what hangs from them."""

from sessions_app.models.chat import Attachment, Conversation, Member, Message, MessageTrace, Upload
from sessions_app.models.reminder import Reminder
from sessions_app.models.review import Review
from sessions_app.models.saved_view import SavedView
from sessions_app.models.session import (
    JOIN_OPENS,
    JoinEvent,
    Seat,
    Session,
    SessionLink,
    SessionNotes,
    SessionQuerySet,
    SessionTerms,
    Side,
)

__all__ = [
    "JOIN_OPENS",
    "Attachment",
    "Conversation",
    "JoinEvent",
    "Member",
    "Message",
    "MessageTrace",
    "Reminder",
    "Review",
    "SavedView",
    "Seat",
    "Session",
    "SessionLink",
    "SessionNotes",
    "SessionQuerySet",
    "SessionTerms",
    "Side",
    "Upload",
]
