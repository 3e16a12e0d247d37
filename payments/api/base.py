"""Whose payments somebody sees, and the order that somebody pays."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404

from accounts.models import User
from naksha.api.errors import ApiError
from naksha.errors import InvalidState
from payments import payable
from payments.models import Payment, Refund
from payments.payable import Due
from payments.services import ensure_order


def payments_of(user: User) -> QuerySet[Payment]:
    """Those that a login has made or, for a consultant, has had; all for an admin."""
    rows = Payment.objects.select_related("consultant").prefetch_related(
        Prefetch(
            "refunds", Refund.objects.filter(replaced_by__isnull=True).order_by("created_at"), to_attr="shown_refunds"
        )
    )
    if user.is_staff:
        return rows
    mine = payable.owned_by(user)
    return rows.filter(mine | Q(consultant__user=user)) if user.is_consultant else rows.filter(mine)


def due_of(user: Any, given: dict[str, Any], not_logged_in: ApiError) -> Due:
    """What is to be paid now for what ``given`` names: ``manage_token``, or a kind's id for its client's login.

    Raises Http404 for what is another's, and what the payable itself refuses.
    """
    doors = payable.doors()
    if token := given.get("manage_token"):
        for door in doors.values():
            if (found := door.id_of_token(token)) is not None:
                return door.due(found)
        raise Http404
    if not isinstance(user, User):
        raise not_logged_in
    ((name, payable_id),) = given.items()
    door = doors[name.removesuffix("Id")]
    if not door.ids_of(user).filter(pk=payable_id).exists():
        raise Http404
    return door.due(payable_id)


def ordered(due: Due) -> Due:
    """``due`` with its order at the gateway. Raises GatewayUnavailable, and InvalidState while a bank still thinks."""
    payment = ensure_order(due.payment.pk)
    if not payment.can_be_paid:
        raise InvalidState
    return Due(payment, due.until)


def opens(token: str, payment: Payment) -> bool:
    """Whether the secret of a link opens what ``payment`` is for."""
    door = payable.doors().get(payment.payable_kind)
    found: UUID | None = door.id_of_token(token) if door else None
    return found == payment.payable_id
