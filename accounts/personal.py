"""What this app knows of somebody: as they may take it along, and how it is erased."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db.models import Q
from django.db.models.functions import Lower

from accounts.models import ApiLogin, AuditEntry, User
from accounts.services import end_logins
from naksha.api.models import KeptAnswer
from naksha.personal import Identity, redact_rows


def export(user: User) -> dict[str, Any]:
    return {
        "name": user.name,
        "mail_address": user.email,
        "joined": user.date_joined,
        "last_login": user.last_login,
        "mail_addresses": list(EmailAddress.objects.filter(user=user).values("email", "verified", "primary")),
        "logins_elsewhere": list(
            SocialAccount.objects.filter(user=user).values("provider", "uid", "date_joined", "last_login")
        ),
        "second_factors": list(Authenticator.objects.filter(user=user).values("type", "created_at", "last_used_at")),
        "logins_and_devices": list(
            UserSession.objects.filter(user=user).values("created_at", "last_seen_at", "ip", "user_agent")
        ),
        "logins_of_apps": list(
            ApiLogin.objects.filter(user=user).values("created_at", "last_used_at", "ended_at", "device", "address")
        ),
        "what_you_did": list(
            AuditEntry.objects.filter(actor=user).order_by("created_at").values("created_at", "action", "reason")
        ),
    }


def mail_addresses(user: User) -> set[str]:
    """Every address of the login, confirmed or not, in small letters."""
    others = EmailAddress.objects.filter(user=user).values_list("email", flat=True)
    return {user.email.lower(), *(email.lower() for email in others)}


def taken_by_others(user: User, emails: Iterable[str]) -> set[str]:
    """Those of ``emails``, in small letters, that belong to somebody else's login."""
    low = [email.lower() for email in emails]
    logins = User.objects.annotate(low=Lower("email")).filter(low__in=low).exclude(pk=user.pk)
    more = EmailAddress.objects.annotate(low=Lower("email")).filter(low__in=low).exclude(user=user)
    return {*logins.values_list("low", flat=True), *more.values_list("low", flat=True)}


def erase(*, user: User, identity: Identity, subjects: Collection[UUID]) -> None:
    """Erase the login, last of all: its logins end, its row goes, and with it all that hangs from it alone.

    The trail stays, without a person: what was done to ``subjects`` (the ids of what was theirs), and when.
    """
    end_logins(user=user)
    AuditEntry.objects.filter(actor=user).update(actor_label="", reason="")
    theirs = AuditEntry.objects.filter(Q(subject_id__in=list(subjects)) | Q(subject_id=user.pk) | Q(actor=user))
    redact_rows(theirs, identity, "actor_label", "subject_label", "reason", "data")
    AuditEntry.objects.filter(subject_kind="accounts.user", subject_id=user.pk).update(subject_label="")
    AuditEntry.objects.create(action="account.erased", subject_kind="accounts.user", subject_id=user.pk)
    KeptAnswer.objects.filter(account=str(user.pk)).delete()
    user.delete()
