"""The views of whoever has logged in."""

from __future__ import annotations

from typing import cast

from accounts.api.auth import Login
from accounts.models import User
from naksha.api.views import ApiView


class LoginView(ApiView):
    """Any login's, unless a view names who else is let in."""

    permission_classes = [Login]

    @property
    def user(self) -> User:
        return cast(User, self.request.user)
