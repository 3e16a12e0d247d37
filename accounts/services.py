"""Making an account, and ending its logins."""

from __future__ import annotations

from collections.abc import Callable

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from accounts.names import split_name
from naksha.errors import DomainError, InvalidState

# What a role needs beside the login, made in the same transaction. Higher apps say so in AppConfig.ready.
_starters: dict[str, Callable[[User], object]] = {}


# How somebody is erased in every app. The highest of them says so in AppConfig.ready.
_erasers: list[Callable[[User], None]] = []


class NotForThisAdmin(DomainError):
    code, http_status = "PERMISSION_DENIED", 403


def erase_through(erase: Callable[[User], None]) -> None:
    """Have accounts erased by ``erase(user)``, which raises DomainError where that can't be."""
    _erasers[:] = [erase]


def when_joining(role: str, start: Callable[[User], object]) -> None:
    """Have ``start(user)`` run in the transaction that makes an account of ``role``."""
    _starters[role] = start


@transaction.atomic
def start_account(*, user: User) -> User:
    """Save a new, filled-in ``user`` with what its role needs. Raises IntegrityError if the address is taken."""
    user.save(force_insert=True)
    if start := _starters.get(user.role):
        start(user)
    audit.record(actor=user, action="account.created", subject=user, data={"role": user.role})
    return user


@transaction.atomic
def create_account(*, name: str, email: str, password: str | None, role: str, verified: bool = False) -> User:
    """Make an account with its unconfirmed address, and for a consultant the draft and its terms.

    ``name`` and ``password`` must have passed their validators. Raises IntegrityError if the address is taken.
    """
    first_name, last_name = split_name(name)
    user = User(email=email.strip().lower(), first_name=first_name, last_name=last_name, role=role)
    user.set_password(password)
    start_account(user=user)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=verified)
    return user


@transaction.atomic
def rename(*, user: User, name: str, actor: User | None = None, reason: str = "") -> None:
    """Give a login another name, which must have passed its validator. ``actor`` is the admin who does it for them."""
    if actor is not None:
        _guard_admins(user=user, actor=actor)
    user.first_name, user.last_name = split_name(name)
    user.save(update_fields=["first_name", "last_name", "updated_at"])
    audit.record(actor=actor or user, action="account.renamed", subject=user, reason=reason)


@transaction.atomic
def end_logins(*, user: User) -> None:
    """End every login of ``user``: sessions are refused from the next request on, whatever keeps them."""
    User.objects.filter(pk=user.pk).update(login_generation=F("login_generation") + 1)
    user.refresh_from_db(fields=["login_generation"])
    logins = UserSession.objects.filter(user=user)
    Session.objects.filter(session_key__in=list(logins.values_list("session_key", flat=True))).delete()
    logins.delete()


@transaction.atomic
def close_account(*, user: User, actor: User, reason: str) -> User:
    """Refuse ``user`` any login until it is opened again, and end the present ones."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if not user.is_active:
        raise InvalidState
    _guard_admins(user=user, actor=actor)
    user.is_active = False
    user.save(update_fields=["is_active", "updated_at"])
    end_logins(user=user)
    audit.record(actor=actor, action="account.closed", subject=user, reason=reason)
    return user


@transaction.atomic
def open_account(*, user: User, actor: User, reason: str) -> User:
    """Let ``user`` log in again."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.is_active:
        raise InvalidState
    _guard_admins(user=user, actor=actor)
    user.is_active = True
    user.save(update_fields=["is_active", "updated_at"])
    audit.record(actor=actor, action="account.opened", subject=user, reason=reason)
    return user


@transaction.atomic
def end_logins_for(*, user: User, actor: User, reason: str) -> None:
    """An admin ends every login of somebody else."""
    _guard_admins(user=user, actor=actor)
    end_logins(user=user)
    audit.record(actor=actor, action="account.logins_ended", subject=user, reason=reason)


@transaction.atomic
def erase_account(*, user: User, actor: User, reason: str) -> None:
    """An admin erases a client for good, as the client could. Raises DomainError while anything of theirs is open."""
    _guard_admins(user=user, actor=actor)
    audit.record(actor=actor, action="account.erased_for", subject=user, reason=reason)
    for erase in _erasers:
        erase(user)


@transaction.atomic
def make_admin(*, user: User, actor: User, reason: str) -> User:
    """Give ``user`` the admin's role. Super admins alone may; a consultant's account stays a consultant's."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if not actor.is_superuser:
        raise NotForThisAdmin(_("Only a super admin may make somebody an admin."))
    if user.role != User.Role.CLIENT or not user.is_active:
        raise InvalidState
    user.role = User.Role.ADMIN
    user.save(update_fields=["role", "updated_at"])
    end_logins(user=user)
    audit.record(actor=actor, action="account.made_admin", subject=user, reason=reason)
    return user


@transaction.atomic
def take_admin(*, user: User, actor: User, reason: str) -> User:
    """Take the admin's role from ``user``, who stays as a client. Super admins alone may, and not from themselves."""
    user = User.objects.select_for_update().get(pk=user.pk)
    _guard_admins(user=user, actor=actor)
    if user.role != User.Role.ADMIN:
        raise InvalidState
    user.role, user.is_superuser = User.Role.CLIENT, False
    user.save(update_fields=["role", "is_superuser", "updated_at"])
    end_logins(user=user)
    audit.record(actor=actor, action="account.admin_taken", subject=user, reason=reason)
    return user


def _guard_admins(*, user: User, actor: User) -> None:
    if user.pk == actor.pk:
        raise DomainError(_("You can't do this to your own account."))
    if user.is_staff and not actor.is_superuser:
        raise NotForThisAdmin(_("Only a super admin may change an admin's account."))
