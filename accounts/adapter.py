"""How allauth behaves here: whom it lets in, where it leads them, what it says and how it mails."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.contrib.auth.password_validation import validate_password
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import closed, limits, mail
from accounts.models import User
from accounts.names import split_name, tidy_name
from accounts.services import end_logins, start_account
from naksha import crypto
from naksha.web.address import client_address
from naksha.web.errors import too_many


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account is suspended."),
        "email_password_mismatch": _("The mail address or the password is not right."),
        "enter_current_password": _("This is not your present password."),
        "incorrect_password": _("This is not your password."),
        "incorrect_code": _("This code is not right, or it has expired."),
        "duplicate_email": _("This is your mail address already."),
        "invalid_password_reset": _("This link has been used or has expired."),
        "too_many_login_attempts": _("That was tried too often. Try again in a few minutes."),
        "rate_limited": _("That was tried too often. Try again in a few minutes."),
    }

    # --- who tries, and how often ---------------------------------------------------------
    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the try before the password is hashed."""
        try:
            self._try = limits.attempt(request, action="login", account=credentials.get("email", ""))
        except limits.TooManyAttempts as error:
            raise ImmediateHttpResponse(too_many(request, error.retry_after)) from error

    def _rollback_login_failed_rl_usage(self) -> None:
        self._try.give_back()

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        limits.forget(action="login", account=credentials["email"])

    # --- who they are ---------------------------------------------------------------------
    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """A new account, as the sign-up form describes it."""
        data = form.cleaned_data
        user.email = data["email"]
        user.first_name, user.last_name = split_name(data["name"])
        user.role = data["account_type"]
        user.set_password(data.get("password1") or None)
        return start_account(user=user) if commit else user

    def clean_password(self, password: str, user: Any = None) -> str:
        validate_password(password, user)
        return password

    def set_password(self, user: User, password: str) -> None:
        """A new password ends every login; the flow that changes it keeps its own."""
        super().set_password(user, password)
        end_logins(user=user)

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        closed.keep(request, user)
        return super().respond_user_inactive(request, user)  # type: ignore[no-any-return]

    # --- where they go --------------------------------------------------------------------
    def is_safe_url(self, url: str | None) -> bool:
        """Whether ``next`` leads to a page of this very host. What is no address at all leads nowhere."""
        request: HttpRequest = context.request
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return home_of(request.user)

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return home_of(request.user)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_email")

    # --- what they are told ---------------------------------------------------------------
    def add_message(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """For the next page. The API has none: it says in its answer what has happened."""
        if not request.path_info.startswith("/api/"):
            super().add_message(request, *args, **kwargs)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        mail.send(template=template_prefix.replace("/email/", "/"), to=email, context=context)


def home_of(user: Any) -> str:
    """The first page of somebody who has logged in."""
    if not isinstance(user, User):
        return "/"
    if user.is_staff:
        return reverse("admin:index")
    if user.is_consultant:
        consultant = getattr(user, "consultant", None)
        if consultant is not None and not consultant.is_approved:
            return reverse("consultants:application")
        return resolve_url("/dashboard/")
    return resolve_url("/me/")


class SocialAdapter(DefaultSocialAccountAdapter):
    """Logins by Google and Microsoft, where this installation has their keys."""

    error_messages = {
        **DefaultSocialAccountAdapter.error_messages,
        "email_taken": _("This mail address has an account already. Log in to it first, then connect %s."),
    }

    def get_app(self, request: HttpRequest, provider: str, client_id: str | None = None) -> Any:
        apps = self.list_apps(request, provider=provider, client_id=client_id)
        if not apps:
            raise Http404
        return apps[0]

    def get_signup_form_initial_data(self, sociallogin: Any) -> dict[str, Any]:
        initial = super().get_signup_form_initial_data(sociallogin)
        initial["name"] = tidy_name(f"{initial.pop('first_name', '') or ''} {initial.pop('last_name', '') or ''}")
        return initial


class MFAAdapter(DefaultMFAAdapter):
    """Second factors: their secrets are sealed, and they carry the product's name."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is not right. Codes change every 30 seconds: try the next one."),
        "unverified_email": _("Confirm your mail address first."),
    }

    def encrypt(self, text: str) -> str:
        return crypto.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.decrypt(encrypted_text)

    def _get_site_name(self) -> str:
        return "Naksha"

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002  allauth's name
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return gettext("Passkey") if number == 1 else gettext("Passkey %(number)d") % {"number": number}
