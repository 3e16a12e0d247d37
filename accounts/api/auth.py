"""Who asks the API: a bearer token, and nothing else. A cookie opens no endpoint, so no page can be made to use one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from allauth.account import app_settings as allauth_settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.access import may_administer
from accounts.api import tokens
from accounts.models import ApiLogin, User
from naksha.api.errors import ApiError
from naksha.web.address import client_address

if TYPE_CHECKING:

    class AccountRequest(Request):
        """What a view behind :class:`Login` gets."""

        user: User
        auth: ApiLogin
else:
    AccountRequest = Request


class BearerAuthentication(BaseAuthentication):
    """``Authorization: Bearer <access token>``; ``request.auth`` is the login."""

    def authenticate(self, request: Request) -> tuple[User, ApiLogin] | None:
        header = request.META.get("HTTP_AUTHORIZATION")
        if header is None:
            return None
        scheme, _space, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token or len(token) > 4096:
            raise ApiError("NOT_AUTHENTICATED", 401, _("Send the access token as: Authorization: Bearer …"))
        login = tokens.login_of(token.strip())
        tokens.seen(login, address=client_address(request._request))
        return login.user, login

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the document tells it; found by being imported."""

    target_class = BearerAuthentication
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


class _Allowed(BasePermission):
    """Asks one question of somebody who has logged in."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not isinstance(request.user, User):
            raise ApiError("NOT_AUTHENTICATED", 401, _("Log in first."))
        self.check(request.user)
        return True

    def check(self, user: User) -> None:
        raise NotImplementedError


def _refused() -> ApiError:
    return ApiError("PERMISSION_DENIED", 403, _("This account may not do that."))


def require_fresh_login(request: Request) -> None:
    """For what the pages let only somebody do who has just shown again who they are. An app shows it by logging in;
    how long that holds is the pages' setting. Another pair of tokens proves nothing: a thief can refresh, too.

    Raises ApiError 401 for a login that began longer ago.
    """
    login, holds = request.auth, allauth_settings.REAUTHENTICATION_TIMEOUT
    assert isinstance(login, ApiLogin)
    if timezone.now() - login.created_at <= timedelta(seconds=holds):
        return
    minutes = max(1, holds // 60)
    words = ngettext(
        "Log in again: this may only be done within %(minutes)d minute after it.",
        "Log in again: this may only be done within %(minutes)d minutes after it.",
        minutes,
    )
    challenge = f'error="insufficient_user_authentication", max_age="{holds}"'
    raise ApiError("NOT_AUTHENTICATED", 401, words % {"minutes": minutes}, challenge=challenge)


class Anybody(BasePermission):
    """No login needed. Written out, for the default is the opposite."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return True


class Login(_Allowed):
    """Any login."""

    def check(self, user: User) -> None:
        return None


class ConsultantLogin(_Allowed):
    """Any consultant, approved or not: the profile and what leads to the approval."""

    def check(self, user: User) -> None:
        if not user.is_consultant or getattr(user, "consultant", None) is None:
            raise _refused()


class ApprovedConsultant(ConsultantLogin):
    """A consultant whom an admin has approved."""

    def check(self, user: User) -> None:
        super().check(user)
        if not user.consultant.is_approved:  # type: ignore[attr-defined]
            raise ApiError("ADMIN_APPROVAL_REQUIRED", 403, _("An admin has to approve this account first."))


class Member(_Allowed):
    """A client, an approved consultant or an admin: whoever has a side in a booking or a payment."""

    def check(self, user: User) -> None:
        if user.is_consultant:
            ApprovedConsultant().check(user)
        elif user.is_staff and not may_administer(user):
            raise _refused()


class Party(Member):
    """A client or an approved consultant; admins act elsewhere."""

    def check(self, user: User) -> None:
        super().check(user)
        if user.is_staff:
            raise _refused()


class PracticeOrAdmin(Member):
    """An approved consultant or an admin."""

    def check(self, user: User) -> None:
        super().check(user)
        if not user.is_consultant and not may_administer(user):
            raise _refused()


class Admin(_Allowed):
    """An admin, with the second factor that production asks for."""

    def check(self, user: User) -> None:
        if not may_administer(user):
            raise _refused()


class SuperAdmin(Admin):
    """Django's superuser."""

    def check(self, user: User) -> None:
        super().check(user)
        if not user.is_superuser:
            raise _refused()
