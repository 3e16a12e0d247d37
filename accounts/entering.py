"""Proving who one is without a page: the password, the second factor of an account that has one, a mail's link.

An app's login has one step, so the code of an authenticator app (or a recovery code) comes with the password. A try
counts before anything is hashed, with the pages' own counts; see docs/decisions/0015.
"""

from __future__ import annotations

from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.forms import default_token_generator
from allauth.account.internal.flows.email_verification import verify_email
from allauth.account.internal.flows.password_reset import request_password_reset
from allauth.account.internal.userkit import filter_users_by_email
from allauth.account.models import EmailAddress, get_emailconfirmation_model
from allauth.account.signals import password_changed, password_reset
from allauth.account.utils import url_str_to_user_pk
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.models import Authenticator
from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.dispatch import Signal
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import closed, limits, second_factor
from accounts.access import second_factor_missing
from accounts.models import User
from accounts.services import create_account
from naksha.errors import DomainError

# Somebody has logged in on a device, without a browser's session. Sent with ``user``.
device_logged_in = Signal()


class WrongCredentials(DomainError):
    sentence = _("The mail address or the password is not right.")
    code, http_status = "INVALID_CREDENTIALS", 401


class SecondFactorRequired(DomainError):
    """The password was right, and the account has a second factor."""

    sentence = _("Send the code of your authenticator app, or a recovery code, as well.")
    code, http_status = "SECOND_FACTOR_REQUIRED", 401


class SecondFactorMissing(DomainError):
    sentence = _("Set up a second factor on the site first. Admins need one.")
    code, http_status = "SECOND_FACTOR_MISSING", 403


class AccountSuspended(DomainError):
    sentence = _("This account is suspended.")
    code, http_status = "ACCOUNT_SUSPENDED", 403

    @classmethod
    def because(cls, reason: str) -> AccountSuspended:
        return cls(_("This account is suspended: %(reason)s") % {"reason": reason} if reason else None)


class EmailExists(DomainError):
    sentence = _("This mail address has an account already.")
    code, http_status = "EMAIL_EXISTS", 409


class LinkSpent(DomainError):
    sentence = _("This link has been used or has expired.")
    code, http_status, about = "VALIDATION_ERROR", 400, "token"


class WrongPassword(DomainError):
    sentence = _("This is not your present password.")
    code, http_status, about = "VALIDATION_ERROR", 400, "current_password"


def log_in(request: HttpRequest, *, email: str, password: str, code: str = "", admin: bool = False) -> User:
    """The account that these prove. ``admin`` asks for admins alone, else for everybody else alone.

    Raises WrongCredentials, SecondFactorRequired, SecondFactorMissing, AccountSuspended, TooManyAttempts.
    """
    tried = limits.attempt(request, action="login", account=email)
    AuthenticationBackend.unstash_authenticated_user()
    found = authenticate(request, email=email, password=password)
    user = found or AuthenticationBackend.unstash_authenticated_user()
    if not isinstance(user, User) or user.is_staff != admin:
        raise WrongCredentials
    tried.give_back()
    if not user.is_active:
        raise AccountSuspended.because(closed.reason_for(user))
    check_second_factor(request, user=user, code=code)
    User.objects.filter(pk=user.pk).update(last_login=timezone.now())
    device_logged_in.send(sender=User, user=user)
    return user


def check_second_factor(request: HttpRequest, *, user: User, code: str) -> None:
    """Spend ``code`` where ``user`` has a second factor. A passkey can't be shown here; a recovery code stands for it.

    Raises SecondFactorRequired for a code that is missing or wrong, SecondFactorMissing, TooManyAttempts.
    """
    if second_factor_missing(user):
        raise SecondFactorMissing
    if not get_mfa_adapter().is_mfa_enabled(user):
        return
    if not code:
        raise SecondFactorRequired
    tried = limits.attempt(request, action="second", account=str(user.pk))
    for factor in Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.WEBAUTHN):
        if factor.wrap().validate_code(code) and second_factor.spend(factor, code):
            tried.give_back()
            factor.record_usage()
            return
    raise SecondFactorRequired(_("This code is not right. Codes change every 30 seconds: try the next one."))


