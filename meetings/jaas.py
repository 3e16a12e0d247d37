"""Jitsi as a service (8x8): the same meeting, with a signed token for each person, and the consultant as moderator.

https://developer.8x8.com/jaas/docs/api-keys-jwt: RS256, ``kid`` is ``{AppID}/{key id}``, ``aud`` and ``iss`` are fixed
words, ``room`` is the name without the AppID, every value of ``user`` and ``features`` is text.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import jwt
from django.conf import settings
from django.utils import timezone

from meetings.providers import Guest, ProviderAway

HOST = "https://8x8.vc"
CLOCKS_DIFFER = timedelta(minutes=1)
# Nothing is recorded, streamed or dialled out of a session: what is said in it stays in it.
FEATURES = ("livestreaming", "recording", "transcription", "outbound-call", "sip-outbound-call", "sip-inbound-call")


class JaaS:
    name = "jaas"

    def address_of(self, room_name: str) -> str | None:
        return f"{HOST}/{settings.JAAS_APP_ID}/{room_name}"

    def create(self, *, key: UUID, room_name: str) -> str:
        return f"{HOST}/{settings.JAAS_APP_ID}/{room_name}"

    def makes_moderators(self, url: str) -> bool:
        return True

    def join_url(self, url: str, *, room_name: str, guest: Guest, until: datetime) -> str:
        return f"{url}?jwt={token(room_name, guest=guest, until=until)}"


def token(room_name: str, *, guest: Guest, until: datetime) -> str:
    """What lets one person into one room until ``until``. Raises ProviderAway where the account's settings are gone."""
    if not (settings.JAAS_APP_ID and settings.JAAS_KEY_ID and settings.JAAS_PRIVATE_KEY):
        raise ProviderAway("JAAS_APP_ID, JAAS_KEY_ID or JAAS_PRIVATE_KEY is missing")
    now = timezone.now()
    user = {"id": guest.id, "name": guest.name, "moderator": "true" if guest.is_moderator else "false"}
    if guest.email:
        user["email"] = guest.email
    claims = {
        "aud": "jitsi",
        "iss": "chat",
        "sub": settings.JAAS_APP_ID,
        "room": room_name,
        "iat": int(now.timestamp()),
        "nbf": int((now - CLOCKS_DIFFER).timestamp()),
        "exp": int(until.timestamp()),
        "context": {"user": user, "features": dict.fromkeys(FEATURES, "false")},
    }
    key_id = f"{settings.JAAS_APP_ID}/{settings.JAAS_KEY_ID.rpartition('/')[2]}"
    return jwt.encode(claims, settings.JAAS_PRIVATE_KEY, algorithm="RS256", headers={"kid": key_id})
