"""What somebody has not read for ten minutes, in one mail. The claim and the mail are one transaction, so a worker that
dies leaves both or neither. Quiet hours put off the question, not the mail: what is read in the night isn't mailed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction

from naksha.db import db_now
from notifications.services import mail_waits_until, send_mail
from sessions_app.access import mint_link
from sessions_app.chat_view import member_name
from sessions_app.facts import link_url, room_path
from sessions_app.models import Conversation, Member, Message, Session
from sessions_app.services import chat_news, chatting

log = structlog.get_logger(__name__)
MOST_QUOTED = 5
QUOTED_LETTERS = 300


def send_due(*, limit: int = 500) -> int:
    """Mail what has waited unread for long enough, each member in a transaction of its own. Returns how many mails."""
    due = Member.objects.filter(digest_due_at__lte=db_now()).order_by("digest_due_at")
    return sum(_tried(pk, due_at) for pk, due_at in list(due.values_list("pk", "digest_due_at")[:limit]))


def _tried(member_id: UUID, due_at: datetime | None) -> bool:
    try:
        return due_at is not None and send(member_id, due_at)
    except Exception:
        log.exception("digest_failed", member=str(member_id))
        return False


@transaction.atomic
def send(member_id: UUID, due_at: datetime) -> bool:
    """One mail for all that the member has not read and no mail has told. False where another worker was first, it was
    read meanwhile, they may not read along any more, or their quiet hours run: then it waits for the end of those."""
    place = Member.objects.filter(pk=member_id, digest_due_at=due_at).select_related("conversation").first()
    if place is None:
        return False
    # The session's row first, for links point to it; then the conversation's, as a new message and reading lock it.
    Session.objects.select_for_update(no_key=True).get(pk=place.conversation.session_id)
    Conversation.objects.select_for_update(no_key=True).get(pk=place.conversation_id)
    member = (
        Member.objects.select_for_update(of=("self",), no_key=True)
        .select_related("conversation__session__consultant__user", "conversation__session__client", "client__user")
        .filter(pk=member_id, digest_due_at=due_at)
        .first()
    )
    if member is None:
        return False
    now = db_now()
    unread = chatting.unread_by(member, after=max(member.last_read_sequence, member.digested_sequence))
    first = unread.order_by("sequence").first()
    member.digest_due_at = mail_waits_until(_address(member), now) or _young_until(first, now)
    member.save(update_fields=["digest_due_at"])
    if member.digest_due_at is not None or first is None:
        return False
    if not chatting.entitled(member.conversation_id).filter(pk=member.pk).exists():
        return False
    count, last = unread.count(), unread.order_by("-sequence")[0]
    Member.objects.filter(pk=member.pk).update(digested_sequence=last.sequence)
    quoted = list(
        unread.select_related("member__client").prefetch_related("attachments").order_by("sequence")[:MOST_QUOTED]
    )
    _mail(member, quoted, count, last.sequence)
    session, writer = member.conversation.session, quoted[0].member
    chat_news.line_if_none(member, session, first, member_name(writer, session) if writer else "")
    return True


def _young_until(first: Message | None, now: datetime) -> datetime | None:
    """When the oldest of the unread will have waited for ten minutes; None where it has. What made the mail due may
    have been read meanwhile."""
    until = first.sent_at + timedelta(minutes=chat_news.DIGEST_MINUTES) if first else now
    return until if until > now else None


def _address(member: Member) -> str:
    return member.client.email if member.client else member.conversation.session.consultant.user.email


def _mail(member: Member, quoted: list[Message], count: int, upto: int) -> None:
    session = member.conversation.session
    client = member.client
    url = settings.SITE_URL + room_path(session)
    if client is None:
        name, zone = session.consultant.display_name, session.consultant.timezone
    else:
        name, zone = client.name, client.timezone
        if client.user is None:
            url = link_url(mint_link(session=session, client=client))
    names = list(dict.fromkeys(member_name(m.member, session) for m in quoted if m.member))
    send_mail(
        template="unread_messages",
        to=_address(member),
        to_name=name,
        context={
            "title": session.title,
            "timezone": zone,
            "count": count,
            "more": max(0, count - len(quoted)),
            "from_name": names[0] if len(names) == 1 else "",
            "consultant_name": session.consultant.display_name,
            "is_consultant": client is None,
            "is_guest": client is not None and client.user is None,
            "messages": [_quote(m, member_name(m.member, session) if m.member else "") for m in quoted],
            "room_url": url,
        },
        on_behalf_of=session.consultant.user if client is not None else None,
        dedupe_key=f"unread:{member.pk.hex}:{upto}",
        kind="message",
    )


def _quote(message: Message, name: str) -> dict[str, Any]:
    words = message.body if len(message.body) <= QUOTED_LETTERS else message.body[: QUOTED_LETTERS - 1] + "…"
    return {
        "name": name,
        "words": words,
        "files": [file.original_name for file in message.attachments.all()],
        "at": message.sent_at.isoformat(),
    }
