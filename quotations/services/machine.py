"""The states of a quotation: which moves there are, who makes them, and how its row is locked.

=========  ================  ===================================================================================
move       from              who, when
=========  ================  ===================================================================================
sent       draft             the consultant; it takes its number then, and nothing on it changes any more
viewed     sent              its client, by opening the page for the first time
accepted   sent, viewed      its client, with a typed name, before it lapses
paid       accepted          money that makes the whole; at once where nothing is to be paid
accepted   paid              a part that was promised back: it isn't whole any more
declined   sent, viewed      its client, with a reason
expired    sent, viewed      the schedule when it lapses; the consultant who withdraws it or sends a new version; a
                             suspension of the consultant
expired    accepted, paid    the consultant who calls the work off; whoever gives back all that was paid for it
=========  ================  ===================================================================================

A move that has been made already changes nothing where the same answer came twice; any other raises InvalidState.

Locks are always taken in this order: the client where something new is written to them, the quotation (of two versions
the older one first), its payments, the series.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied

from accounts.models import User
from clients.services import chosen
from naksha.errors import InvalidState
from quotations.models import Quotation, QuotationReminder

S = Quotation.Status
MOVES: dict[str, frozenset[str]] = {
    S.DRAFT: frozenset({S.SENT}),
    S.SENT: frozenset({S.VIEWED, S.ACCEPTED, S.DECLINED, S.EXPIRED}),
    S.VIEWED: frozenset({S.ACCEPTED, S.DECLINED, S.EXPIRED}),
    S.ACCEPTED: frozenset({S.PAID, S.EXPIRED}),
    S.PAID: frozenset({S.ACCEPTED, S.EXPIRED}),
    S.DECLINED: frozenset(),
    S.EXPIRED: frozenset(),
}


def locked(quotation_id: UUID, *, skip_locked: bool = False) -> Quotation:
    """The quotation as it is now, locked until the transaction ends. Raises Quotation.DoesNotExist, also where
    ``skip_locked`` and somebody is at it."""
    return (
        Quotation.objects.select_for_update(of=("self",), skip_locked=skip_locked)
        .select_related("consultant__user", "client__user")
        .get(pk=quotation_id)
    )


def locked_for(quotation: Quotation, actor: User) -> Quotation:
    """As :func:`locked`, for its consultant. Raises PermissionDenied for anybody else."""
    found = locked(quotation.pk)
    if found.consultant.user_id != actor.pk or not found.consultant.is_approved:
        raise PermissionDenied
    return found


def locked_for_client(quotation: Quotation, actor: User) -> Quotation:
    """As :func:`locked_for`, for something new that is written to its client, who comes back from the archive. Raises
    InvalidState too, for one who was erased or merged meanwhile."""
    client = chosen(quotation.client)
    found = locked_for(quotation, actor)
    if found.client_id != client.pk:
        raise InvalidState
    return found


def move(quotation: Quotation, status: str) -> None:
    """Change the state of a locked quotation, without saving it. Raises InvalidState for a move not in the table."""
    if status not in MOVES[quotation.status]:
        raise InvalidState
    quotation.status = S(status)


def close(quotation: Quotation, status: str, *, now: datetime, ending: str = "", reason: str = "") -> None:
    """Move a locked quotation to an end and save it; nobody is reminded of it any more. Raises InvalidState: what was
    accepted ends by being called off, and nothing else does."""
    if (ending == Quotation.Ending.CALLED_OFF) != (quotation.status in Quotation.AGREED):
        raise InvalidState
    move(quotation, status)
    quotation.ending = ending
    quotation.closed_at = now
    quotation.close_reason = reason
    quotation.save()
    drop_reminders(quotation)


def drop_reminders(quotation: Quotation) -> None:
    waiting = QuotationReminder.objects.filter(quotation=quotation, status=QuotationReminder.Status.WAITING)
    waiting.update(status=QuotationReminder.Status.DROPPED)
