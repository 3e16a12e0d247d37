"""What the chat's part of a page is drawn from."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from sessions_app import chat_view
from sessions_app.access import Visitor
from sessions_app.chat_files import MOST_FILES
from sessions_app.names import first_name
from sessions_app.services import chat_news, chatting


def chat_panel(visitor: Visitor, *, before: int | None = None) -> dict[str, Any]:
    """The context of ``sessions/_chat.html`` for ``visitor``: the last messages, or those before a sequence.

    At most four queries, however long the chat is.
    """
    member = chatting.join_member(visitor)
    conversation = member.conversation
    now = timezone.now()
    page = chat_view.history(conversation, before=before)
    people = chat_view.people(conversation, now=now, within=timedelta(seconds=chat_news.PRESENT_SECONDS))
    others = [one for one in people if one["member"] != str(member.pk)]
    return {
        "chat": {
            "session": visitor.session,
            "member": member,
            "mine": str(member.pk),
            "zone": visitor.timezone,
            "lines": [
                chat_view.message_facts(m, visitor.session, list(m.attachments.all()), visitor.timezone)
                for m in page.messages
            ],
            "first": page.messages[0].sequence if page.messages else None,
            "last": page.messages[-1].sequence if page.messages else 0,
            "more": page.more,
            "version": conversation.last_version,
            "people": people,
            "others": others,
            "other": others[0] if len(others) == 1 else None,
            "other_first_name": first_name(others[0]["name"]) if len(others) == 1 else "",
            "unread_after": member.last_read_sequence,
            "is_open": chatting.is_open(visitor.session, now),
            "open_until": chatting.open_until(visitor.session),
            "change_minutes": chatting.CHANGE_MINUTES,
            "most_letters": chatting.MOST_LETTERS,
            "most_files": MOST_FILES,
            "client_message_id": uuid4(),
            "is_last_page": before is None,
        }
    }
