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


@transaction.atomic
def change_consultant(
    *, consultant: Consultant, actor: User, reason: str, status: str | None = None, **changes: Any
) -> Consultant:
    """Change the page, and suspend or open again where ``status`` is another. Raises InvalidState for another move."""
    consultant = update_profile(consultant=consultant, actor=actor, reason=reason, **changes)
    if status in (None, consultant.status):
        return consultant
    if status == Consultant.Status.SUSPENDED:
        return approval.suspend(consultant=consultant, actor=actor, reason=reason)
    return approval.reinstate(consultant=consultant, actor=actor, reason=reason)


@transaction.atomic
def change_account(
    *, user: User, actor: User, reason: str, name: str | None = None, is_active: bool | None = None
) -> None:
    """Rename an account, and close or open it; a consultant's is suspended or reinstated. Raises DomainError."""
    if name not in (None, user.name):
        accounts.rename(user=user, name=name, actor=actor, reason=reason)
    if is_active in (None, user.is_active):
        return
    if user.is_consultant:
        move = approval.reinstate if is_active else approval.suspend
        move(consultant=consultant_of(user), actor=actor, reason=reason)
    else:
        (accounts.open_account if is_active else accounts.close_account)(user=user, actor=actor, reason=reason)


def consultant_of(user: User) -> Consultant:
    """Raises InvalidState for an account that is no consultant's."""
    consultant = Consultant.objects.filter(user=user).first()
    if consultant is None:
        raise InvalidState
    return consultant
