"""What an admin changes for a consultant or at an account, beside the decisions of :mod:`.approval`."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts import services as accounts
from accounts.models import User
from consultants.models import Consultant
from consultants.services import approval
from consultants.services.profile import update_profile
from naksha.errors import InvalidState

APPROVED, SUSPENDED = Consultant.Status.APPROVED, Consultant.Status.SUSPENDED


@transaction.atomic
def change_consultant(
    *, consultant: Consultant, actor: User, reason: str, status: str | None = None, **changes: Any
) -> Consultant:
    """Change the page, and suspend or open again where ``status`` is another. Raises InvalidState for another move."""
    consultant = update_profile(consultant=consultant, actor=actor, reason=reason, **changes)
    if status in (None, consultant.status):
        return consultant
    if status == SUSPENDED:
        return approval.suspend(consultant=consultant, actor=actor, reason=reason)
    return approval.reinstate(consultant=consultant, actor=actor, reason=reason)


@transaction.atomic
def change_account(
    *, user: User, actor: User, reason: str, name: str | None = None, is_active: bool | None = None
) -> None:
    """Rename an account, and close or open it; an approved consultant's is suspended, and reinstated from that. Raises
    DomainError."""
    if name not in (None, user.name):
        accounts.rename(user=user, name=name, actor=actor, reason=reason)
    if is_active in (None, user.is_active):
        return
    consultant = Consultant.objects.select_for_update(of=("self",)).filter(user=user).first()
    if consultant is not None and consultant.status == (SUSPENDED if is_active else APPROVED):
        (approval.reinstate if is_active else approval.suspend)(consultant=consultant, actor=actor, reason=reason)
    else:
        (accounts.open_account if is_active else accounts.close_account)(user=user, actor=actor, reason=reason)


@transaction.atomic
def change_applicants_account(*, consultant: Consultant, actor: User, reason: str, is_active: bool) -> None:
    """Close or open the account of one without a page. Raises InvalidState for who is approved or suspended by now."""
    consultant = Consultant.objects.select_for_update(of=("self",)).select_related("user").get(pk=consultant.pk)
    if consultant.was_approved:
        raise InvalidState
    change = accounts.open_account if is_active else accounts.close_account
    change(user=consultant.user, actor=actor, reason=reason)


def consultant_of(user: User) -> Consultant:
    """Raises InvalidState for an account that is no consultant's."""
    consultant = Consultant.objects.filter(user=user).first()
    if consultant is None:
        raise InvalidState
    return consultant
