"""A Jitsi server of one's own, or the public one: whoever knows a room's name is in it, so nobody can guess it."""

from __future__ import annotations

import json
from datetime import datetime
from urllib.parse import quote
from uuid import UUID

from django.conf import settings

from meetings.providers import Guest


class Jitsi:
    name = "jitsi"

    def address_of(self, room_name: str) -> str | None:
        return f"{settings.JITSI_URL}/{room_name}"

    def create(self, *, key: UUID, room_name: str) -> str:
        return f"{settings.JITSI_URL}/{room_name}"

    def join_url(self, url: str, *, room_name: str, guest: Guest, until: datetime) -> str:
        """The name goes along in the fragment, as JSON, which no server sees."""
        return f"{url}#userInfo.displayName={quote(json.dumps(guest.name, ensure_ascii=False), safe='')}"
