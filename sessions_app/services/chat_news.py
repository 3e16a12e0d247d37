"""Telling of a chat: over the sockets at once, on the screens of those who are away, and later by one mail."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from naksha.live import push
from notifications.models import Notification
from notifications.services import changed, notify
from sessions_app.access import Visitor
from sessions_app.chat_view import as_frame
from sessions_app.facts import room_path
from sessions_app.live import room_group
from sessions_app.members import PRESENT_SECONDS as PRESENT_SECONDS
from sessions_app.models import Attachment, Member, Message, Session, Side

DIGEST_MINUTES = 10


def with_logins(members: QuerySet[Member]) -> QuerySet[Member]:
    """``members`` with what is needed to tell those who are away."""
    return members.select_related("client__user")


def announce(message: Message, to: Sequence[UUID], files: Sequence[Attachment]) -> None:
    """Carry ``message`` to the sockets of those members alone. It is rendered once, for all of them."""
    carry(message, to, json.dumps(as_frame(message, files), separators=(",", ":")))


def carry(message: Message, to: Sequence[UUID], frame: str) -> None:
    """Carry the ``frame`` (JSON) of ``message`` to the sockets of those members alone."""
    push(
        room_group(message.conversation.session_id),
        {
            "type": "chat.message",
            "to": [member_id.hex for member_id in to],
            "version": message.version,
            "text": frame,
        },
    )


def tell_others(message: Message, sender: str, members: Sequence[Member]) -> None:
    """Those who aren't there get one line on screen. Who doesn't read it within ten minutes gets one mail, there or
    not: a page that lies open is not a page that is read."""
    others = [m for m in members if m.pk != message.member_id]
    due = message.sent_at + timedelta(minutes=DIGEST_MINUTES)
    unwarned = [m.pk for m in others if m.digest_due_at is None]
    if unwarned:
        Member.objects.filter(pk__in=unwarned, digest_due_at__isnull=True).update(digest_due_at=due)
    since = message.sent_at - timedelta(seconds=PRESENT_SECONDS)
    absent = [m for m in others if m.last_seen_at is None or m.last_seen_at < since]
    if not absent:
        return
    session = message.conversation.session
    title = _("Message from %(name)s") % {"name": sender}
    for member in absent:
        if (user := login_of(member, session)) is not None:
            _one_line(user, session, title)


def login_of(member: Member, session: Session) -> User | None:
    if member.side == Side.CONSULTANT:
        return session.consultant.user
    return member.client.user if member.client else None


def _lines(user: User, session: Session) -> Any:
    return Notification.objects.filter(
        user=user, kind=Notification.Kind.MESSAGE, url=room_path(session), read_at__isnull=True
    )


def _one_line(user: User, session: Session, title: str) -> None:
    """The unread line of this chat is renewed; there is never a second one."""
    if _lines(user, session).update(title=title[:140], created_at=timezone.now()):
        changed(user)
    else:
        notify(user=user, kind="message", title=title, body=session.title, url=room_path(session))


def line_if_none(member: Member, session: Session, first: Message, sender: str) -> None:
    """The line for who was taken for present when ``first`` came, and did not read it. Who has got one since, whatever
    became of it, needs no second."""
    user = login_of(member, session)
    if user is None:
        return
    told = Notification.objects.filter(
        user=user, kind=Notification.Kind.MESSAGE, url=room_path(session), created_at__gte=first.sent_at
    )
    if not told.exists():
        _one_line(user, session, _("Message from %(name)s") % {"name": sender})


def forget_line(visitor: Visitor) -> None:
    """Who has read the chat needs no line about it."""
    if visitor.user is not None and _lines(visitor.user, visitor.session).update(read_at=timezone.now()):
        changed(visitor.user)


def tell_read(member: Member) -> None:
    push(room_group(member.conversation.session_id), {"type": "chat.event", "text": json.dumps(read_frame(member))})


def read_frame(member: Member) -> dict[str, Any]:
    return {
        "type": "read",
        "member": str(member.pk),
        "sequence": member.last_read_sequence,
        "at": member.last_read_at.isoformat() if member.last_read_at else None,
    }


def is_present(member: Member, now: datetime) -> bool:
    return member.last_seen_at is not None and now - member.last_seen_at < timedelta(seconds=PRESENT_SECONDS)
