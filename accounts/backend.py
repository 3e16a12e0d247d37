"""How a login is checked, and how whose it is gets asked again with each request."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import UUIDField

from accounts.models import User
from naksha.kept import Kept, Param

_USER = Kept(lambda: User.objects.filter(pk=Param("pk", UUIDField())))


class Backend(AuthenticationBackend):
    """allauth's, which asks for the account in words that are kept."""

    def get_user(self, user_id: Any) -> User | None:
        user = _USER.first(pk=user_id)
        return user if user is not None and self.user_can_authenticate(user) else None
