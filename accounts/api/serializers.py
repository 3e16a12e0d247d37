"""What is sent in and given out about accounts and logins."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from rest_framework import serializers

from accounts import names, passwords
from accounts.access import may_administer
from accounts.api.tokens import Tokens
from accounts.models import User
from accounts.names import split_name
from naksha.api.serializers import Instant, Serializer

ACCOUNT_TYPES = [User.Role.CONSULTANT.value, User.Role.CLIENT.value]
ROLES = list(User.Role.values)


class Email(serializers.EmailField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=254, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        return super().to_internal_value(data).strip().lower()


class Name(serializers.CharField):
    """A whole name, as people write it; the pages' own rule."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=200, validators=[names.validate_name], **kwargs)

    def to_internal_value(self, data: Any) -> str:
        return names.tidy_name(super().to_internal_value(data))


class Password(serializers.CharField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", passwords.MAX_LENGTH)
        super().__init__(trim_whitespace=False, write_only=True, **kwargs)


class SignupInput(Serializer):
    name = Name()
    email = Email()
    password = Password()
    account_type = serializers.ChoiceField(choices=ACCOUNT_TYPES, default=User.Role.CONSULTANT.value)

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        first_name, last_name = split_name(data["name"])
        somebody = User(email=data["email"], first_name=first_name, last_name=last_name)
        try:
            validate_password(data["password"], somebody)
        except ValidationError as error:
            raise serializers.ValidationError({"password": error.messages}) from None
        return data


class LoginInput(Serializer):
    email = Email()
    password = Password()
    code = serializers.CharField(
        max_length=20,
        required=False,
        help_text="For an account with a second factor: the authenticator app's six digits, or a recovery code.",
    )


class RefreshInput(Serializer):
    refresh_token = serializers.CharField(max_length=200)


class EmailInput(Serializer):
    email = Email()


class ResetInput(Serializer):
    token = serializers.CharField(max_length=200, help_text="The last part of the address in the mail.")
    password = Password()


class ChangeInput(Serializer):
    current_password = Password()
    new_password = Password()


class AccountData(Serializer):
    id = serializers.UUIDField()
    email = serializers.EmailField()
    name = serializers.CharField()
    first_name = serializers.CharField()
    last_name = serializers.CharField(allow_blank=True)
    account_type = serializers.ChoiceField(choices=ROLES)
    consultant_id = serializers.UUIDField(required=False, help_text="Of a consultant.")
    slug = serializers.CharField(required=False, help_text="Of a consultant: the address of the page.")


class MeData(AccountData):
    is_email_verified = serializers.BooleanField()
    is_approved_by_admin = serializers.BooleanField()
    profile_completed = serializers.BooleanField()
    profile_photo_url = serializers.URLField(allow_null=True)
    subscription_plan = serializers.ChoiceField(choices=["FREE"], help_text="There is one: no fee but the bookings'.")
    subscription_expires_at = Instant(allow_null=True)
    created_at = Instant()


class PermissionsData(Serializer):
    can_login = serializers.BooleanField()
    can_access_dashboard = serializers.BooleanField()
    can_complete_profile = serializers.BooleanField()
    needs_email_verification = serializers.BooleanField()
    needs_profile_completion = serializers.BooleanField()
    needs_admin_approval = serializers.BooleanField()


class TokensData(Serializer):
    access_token = serializers.CharField()
    refresh_token = serializers.CharField()


class RefreshData(TokensData):
    expires_in = serializers.CharField()


class NextSteps(Serializer):
    verify_email = serializers.BooleanField()
    complete_profile = serializers.BooleanField()
    await_admin_approval = serializers.BooleanField()


class SignupData(Serializer):
    consultant = AccountData(required=False)
    client = AccountData(required=False)
    next_steps = NextSteps()


class LoginData(Serializer):
    """The account stands under its own kind."""

    consultant = AccountData(required=False)
    client = AccountData(required=False)
    tokens = TokensData()
    permissions = PermissionsData()


class AdminLoginData(Serializer):
    admin = AccountData()
    tokens = TokensData()
    permissions = PermissionsData()


class MeAnswer(Serializer):
    consultant = MeData(required=False)
    client = MeData(required=False)
    admin = MeData(required=False)
    permissions = PermissionsData()


class NewTokensData(Serializer):
    tokens = TokensData()


class TicketData(Serializer):
    ticket = serializers.CharField(help_text="For the address of one socket: /ws/notifications/?ticket=…")
    expires_in = serializers.CharField()


def consultant_of(user: User) -> Any:
    return getattr(user, "consultant", None) if user.is_consultant else None


def account(user: User) -> dict[str, Any]:
    """As :class:`AccountData` says it."""
    consultant = consultant_of(user)
    told: dict[str, Any] = {
        "id": str(user.pk),
        "email": user.email,
        "name": user.name,
        "firstName": user.first_name,
        "lastName": user.last_name,
        "accountType": user.role,
    }
    if consultant is not None:
        told |= {"consultantId": str(consultant.pk), "slug": consultant.slug}
    return told


def me(user: User) -> dict[str, Any]:
    """As :class:`MeData` says it. One query."""
    consultant = consultant_of(user)
    photo = consultant.photo if consultant is not None else None
    return {
        **account(user),
        "isEmailVerified": user.has_confirmed_mail(),
        "isApprovedByAdmin": consultant is not None and consultant.is_approved,
        "profileCompleted": consultant is not None and consultant.profile_completed_at is not None,
        "profilePhotoUrl": settings.SITE_URL + photo.url if photo else None,
        "subscriptionPlan": "FREE",
        "subscriptionExpiresAt": None,
        "createdAt": Instant().to_representation(user.date_joined),
    }


def permissions(user: User) -> dict[str, bool]:
    """As :class:`PermissionsData` says it. One query."""
    consultant = consultant_of(user)
    return {
        "canLogin": user.is_active,
        "canAccessDashboard": may_administer(user) or (consultant is not None and consultant.is_approved),
        "canCompleteProfile": consultant is not None,
        "needsEmailVerification": not user.has_confirmed_mail(),
        "needsProfileCompletion": consultant is not None and consultant.profile_completed_at is None,
        "needsAdminApproval": consultant is not None and not consultant.is_approved,
    }


def pair(tokens: Tokens) -> dict[str, str]:
    return {"accessToken": tokens.access, "refreshToken": tokens.refresh}
