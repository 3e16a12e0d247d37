"""Passwords that were forgotten or shall change, and mail addresses that are to be confirmed."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import entering
from accounts.api import examples
from accounts.api import serializers as shapes
from accounts.api.auth import AccountRequest, Login
from accounts.api.views.entrance import TAG, Open, begin
from naksha.api.errors import VALIDATION, ApiError
from naksha.api.schema import operation
from naksha.api.views import ApiView


def _against_the_rules(field: str, error: ValidationError) -> ApiError:
    return ApiError(VALIDATION, 400, _("Some of this is not right."), details={field: error.messages})


class ForgotPassword(Open):
    @operation(
        "auth_forgot_password",
        "Ask for a mail that sets a new password",
        tag=TAG,
        request=shapes.EmailInput,
        login=None,
        request_example={"email": "asha@example.com"},
        description="The answer is the same whether the address has an account or not.",
    )
    def post(self, request: Request) -> Response:
        entering.forgot_password(request._request, email=self.checked(shapes.EmailInput)["email"])
        return self.ok(message=_("If this address has an account, a link is on its way to it."))


class ResetPassword(Open):
    @operation(
        "auth_reset_password",
        "Set a new password with the link of a mail",
        tag=TAG,
        request=shapes.ResetInput,
        login=None,
        request_example={"token": "0193…-cabc12-8f…", "password": "Cyclone-2027#"},
        description="Once, and within an hour. Every login of the account ends.",
    )
    def post(self, request: Request) -> Response:
        data = self.checked(shapes.ResetInput)
        try:
            entering.reset_password(request._request, token=data["token"], password=data["password"])
        except ValidationError as error:
            raise _against_the_rules("password", error) from None
        return self.ok(message=_("The new password is set. Log in with it."))


class ChangePassword(ApiView):
    permission_classes = (Login,)

    @operation(
        "auth_change_password",
        "Change the password",
        tag=TAG,
        request=shapes.ChangeInput,
        answer=shapes.NewTokensData,
        request_example={"currentPassword": "Monsoon-2026!", "newPassword": "Cyclone-2027#"},
        example={"tokens": examples.TOKENS},
        description="Every login of the account ends, this one too: go on with the tokens of the answer.",
    )
    def post(self, request: AccountRequest) -> Response:
        data = self.checked(shapes.ChangeInput)
        try:
            user = entering.change_password(
                request._request, user=request.user, current=data["current_password"], new=data["new_password"]
            )
        except ValidationError as error:
            raise _against_the_rules("newPassword", error) from None
        return self.ok(
            {"tokens": begin(request, user)["tokens"]}, _("The new password is set. Your other logins have ended.")
        )


class VerifyEmail(Open):
    http_method_names = ["get"]  # a HEAD would spend the link

    @operation(
        "auth_verify_email",
        "Confirm a mail address",
        tag=TAG,
        errors=["NOT_FOUND"],
        login=None,
        description="`token` is the last part of the address in the mail. It works once.",
    )
    def get(self, request: Request, token: str) -> Response:
        if not entering.confirm_mail(request._request, token=token):
            raise Http404
        return self.ok(message=_("The mail address is confirmed."))


class ResendVerification(Open):
    @operation(
        "auth_resend_verification",
        "Ask for another mail that confirms an address",
        tag=TAG,
        request=shapes.EmailInput,
        login=None,
        request_example={"email": "asha@example.com"},
        description="The answer is the same whether the address waits for one or not.",
    )
    def post(self, request: Request) -> Response:
        entering.resend_confirmation(request._request, email=self.checked(shapes.EmailInput)["email"])
        return self.ok(message=_("If this address waits to be confirmed, a new link is on its way to it."))
