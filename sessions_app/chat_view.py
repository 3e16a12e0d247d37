"""How a chat is read: its messages drawn by one template, whoever asks and by whichever way they come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.utils.html import escape, urlize
from django.utils.safestring import SafeString, mark_safe

from naksha.times import INDIA
from sessions_app.chat_plain import is_plain, plain_html
from sessions_app.models import Attachment, Conversation, Member, Message, Session, Side

PAGE = 50
MOST_CHANGES = 200
TOO_MANY_CHANGES = 1000  # who was away for longer begins at the end again
MOST_FOUND = 50
MOST_FILES_LISTED = 50


@dataclass(frozen=True)
class Page:
    """Messages in the order of their sequence. ``more`` says whether there are earlier ones."""

    messages: list[Message]
    more: bool


def member_name(member: Member, session: Session) -> str:
    """How the others know ``member``; among many, by the first name alone."""
    if member.side == Side.CONSULTANT:
        return session.consultant.display_name
    name = member.client.name if member.client else ""
    return name.split(" ", 1)[0] if session.is_webinar else name


def messages_of(conversation: Conversation) -> QuerySet[Message]:
    found = Message.objects.filter(conversation=conversation)
    return found.select_related("member__client").prefetch_related("attachments")


def history(conversation: Conversation, *, before: int | None = None, limit: int = PAGE) -> Page:
    """The last ``limit`` messages, or those before the sequence ``before``. As quick at the end of any chat."""
    rows = messages_of(conversation).order_by("-sequence")
    if before is not None:
        rows = rows.filter(sequence__lt=before)
    found = list(rows[: limit + 1])
    return Page(_of(conversation, found[:limit][::-1]), len(found) > limit)


def changes(conversation: Conversation, *, after: int, limit: int = MOST_CHANGES) -> Page:
    """What was sent, edited or deleted after the version ``after``, in the order of versions."""
    found = list(messages_of(conversation).filter(version__gt=after).order_by("version")[: limit + 1])
    return Page(_of(conversation, found[:limit]), len(found) > limit)


def search(conversation: Conversation, *, words: str) -> Page:
    """The newest messages in which all of ``words`` stand, in any case, in what is said or in the name of a file."""
    rows = messages_of(conversation).filter(deleted_at__isnull=True)
    named = Attachment.objects.filter(conversation=conversation).order_by()
    for word in words.split()[:8]:
        by_file = named.filter(original_name__icontains=word).values("message")
        rows = rows.filter(Q(body__icontains=word) | Q(pk__in=by_file))
    found = list(rows.order_by("-sequence")[: MOST_FOUND + 1])
    return Page(_of(conversation, found[:MOST_FOUND][::-1]), len(found) > MOST_FOUND)


@dataclass(frozen=True)
class Files:
    """Those of a chat, the newest first. ``more`` says whether there are older ones."""

    files: list[FileFacts]
    more: bool


@dataclass(frozen=True)
class FileFacts:
    file: Attachment
    by: str
    sent_at: datetime


def files(session: Session) -> Files:
    """What was sent in the chat of ``session`` and not taken back. As quick in any chat: one query."""
    rows = (
        Attachment.objects.filter(conversation__session=session, message__deleted_at__isnull=True)
        .select_related("message__member__client")
        .order_by("-created_at", "position")
    )
    found = list(rows[: MOST_FILES_LISTED + 1])
    told = [
        FileFacts(file, member_name(file.message.member, session) if file.message.member else "", file.message.sent_at)
        for file in found[:MOST_FILES_LISTED]
    ]
    return Files(told, len(found) > MOST_FILES_LISTED)


def _of(conversation: Conversation, messages: list[Message]) -> list[Message]:
    for message in messages:
        message.conversation = conversation
    return messages


def as_html(message: Message, files: Iterable[Attachment] | None = None, *, zone: str = INDIA) -> SafeString:
    """The message, the same for all its readers: what is whose, and in which zone, the page settles."""
    session = message.conversation.session
    files = list(message.attachments.all() if files is None else files)
    if is_plain(message, files):
        name = member_name(message.member, session) if message.member else ""
        return plain_html(message, session.pk, with_links(message.body), name, zone)
    return render_to_string("sessions/_message.html", message_facts(message, session, files, zone))


def message_facts(message: Message, session: Session, files: Sequence[Attachment], zone: str) -> dict[str, Any]:
    return {
        "message": message,
        "session_id": session.pk,
        "words": with_links(message.body),
        "files": [] if message.deleted_at else files,
        "name": member_name(message.member, session) if message.member else "",
        "zone": zone,
    }


def with_links(words: str) -> SafeString:
    """``words`` escaped, its web addresses as links that tell the other side nothing of this page."""
    if "://" not in words and "www." not in words:
        return escape(words)
    linked = urlize(words, nofollow=True, autoescape=True)
    away = linked.replace("<a href=", '<a target="_blank" href=')
    away = away.replace('rel="nofollow"', 'rel="nofollow noopener noreferrer"')
    return mark_safe(away)  # noqa: S308  urlize has escaped


def as_frame(message: Message, files: Iterable[Attachment] | None = None) -> dict[str, Any]:
    """What a client needs of a message, by socket or by HTTP."""
    return {
        "type": "message",
        "id": str(message.pk),
        "sequence": message.sequence,
        "version": message.version,
        "member": str(message.member_id) if message.member_id else None,
        "clientMessageId": str(message.client_message_id) if message.client_message_id else None,
        "html": as_html(message, files),
    }


def people(conversation: Conversation, *, now: datetime, within: timedelta) -> list[dict[str, Any]]:
    """Everybody in the chat: whether they are there, and how far they have read."""
    session = conversation.session
    rows = Member.objects.filter(conversation=conversation).select_related("client")
    return [
        {
            "member": str(member.pk),
            "name": member_name(member, session),
            "here": member.last_seen_at is not None and now - member.last_seen_at < within,
            "sequence": member.last_read_sequence,
            "at": member.last_read_at.isoformat() if member.last_read_at else None,
        }
        for member in rows
    ]