def sign_up(request: HttpRequest, *, name: str, email: str, password: str, role: str) -> User:
    """A new account, and the mail that asks to confirm its address.

    ``name`` and ``password`` must have passed their validators. Raises EmailExists, TooManyAttempts.
    """
    limits.attempt(request, action="signup", account=email)
    if filter_users_by_email(email):
        raise EmailExists
    try:
        with transaction.atomic():
            user = create_account(name=name, email=email, password=password, role=role)
            EmailAddress.objects.get(user=user).send_confirmation(request, signup=True)
            return user
    except IntegrityError:  # the same address signed up a moment ago, in another request
        raise EmailExists from None


def forgot_password(request: HttpRequest, *, email: str) -> None:
    """Mail a link that sets a new password; an address without an account is told that. Raises TooManyAttempts."""
    limits.attempt(request, action="forgot", account=email)
    users = filter_users_by_email(email, is_active=True, prefer_verified=True, for_login=True)
    request_password_reset(request, email, users, default_token_generator)


def reset_password(request: HttpRequest, *, token: str, password: str) -> User:
    """Set a password with a mail's link, once and within an hour; every login ends.

    ``token`` is the last part of the link's address. Raises LinkSpent, TooManyAttempts, or ValidationError for a
    password that breaks a rule, which leaves the link good.
    """
    named, _dash, key = token.partition("-")
    pk = _id_of(named)
    limits.attempt(request, action="reset", account=str(pk or named))
    if pk is None:
        raise LinkSpent
    with transaction.atomic():
        # Locked, so that of two who use the link at once one is late.
        user = User.objects.select_for_update().filter(pk=pk, is_active=True).first()
        if user is None or not default_token_generator.check_token(user, key):
            raise LinkSpent
        _set_password(request, user, password, told=password_reset, mail="password_reset")
    limits.forget(action="login", account=user)
    return user


def _id_of(named: str) -> UUID | None:
    """The id that a link names, however it spells it. None where it is no id."""
    try:
        pk: UUID = url_str_to_user_pk(named)
    except (ValueError, ValidationError):
        return None
    return pk


def change_password(request: HttpRequest, *, user: User, current: str, new: str) -> User:
    """Set another password; every login ends, the present one too. Guessing here is guessing at the login.

    Raises WrongPassword, TooManyAttempts, or ValidationError for a password that breaks a rule.
    """
    tried = limits.attempt(request, action="login", account=user)
    try:
        user = _changed(request, user, current, new)
    except ValidationError:  # the present password was right
        tried.give_back()
        raise
    tried.give_back()
    return user


@transaction.atomic
def _changed(request: HttpRequest, user: User, current: str, new: str) -> User:
    user = User.objects.select_for_update().get(pk=user.pk)
    if not user.check_password(current):
        raise WrongPassword
    _set_password(request, user, new, told=password_changed, mail="password_changed")
    return user


def _set_password(request: HttpRequest, user: User, password: str, *, told: Signal, mail: str) -> None:
    """Of an account that is locked. Raises ValidationError for a password that breaks a rule."""
    validate_password(password, user)
    adapter = get_adapter()
    adapter.set_password(user, password)
    told.send(sender=User, request=request, user=user)
    adapter.send_notification_mail(f"account/email/{mail}", user)


@transaction.atomic
def confirm_mail(request: HttpRequest, *, token: str) -> bool:
    """Confirm the address that a mail's link is for, once. False where the link is spent, late or none of ours."""
    confirmation = get_emailconfirmation_model().from_key(token)
    return confirmation is not None and verify_email(request, confirmation.email_address)


def resend_confirmation(request: HttpRequest, *, email: str) -> None:
    """Mail the link anew where ``email`` waits for it, else nothing. Raises TooManyAttempts."""
    limits.attempt(request, action="signup", account=email)
    for address in EmailAddress.objects.filter(email=email, verified=False, user__is_active=True):
        if address.can_set_verified():
            address.send_confirmation(request, signup=False)
