"""Signing up, logging in and out, and who one is."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import entering
from accounts.api import examples, tokens
from accounts.api import serializers as shapes
from accounts.api.auth import AccountRequest, Anybody, Login
from accounts.models import User
from naksha.api.schema import operation
from naksha.api.views import ApiView
from naksha.web.address import client_address

TAG = "Auth"


class Open(ApiView):
    """For whoever has no token yet, or one that is of no use any more: none is looked at."""

    authentication_classes = ()
    permission_classes = (Anybody,)


def begin(request: Request, user: User) -> dict[str, Any]:
    """A login of this device, as an answer says it."""
    device, address = request.headers.get("User-Agent", ""), client_address(request._request)
    _login, pair = tokens.begin(user=user, device=device, address=address)
    return {
        user.role: shapes.account(user),
        "tokens": shapes.pair(pair),
        "permissions": shapes.permissions(user),
    }


class Signup(Open):
    @operation(
        "auth_signup",
        "Make an account",
        tag=TAG,
        request=shapes.SignupInput,
        answer=shapes.SignupData,
        status=201,
        errors=["EMAIL_EXISTS"],
        login=None,
        request_example=examples.SIGNUP,
        example={
            "consultant": examples.ACCOUNT,
            "nextSteps": {"verifyEmail": True, "completeProfile": True, "awaitAdminApproval": True},
        },
    )
    def post(self, request: Request) -> Response:
        data = self.checked(shapes.SignupInput)
        user = entering.sign_up(
            request._request,
            name=data["name"],
            email=data["email"],
            password=data["password"],
            role=data["account_type"],
        )
        steps = {
            "verifyEmail": True,
            "completeProfile": user.is_consultant,
            "awaitAdminApproval": user.is_consultant,
        }
        message = _("Almost there: press the button on the page that our mail leads to.")
        return self.ok({user.role: shapes.account(user), "nextSteps": steps}, message, status=201)


class LogIn(Open):
    @operation(
        "auth_login",
        "Log in",
        tag=TAG,
        request=shapes.LoginInput,
        answer=shapes.LoginData,
        errors=["INVALID_CREDENTIALS", "SECOND_FACTOR_REQUIRED", "ACCOUNT_SUSPENDED"],
        login=None,
        request_example=examples.CREDENTIALS,
        example={"consultant": examples.ACCOUNT, "tokens": examples.TOKENS, "permissions": examples.PERMISSIONS},
        description="For consultants and clients; admins have a login of their own. The account stands under its kind.",
    )
    def post(self, request: Request) -> Response:
        user = entering.log_in(request._request, **self.checked(shapes.LoginInput))
        return self.ok(begin(request, user))


class AdminLogIn(Open):
    @operation(
        "auth_admin_login",
        "Log in as an admin",
        tag=TAG,
        request=shapes.LoginInput,
        answer=shapes.AdminLoginData,
        errors=["INVALID_CREDENTIALS", "SECOND_FACTOR_REQUIRED", "SECOND_FACTOR_MISSING", "ACCOUNT_SUSPENDED"],
        login=None,
        request_example={**examples.CREDENTIALS, "email": "admin@example.com", "code": "492039"},
        example={"admin": examples.ADMIN, "tokens": examples.TOKENS, "permissions": examples.PERMISSIONS},
    )
    def post(self, request: Request) -> Response:
        user = entering.log_in(request._request, **self.checked(shapes.LoginInput), admin=True)
        return self.ok(begin(request, user))


class Refresh(Open):
    @operation(
        "auth_refresh",
        "The next pair of tokens",
        tag=TAG,
        request=shapes.RefreshInput,
        answer=shapes.RefreshData,
        errors=["NOT_AUTHENTICATED"],
        login=None,
        request_example={"refreshToken": examples.TOKENS["refreshToken"]},
        example={**examples.TOKENS, "expiresIn": "15m"},
        description="Each refresh token is spent by this. One that comes twice ends the login that it is of.",
    )
    def post(self, request: Request) -> Response:
        _login, pair = tokens.refresh(self.checked(shapes.RefreshInput)["refresh_token"])
        return self.ok({**shapes.pair(pair), "expiresIn": "15m"})


class LogOut(ApiView):
    permission_classes = (Login,)

    @operation("auth_logout", "End this login", tag=TAG)
    def post(self, request: AccountRequest) -> Response:
        tokens.end(login=request.auth, reason="logout")
        return self.ok(message=_("You are logged out."))


class Me(ApiView):
    permission_classes = (Login,)

    @operation(
        "auth_me",
        "Who is logged in",
        tag=TAG,
        answer=shapes.MeAnswer,
        example={"consultant": examples.ME, "permissions": examples.PERMISSIONS},
    )
    def get(self, request: AccountRequest) -> Response:
        user: User = request.user
        return self.ok({user.role: shapes.me(user), "permissions": shapes.permissions(user)})


class WsTicket(ApiView):
    permission_classes = (Login,)

    @operation(
        "auth_ws_ticket",
        "A ticket that opens one socket",
        tag=TAG,
        answer=shapes.TicketData,
        example={"ticket": "m3x…", "expiresIn": "30s"},
        description="It is spent by the first handshake and dies after 30 seconds: `/ws/sessions/{id}/?ticket=…`.",
    )
    def post(self, request: AccountRequest) -> Response:
        return self.ok({"ticket": tokens.mint_ticket(login=request.auth), "expiresIn": "30s"})
