"""What can be paid for, as this app sees it: it never knows what is being paid for.

A higher app registers a loader for its kind of payable from ``AppConfig.ready``; the loader locks the row. The order
of locks is always the payable first, its payments after: whoever calls :func:`payments.services.request_refund` holds
the payable already, and whoever settles a payment loads the payable before the payment. So the two can't wait
for each other in a ring.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

import structlog
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from accounts.models import User
    from consultants.models import Consultant
    from payments.models import Payment, Refund


log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Settled:
    """The payable has taken the money as its own."""


@dataclass(frozen=True)
class RefundInFull:
    """The payable can't use the money: all of it goes back. ``reason`` is a sentence for the record."""

    reason: str


@dataclass(frozen=True)
class InvoiceLine:
    """One of several things that were sold together. Amounts in paise, before GST."""

    description: str
    quantity: str  # as it is read: 2.5
    price_paise: int  # of one
    gross_paise: int
    net_paise: int  # after its own discount: by this the whole is divided among the lines


@dataclass(frozen=True)
class InvoiceFacts:
    """What was sold, on the terms that were frozen when it was ordered. Amounts in paise, shares in basis points."""

    reference: str  # what people call it: NK-7F3K2Q9B
    description: str
    currency: str
    price_paise: int  # before GST
    tax_paise: int
    total_paise: int
    gst_basis_points: int
    fee_basis_points: int  # the platform's share of the price before GST
    client_name: str
    client_email: str
    client_phone: str = ""
    client_address: str = ""
    client_state_code: str = ""
    client_pin_code: str = ""
    client_gstin: str = ""
    supplied_at: datetime | None = None
    supply_confirmed: bool = True  # agreed by both: a request that waits for its yes is not
    lines: tuple[InvoiceLine, ...] = ()  # empty: one thing, which ``description`` names


class Payable(Protocol):
    """Its methods run inside the money transaction, with the payment's row locked; they ask no other machine.

    ``payment_captured`` is told of money that came for it, once for each payment, and says whether it is of use.
    ``refund_promised`` is told when a person, or somebody at the gateway, gives back money that had been ``Settled``:
    our own decision counts, not when the gateway is done. What the payable itself has asked to give back
    (:func:`payments.services.request_refund`) it knows.
    ``payment_refunded`` is told when the gateway has given back money that had been ``Settled``.
    ``excess_refunded`` is told when money went back that never counted: the whole of a payment that it answered with
    ``RefundInFull``, or of a second payment for one order. There is nothing to subtract, only somebody to tell.
    """

    @property
    def payable_kind(self) -> str: ...
    @property
    def payable_id(self) -> UUID: ...
    def payment_captured(self, payment: Payment) -> Settled | RefundInFull: ...
    def refund_promised(self, refund: Refund) -> None: ...
    def payment_refunded(self, refund: Refund) -> None: ...
    def excess_refunded(self, refund: Refund) -> None: ...
    def invoice_facts(self) -> InvoiceFacts: ...


@dataclass(frozen=True)
class Due:
    """The payment of what is owed now; ``until`` is when it stops being asked for, if there is such a moment."""

    payment: Payment
    until: datetime | None = None


@dataclass(frozen=True)
class Door:
    """How who owes for a kind of payable comes to it from outside.

    ``ids_of`` are the names of those that a login is the client of, as a query of one column. ``id_of_token`` is the
    one that the secret of a link opens, or None. ``due`` raises a DomainError where nothing is owed (any more).
    """

    ids_of: Callable[[User], QuerySet[Any, Any]]
    id_of_token: Callable[[str], UUID | None]
    due: Callable[[UUID], Due]


@dataclass(frozen=True)
class Subject:
    """What was paid for, as its consultant's pages name it. Addresses are paths."""

    noun: str  # Booking
    reference: str  # NK-7F3K2Q9B
    title: str
    url: str  # its page on the consultant's desk; empty where it has none
    client_id: UUID
    client_name: str


