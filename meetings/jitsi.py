"""A Jitsi server of one's own, or the public one: whoever knows a room's name is in it, so nobody can guess it.

Where a server of one's own asks for tokens (Prosody's token plugin), each person has one, and the consultant's makes
them the moderator, where the server's ``token_affiliation`` module reads it. Else nobody can be made one from here: the
server decides.

https://github.com/jitsi/lib-jitsi-meet/blob/master/doc/tokens.md: HS256, ``aud`` and ``iss`` are the application's id,
``sub`` is the server's name in lower case, every value of ``user`` is text.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from urllib.parse import quote, urlsplit
from uuid import UUID

import jwt
from django.conf import settings
from django.utils import timezone

from meetings.providers import Guest

CLOCKS_DIFFER = timedelta(minutes=1)


class Jitsi:
    name = "jitsi"

    def address_of(self, room_name: str) -> str | None:
        return f"{settings.JITSI_URL}/{room_name}"

    def create(self, *, key: UUID, room_name: str) -> str:
        return f"{settings.JITSI_URL}/{room_name}"

    def makes_moderators(self, url: str) -> bool:
        return asks_for_tokens(url)

    def join_url(self, url: str, *, room_name: str, guest: Guest, until: datetime) -> str:
        """The name goes along in the fragment, as JSON, which no server sees; with it the token of a server that asks
        for one."""
        pass_in = f"?jwt={token(room_name, guest=guest, until=until)}" if asks_for_tokens(url) else ""
        return f"{url}{pass_in}#userInfo.displayName={quote(json.dumps(guest.name, ensure_ascii=False), safe='')}"


def asks_for_tokens(url: str) -> bool:
    """Whether a room stands on the server whose secret we have. One of a server before it has no token of ours."""
    known = bool(settings.JITSI_APP_ID and settings.JITSI_APP_SECRET)
    return known and urlsplit(url).netloc == urlsplit(settings.JITSI_URL).netloc


def token(room_name: str, *, guest: Guest, until: datetime) -> str:
    """What lets one person into one room until ``until``."""
    now = timezone.now()
    user = {"id": guest.id, "name": guest.name, "affiliation": "owner" if guest.is_moderator else "member"}
    if guest.email:
        user["email"] = guest.email
    claims = {
        "aud": settings.JITSI_APP_ID,
        "iss": settings.JITSI_APP_ID,
        "sub": urlsplit(settings.JITSI_URL).hostname,
        "room": room_name,
        "iat": int(now.timestamp()),
        "nbf": int((now - CLOCKS_DIFFER).timestamp()),
        "exp": int(until.timestamp()),
        "context": {"user": user},
    }
    return jwt.encode(claims, settings.JITSI_APP_SECRET, algorithm="HS256")
