"""Accounts and the audit log, in the admin's hands. Passwords, secrets and sessions are in nobody's."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts import services
from accounts.adminsite import AdminsOnly
from accounts.models import AuditEntry, User
from accounts.moves import Move, MovesAdmin

for model in (EmailAddress, Authenticator, SocialAccount, SocialApp, SocialToken, UserSession, Group):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


def _may_touch(user: User, actor: User) -> bool:
    return user.pk != actor.pk and (actor.is_superuser or not user.is_staff)


CLOSING = Move(
    "close",
    _("Close the account"),
    _("Nobody can log in to it any more, and every login ends."),
    _("The account is closed."),
    act=lambda user, actor, reason: services.close_account(user=user, actor=actor, reason=reason),
    offered=lambda user, actor: user.is_active and not user.is_consultant and _may_touch(user, actor),
    tone="danger",
)
OPENING = Move(
    "open",
    _("Open the account"),
    _("The person can log in again."),
    _("The account is open again."),
    act=lambda user, actor, reason: services.open_account(user=user, actor=actor, reason=reason),
    offered=lambda user, actor: not user.is_active and not user.is_consultant and _may_touch(user, actor),
)
MOVES = (
    Move(
        "end-logins",
        _("End all logins"),
        _("Every device is logged out at once. The account stays open."),
        _("Every login of this account has ended."),
        act=lambda user, actor, reason: services.end_logins_for(user=user, actor=actor, reason=reason),
        offered=_may_touch,
    ),
    Move(
        "make-admin",
        _("Make an admin"),
        _("This person can approve consultants, and see money and mails."),
        _("This account is an admin's now."),
        act=lambda user, actor, reason: services.make_admin(user=user, actor=actor, reason=reason),
        offered=lambda user, actor: actor.is_superuser and user.role == User.Role.CLIENT and user.is_active,
    ),
    Move(
        "take-admin",
        _("Take the admin role"),
        _("The account becomes a client's. Its logins end."),
        _("This account is no admin's any more."),
        act=lambda user, actor, reason: services.take_admin(user=user, actor=actor, reason=reason),
        offered=lambda user, actor: actor.is_superuser and user.is_staff and user.pk != actor.pk,
        tone="danger",
    ),
    CLOSING,
    OPENING,
)


@admin.register(User)
class UserAdmin(MovesAdmin):
    list_display = (
        "email",
        "name",
        "told_role",
        "is_active",
        "confirmed",
        "second_factor",
        "last_login",
        "date_joined",
    )
    list_filter = ("role", "is_active", "is_superuser")
    search_fields = ("email", "first_name", "last_name")
    ordering = ("-date_joined",)
    fields = ("email", "name", "told_role", "is_active", "confirmed", "second_factor", "last_login", "date_joined")
    readonly_fields = fields
    moves = MOVES

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return (
            super()
            .get_queryset(request)
            .annotate(
                has_confirmed=Exists(EmailAddress.objects.filter(user=OuterRef("pk"), verified=True)),
                has_second_factor=Exists(Authenticator.objects.filter(user=OuterRef("pk"))),
            )
        )

    @display(description=_("role"), ordering="role")
    def told_role(self, user: User) -> str:
        return str(_("Super admin")) if user.is_superuser else user.get_role_display()

    @display(description=_("mail confirmed"), boolean=True)
    def confirmed(self, user: Any) -> bool:
        return bool(user.has_confirmed)

    @display(description=_("second factor"), boolean=True)
    def second_factor(self, user: Any) -> bool:
        return bool(user.has_second_factor)


@admin.register(AuditEntry)
class AuditAdmin(AdminsOnly):
    """Who did what to whom, and why. Lines are added by the services alone."""

    list_display = ("created_at", "actor_label", "told", "subject_label", "subject_kind", "reason")
    list_filter = ("action", "subject_kind", "created_at")
    search_fields = ("actor_label", "subject_label", "reason", "request_id")
    ordering = ("-created_at",)
    fields = (
        "created_at",
        "actor_label",
        "action",
        "subject_kind",
        "subject_label",
        "subject_id",
        "reason",
        "data",
        "request_id",
    )
    readonly_fields = fields