class Desk(Protocol):
    """How payables of one kind stand on their consultant's desk."""

    @property
    def noun(self) -> str:
        """What one of them is called: Booking."""
        ...

    def subjects(self, ids: Collection[UUID]) -> Mapping[UUID, Subject]:
        """What those of ``ids`` that are there are called. One query."""
        ...

    def owing(self, consultant: Consultant) -> QuerySet[Any]:
        """What clients of ``consultant`` still owe: a query annotated with ``over_at`` (what is paid for ends or ended
        then), ``owed`` and ``price`` in paise."""
        ...

    def ending_from(self, consultant: Consultant, moment: datetime) -> QuerySet[Any]:
        """What ends, or has ended, at ``moment`` or later: a query annotated with ``over_at``, when that is or was.
        What was called off ended then."""
        ...

    def ended_by_refund(self, payable_id: UUID, amount_paise: int) -> str:
        """What giving back ``amount_paise`` more of what was paid ends, in a sentence for whoever gives it; empty where
        what was agreed stays."""
        ...

    def ask(self, payable_id: UUID, *, actor: User) -> None:
        """Mail the client the link to pay what is owed. Raises ObjectDoesNotExist, also where it is another's,
        payments.errors.AskedAlready, and what says that nothing is owed."""
        ...


Loader = Callable[[UUID], Payable]
_loaders: dict[str, Loader] = {}
_doors: dict[str, Door] = {}
_desks: dict[str, Desk] = {}


def register(kind: str, loader: Loader, door: Door | None = None, desk: Desk | None = None) -> None:
    """Say how a payable of ``kind`` is fetched and locked (``select_for_update``). Raises ObjectDoesNotExist itself."""
    _loaders[kind] = loader
    if door is not None:
        _doors[kind] = door
    if desk is not None:
        _desks[kind] = desk


def unregister(kind: str) -> None:
    _loaders.pop(kind, None)
    _doors.pop(kind, None)
    _desks.pop(kind, None)


def desks() -> dict[str, Desk]:
    """Those of all kinds."""
    return dict(_desks)


def subjects_of(payments: Iterable[Payment]) -> dict[UUID, Subject]:
    """What each of ``payments`` was for, by the payment's id; nothing for what is gone. One query for each kind."""
    listed = list(payments)
    named: dict[tuple[str, UUID], Subject] = {}
    for kind, desk in _desks.items():
        ids = {payment.payable_id for payment in listed if payment.payable_kind == kind}
        named |= {(kind, payable_id): subject for payable_id, subject in desk.subjects(ids).items()} if ids else {}
    found = {payment.pk: named.get((payment.payable_kind, payment.payable_id)) for payment in listed}
    return {payment_id: subject for payment_id, subject in found.items() if subject is not None}


def noun_of(kind: str) -> str:
    """What a payable of ``kind`` is called, on a document about it."""
    desk = _desks.get(kind)
    return desk.noun if desk else _("Reference")


def ended_by_refund(payment: Payment, amount_paise: int) -> str:
    """As :meth:`Desk.ended_by_refund`, for what ``payment`` was for; empty for what is gone."""
    desk = _desks.get(payment.payable_kind)
    return desk.ended_by_refund(payment.payable_id, amount_paise) if desk else ""


def doors() -> dict[str, Door]:
    """Those of all kinds."""
    return dict(_doors)


def owned_by(user: User) -> Q:
    """For payments and documents: those whose payable ``user`` is the client of."""
    theirs = Q(pk__in=[])
    for kind, door in _doors.items():
        theirs |= Q(payable_kind=kind, payable_id__in=door.ids_of(user))
    return theirs


def load(kind: str, payable_id: UUID) -> Payable:
    """The payable, locked until the transaction ends. Raises LookupError for a kind that nobody registered."""
    try:
        loader = _loaders[kind]
    except KeyError:
        raise LookupError(f"no payable is registered as {kind!r}") from None
    return loader(payable_id)


def load_if_there(kind: str, payable_id: UUID) -> Payable | None:
    """As :func:`load`, or None if the row is gone."""
    try:
        return load(kind, payable_id)
    except ObjectDoesNotExist:
        log.error("payable_gone", kind=kind, payable=str(payable_id))
        return None
