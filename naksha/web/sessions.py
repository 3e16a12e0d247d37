"""Django's sessions in the database, which no cookie can make ask for what can't be a session's key."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.sessions.backends import db
from django.db.models import CharField, DateTimeField
from django.utils import timezone

from naksha.kept import Kept, Param

_KEY = re.compile(r"[0-9a-z]{32}")
_STANDING: Kept[Any] = Kept(
    lambda: db.SessionStore.get_model_class().objects.filter(
        session_key=Param("key", CharField()), expire_date__gt=Param("now", DateTimeField())
    )
)


class SessionStore(db.SessionStore):
    def _validate_session_key(self, key: str | None) -> bool:
        """Keys are ours. A quoted cookie can hold any byte, NUL too, and PostgreSQL fails on that."""
        return bool(key and _KEY.fullmatch(key))

    def _get_session_from_db(self) -> Any:
        """As the parent's, in words that are kept: every request of somebody known asks this."""
        found = _STANDING.first(key=self.session_key, now=timezone.now())
        if found is None:
            self._session_key = None
        return found
