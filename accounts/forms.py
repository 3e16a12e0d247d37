"""The forms of the entrance: allauth's flows with our names, rules and limits."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.account.adapter import get_adapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.base import forms as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import forms as webauthn
from allauth.socialaccount import forms as social
from django import forms
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts import limits, names, passwords, second_factor
from accounts.models import User
from naksha.web.errors import too_many

ACCOUNT_TYPES = [
    (User.Role.CONSULTANT, _("I offer consultations")),
    (User.Role.CLIENT, _("I book consultations")),
]


def password_hint() -> SafeString:
    """The rules as a list under the field; no script needed to read them."""
    rules = format_html_join("", "<li>{}</li>", ((hint,) for hint in passwords.hints()))
    return format_html("<ul>{}</ul>", rules)


def limited(action: limits.Action, account: str | User) -> limits.Attempt:
    """Count a try of this request; too many answer with the page that says when to come back."""
    request: HttpRequest = context.request
    try:
        return limits.attempt(request, action=action, account=account)
    except limits.TooManyAttempts as error:
        raise ImmediateHttpResponse(too_many(request, error.retry_after)) from error


class NameField(forms.CharField):
    """A person's whole name on one line."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Your name"))
        kwargs.setdefault("help_text", names.HINT)
        kwargs.setdefault("max_length", 200)  # before it is tidied; the rule itself is below
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "name"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        return names.tidy_name(super().to_python(value) or "")

    def run_validators(self, value: str) -> None:
        super().run_validators(value)
        if value:
            names.validate_name(value)


def _plain_words(form: forms.Form) -> None:
    """Our labels instead of allauth's, and no placeholder that repeats a label."""
    labels = {
        "email": _("Mail address"),
        "login": _("Mail address"),
        "oldpassword": _("Present password"),
        "code": _("Code"),
    }
    for name, field in form.fields.items():
        field.widget.attrs.pop("placeholder", None)
        if name in labels:
            field.label = labels[name]
        if name == "password1":
            field.help_text = password_hint()
            field.widget.attrs["maxlength"] = passwords.MAX_LENGTH
        if name == "password":
            field.help_text = ""


class LoginForm(account.LoginForm):
    remember = forms.BooleanField(label=_("Stay logged in on this device"), required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain_words(self)
        self.fields["login"].widget.attrs["autocomplete"] = "username"


class SignupForm(account.SignupForm):
    account_type = forms.ChoiceField(
        label=_("What brings you here"),
        choices=ACCOUNT_TYPES,
        widget=forms.RadioSelect,
        initial=User.Role.CONSULTANT,
    )
    name = NameField()
    field_order = ("account_type", "name", "email", "password1")
    account_already_exists: bool

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain_words(self)
        self.fields["email"].help_text = _("We send a link there to make sure that it is yours.")
        if context.request.GET.get("as") == User.Role.CLIENT:
            self.fields["account_type"].initial = User.Role.CLIENT

    def clean(self) -> dict[str, Any]:
        data = account.BaseSignupForm.clean(self)
        if password := data.get("password1"):
            first_name, last_name = names.split_name(data.get("name") or "")
            somebody = User(email=data.get("email") or "", first_name=first_name, last_name=last_name)
            try:
                get_adapter().clean_password(password, user=somebody)
            except forms.ValidationError as error:
                self.add_error("password1", error)
        return data

    def try_save(self, request: HttpRequest) -> Any:
        """Make the account, or mail the one who has it: same page, same words, and as much work either way."""
        limited("signup", self.cleaned_data["email"])
        if not self.account_already_exists:
            try:
                return super().try_save(request)
            except IntegrityError:
                self.account_already_exists = True  # the same address signed up a moment ago, in another request
        else:
            make_password(self.cleaned_data["password1"])
        return super().try_save(request)

    @transaction.atomic
    def save(self, request: HttpRequest) -> User:
        user: User = super().save(request)
        return user


class SocialSignupForm(social.SignupForm):
    account_type = forms.ChoiceField(
        label=_("What brings you here"),
        choices=ACCOUNT_TYPES,
        widget=forms.RadioSelect,
        initial=User.Role.CONSULTANT,
    )
    name = NameField()
    field_order = ("account_type", "name", "email")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain_words(self)

    @transaction.atomic
    def save(self, request: HttpRequest) -> User:
        user: User = super().save(request)
        return user


class ResetPasswordForm(account.ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain_words(self)

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        limited("forgot", self.cleaned_data["email"])
        email: str = super().save(request, **kwargs)
        return email


class ResetPasswordKeyForm(account.ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        _plain_words(self)
        self.fields["password1"].label = _("New password")

    def save(self) -> None:
        limited("reset", str(self.user.pk))
        super().save()


class ChangePasswordForm(account.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        _plain_words(self)
        self.fields["password1"].label = _("New password")

    def clean_oldpassword(self) -> str:
        """Guessing here is guessing at the login: it counts as one try of it."""
        tried = limited("login", self.user)
        password: str = super().clean_oldpassword()
        tried.give_back()
        return password


class SetPasswordForm(account.SetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        _plain_words(self)


class ReauthenticateForm(account.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain_words(self)


class RequestLoginCodeForm(account.RequestLoginCodeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain_words(self)

    def clean_email(self) -> str:
        limited("code", self.cleaned_data["email"])
        email: str = super().clean_email()
        return email


class ConfirmLoginCodeForm(account.ConfirmLoginCodeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain_words(self)


class AddEmailForm(account.AddEmailForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain_words(self)
        self.fields["email"].label = _("New mail address")

    def clean_email(self) -> str:
        email: str = super().clean_email()
        limited("change", email)
        return email


class _SecondFactor(forms.Form):
    user: User
    authenticator: Authenticator

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain_words(self)
        self.fields["code"].widget.attrs.update(inputmode="numeric", autocomplete="one-time-code", maxlength=12)
        self.fields["code"].help_text = _("Six digits from your app, or one of your recovery codes.")

    def clean_code(self) -> str:
        tried = limited("second", str(self.user.pk))
        code: str = super().clean_code()  # type: ignore[misc]
        if not second_factor.spend(self.authenticator, code):
            raise get_mfa_adapter().validation_error("incorrect_code")
        tried.give_back()
        return code


class AuthenticateForm(_SecondFactor, mfa.AuthenticateForm):
    pass


class SecondFactorReauthenticateForm(_SecondFactor, mfa.ReauthenticateForm):
    pass


class AddPasskeyForm(webauthn.AddWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name for it")
        self.fields["name"].help_text = _("So that you know it among others: my phone, the blue key.")
        self.fields["passwordless"].label = _("Log in with it alone")
        self.fields["passwordless"].help_text = _("Then your fingerprint, face or PIN is enough, without the password.")


class RenamePasskeyForm(webauthn.EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name for it")
