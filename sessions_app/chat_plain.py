"""Plain messages, words of one person alone: their template is drawn once, with stand-ins, which then make room.

Drawing it anew for each message took a web process a sixth of what a message costs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.urls import get_script_prefix
from django.utils import formats
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import normalize_newlines
from django.utils.timezone import localtime
from django.utils.translation import get_language

from naksha.times import INDIA
from sessions_app.models import Attachment, Message


def clock(moment: datetime, zone: str) -> str:
    """The time of day in ``zone``: 4:38 pm."""
    return _clock(moment.replace(second=0, microsecond=0), zone, get_language())


@lru_cache(maxsize=256)  # those who write now write in the same minute
def _clock(moment: datetime, zone: str, language: str | None) -> str:
    return formats.date_format(moment.astimezone(ZoneInfo(zone)), "g:i a").replace(".", "")


def is_plain(message: Message, files: Sequence[Attachment]) -> bool:
    """Whether there is nothing about it but who said what and when."""
    return (
        not files
        and message.member_id is not None
        and message.kind == Message.Kind.TEXT
        and message.client_message_id is not None
        and bool(message.body)
        and message.edited_at is None
        and message.deleted_at is None
    )


def plain_html(message: Message, session_id: UUID, words: SafeString, name: str, zone: str) -> SafeString:
    """What the template makes of a plain message. ``words`` are escaped, with their links."""
    told = {
        "id": str(message.pk),
        "session": str(session_id),
        "member": str(message.member_id),
        "device": str(message.client_message_id),
        "sequence": str(message.sequence),
        "version": str(message.version),
        "moment": _moment(message.sent_at),
        "clock": clock(message.sent_at, zone),
        "name": escape(name),
        "words": normalize_newlines(words).replace("\n", "<br>"),
    }
    text, names = _parts(get_language(), get_script_prefix())
    drawn = [text[0]]
    for name_of_part, after in zip(names, text[1:], strict=True):
        drawn += told[name_of_part], after
    return mark_safe("".join(drawn))  # noqa: S308  the template's, with what was escaped above


def _moment(moment: datetime) -> str:
    return localtime(moment).isoformat()


@lru_cache(maxsize=8)
def _parts(language: str | None, prefix: str) -> tuple[list[str], list[str]]:
    """The template's own pieces of text, and the names of what is told between them."""
    standing: dict[str, Any] = {name: uuid4() for name in ("id", "session", "member", "device")}
    standing |= {name: uuid4().hex for name in ("sequence", "version", "name", "words")}
    sent_at = datetime(2001, 2, 3, 4, 5, 6, 789, tzinfo=ZoneInfo(INDIA))
    message = Message(
        pk=standing["id"],
        sequence=standing["sequence"],
        version=standing["version"],
        member_id=standing["member"],
        client_message_id=standing["device"],
        body="-",
        sent_at=sent_at,
    )
    drawn = render_to_string(
        "sessions/_message.html",
        {
            "message": message,
            "session_id": standing["session"],
            "words": standing["words"],
            "files": [],
            "name": standing["name"],
            "zone": INDIA,
        },
    )
    names = {str(value): name for name, value in standing.items()}
    names |= {_moment(sent_at): "moment", clock(sent_at, INDIA): "clock"}
    pieces = re.split("(" + "|".join(map(re.escape, names)) + ")", drawn)
    return pieces[::2], [names[piece] for piece in pieces[1::2]]
