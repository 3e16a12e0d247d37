"""What the templates of a chat need."""

from __future__ import annotations

from datetime import datetime
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo

from django import template
from django.utils import formats

from sessions_app.chat_files import SHOWN_INLINE
from sessions_app.chat_plain import clock
from sessions_app.models import Attachment

register = template.Library()


register.simple_tag(clock)


@register.filter
def day(moment: datetime, zone: str) -> str:
    """The day in ``zone``: Tuesday 24 November."""
    return formats.date_format(moment.astimezone(ZoneInfo(zone)), "l j F Y")


@register.filter
def is_shown(file: Attachment) -> bool:
    """Whether it is a picture that the page may show."""
    return file.content_type in SHOWN_INLINE


@register.filter
def file_kind(file: Attachment) -> str:
    return PurePosixPath(file.original_name).suffix[1:].upper()
