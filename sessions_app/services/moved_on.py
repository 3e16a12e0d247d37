"""What every change of a session's state or time says: to its open room, to its people's lists, and into its chat.

Called in the transaction of the change, when the session's row has been locked or written: the chat's row is locked
after it, never before.
"""

from __future__ import annotations

from accounts.models import User
from notifications.services import changed
from sessions_app.live import say_changed
from sessions_app.models import Conversation, Seat, Session
from sessions_app.services import chatting

SESSIONS = "sessions"  # what open pages hear, to fetch their lists again


def tell(session: Session, words: str, *, open_chat: bool = False) -> None:
    """Have the room and the lists look again, and write ``words`` into the chat: into one that is there already, or
    with ``open_chat`` into a new one."""
    say_changed(session.pk)
    look_again(session)
    if open_chat or Conversation.objects.filter(session=session).exists():
        chatting.post_system(session=session, words=words)


def look_again(session: Session) -> None:
    """Have the open lists of the consultant and of every client with a login look again, on commit."""
    changed(session.consultant.user, SESSIONS)
    if session.client is not None:
        if session.client.user is not None:
            changed(session.client.user, SESSIONS)
    elif session.is_webinar:
        taken = Seat.Status.TAKEN
        seated = User.objects.filter(client_records__seats__session=session, client_records__seats__status=taken)
        for user in seated.distinct():
            changed(user, SESSIONS)
