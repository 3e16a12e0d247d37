"""A session as its mails tell it: plain values, ready for JSON. Moments are ISO in UTC, addresses absolute."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from django.utils.translation import gettext as _

from clients.models import Client
from consultants.models import Service
from sessions_app import rooms
from sessions_app.models import Session

P = Service.Platform


def room_path(session: Session) -> str:
    """The page of the session, for whoever is let in."""
    return rooms.room_path(session.pk)


def link_url(token: str) -> str:
    """The address that lets a client in without a login; ``token`` is from :func:`sessions_app.access.mint_link`."""
    return rooms.link_url(token)


def place_label(platform: str) -> str:
    """Where it happens, in a few words."""
    if platform == P.PHONE:
        return _("By phone")
    if platform == P.IN_PERSON:
        return _("In person")
    return _("Online")


def session_facts(session: Session, *, client: Client | None, room_url: str) -> dict[str, Any]:
    """What a mail says of ``session``: to ``client``, or to the consultant when that is None.

    Whoever meets online goes in by the room; a number or a street is told as it is.
    """
    consultant = session.consultant
    return {
        "title": session.title,
        "service_minutes": session.minutes,
        "consultant_name": consultant.display_name,
        "consultant_page": consultant.page_url,
        "client_name": session.client.name if session.client else "",
        "seats_taken": session.seats_taken if session.is_webinar else 0,
        "is_webinar": session.is_webinar,
        "starts_at": session.starts_at.astimezone(UTC).isoformat(),
        "ends_at": session.ends_at.astimezone(UTC).isoformat(),
        "timezone": client.timezone if client else consultant.timezone,
        "place_label": place_label(session.platform),
        "place": session.place if session.platform in (P.PHONE, P.IN_PERSON) else "",
        "room_url": room_url,
    }
