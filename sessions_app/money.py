"""What the sessions of a list cost and what was paid, whatever they came from, without a query for each.

A payment status is read off four facts, in Python for what is shown (:attr:`Money.status`) and in SQL for what is
searched (:func:`with_payment_status`): the two stand side by side here and change together.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    TextChoices,
    UUIDField,
    Value,
    When,
)
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from consultants.models import Consultant
from naksha.kept import KeptValues, some
from payments.models import Payment
from sessions_app import origin
from sessions_app.models import Session


class PaymentStatus(TextChoices):
    PENDING = "pending", _("Not paid")
    PAID = "paid", _("Paid")
    FAILED = "failed", _("Failed")
    REFUNDED = "refunded", _("Refunded")
    PARTIALLY_REFUNDED = "partially_refunded", _("Partly refunded")


@dataclass(frozen=True)
class Money:
    """Amounts are paise, with GST. ``paid`` is all that came in, whatever went back since; ``elsewhere`` was paid
    without us; ``owed`` is what the client can pay now; ``failed``: the last try to pay came to nothing."""

    total_paise: int = 0
    paid_paise: int = 0
    refunded_paise: int = 0
    elsewhere_paise: int = 0
    owed_paise: int = 0
    currency: str = "INR"
    failed: bool = False

    @property
    def status(self) -> PaymentStatus:
        """One that costs nothing is paid: there is nothing to wait for."""
        if self.refunded_paise:
            whole = self.refunded_paise >= self.paid_paise
            return PaymentStatus.REFUNDED if whole else PaymentStatus.PARTIALLY_REFUNDED
        if self.paid_paise + self.elsewhere_paise >= self.total_paise:
            return PaymentStatus.PAID
        return PaymentStatus.FAILED if self.failed and not self.paid_paise else PaymentStatus.PENDING


def status_of(failed: Q | None) -> Case:
    """The same (:attr:`Money.status`) in a query with the sums ``deal_total``, ``deal_paid`` and ``deal_refunded``,
    the first without what was paid elsewhere. Without ``failed`` what failed is pending."""
    tried = [] if failed is None else [When(Q(failed, deal_paid=0), then=Value(PaymentStatus.FAILED))]
    return Case(
        When(deal_refunded__gt=0, deal_refunded__gte=F("deal_paid"), then=Value(PaymentStatus.REFUNDED)),
        When(deal_refunded__gt=0, then=Value(PaymentStatus.PARTIALLY_REFUNDED)),
        When(deal_paid__gte=F("deal_total"), then=Value(PaymentStatus.PAID)),
        *tried,
        default=Value(PaymentStatus.PENDING),
        output_field=CharField(),
    )


def with_payment_status(
    rows: QuerySet[Session], wanted: Collection[str], *, user: User | None, consultant: Consultant | None = None
) -> QuerySet[Session]:
    """Those of ``rows`` whose payment status is one of ``wanted``, as ``user`` (None: the consultant) sees it. What
    others keep the books of is summed up once, not row by row; ``consultant`` says whose books need be read."""
    failed = Q(has_failed_try()) if asks_for_tries(wanted) else None
    rows = rows.alias(
        deal_total=F("total_paise") - F("elsewhere_paise"),
        deal_paid=F("paid_paise"),
        deal_refunded=F("refunded_paise"),
    )
    mine, theirs = Q(deal_status__in=wanted), Q()
    for books in origin.books():
        mine &= Q(reference__isnull=False) | ~Q(books.is_theirs(user=user))
        theirs |= Q(pk__in=books.with_status(wanted, consultant=consultant, user=user))
    return rows.alias(deal_status=status_of(failed)).filter(mine | theirs)


def asks_for_tries(wanted: Collection[str]) -> bool:
    """Whether it matters if an unpaid one has been tried: it does where one of the two is wanted and not the other."""
    return (PaymentStatus.PENDING in wanted) != (PaymentStatus.FAILED in wanted)


def _failed_tries(session: OuterRef | Collection[UUID]) -> QuerySet[Payment]:
    of = Q(payable_id=session) if isinstance(session, OuterRef) else Q(payable_id__in=session)
    return Payment.objects.filter(of, payable_kind=Session.PAYABLE, status=Payment.Status.FAILED)


def has_failed_try() -> Exists:
    """For a query of sessions: whether somebody tried to pay for it, and came to nothing."""
    return Exists(_failed_tries(OuterRef("pk")))


# Asked for with each page of sessions that a consultant has written down.
_TRIES = KeptValues(
    lambda size: _failed_tries(some("session", UUIDField(), size)).order_by().values_list("payable_id").distinct()
)


def _failed_of(sessions: list[UUID]) -> set[UUID]:
    if len(sessions) > KeptValues.MOST:
        return set(_failed_tries(sessions).values_list("payable_id", flat=True))
    return {pk for (pk,) in _TRIES.all("session", sessions)}


def money_of(
    sessions: Sequence[Session], *, user: User | None, failed: Collection[UUID] | None = None
) -> dict[UUID, Money]:
    """What each of ``sessions`` costs ``user``, or brings the consultant when that is None. Three queries at most; one
    less where it is known which of their own tries ``failed``."""
    found: dict[UUID, Money] = {}
    for books in origin.books():
        found |= books.money_of([session for session in sessions if session.reference is None], user=user)
    own = [session for session in sessions if session.id not in found]
    if failed is None:
        unpaid = [session.id for session in own if session.total_paise and not session.paid_paise]
        failed = _failed_of(unpaid) if unpaid else set()
    return found | {session.id: _own(session, session.id in failed) for session in own}


def refundable_of(sessions: Sequence[Session]) -> dict[UUID, int]:
    """What was paid for each of ``sessions`` and has not been promised back yet, in paise: what goes back to clients if
    they are cancelled by the consultant. Two queries; sessions of which nothing would go back are left out."""
    found: dict[UUID, int] = {}
    for books in origin.books():
        found |= books.refundable([session for session in sessions if session.reference is None])
    own = [session.pk for session in sessions if session.reference is not None]
    return found | (left_of(Session.PAYABLE, own) if own else {})


def left_of(kind: str, ids: Collection[UUID]) -> dict[UUID, int]:
    """What came in for each payable and was not promised back, in paise, where there is something."""
    rows = Payment.objects.filter(payable_kind=kind, payable_id__in=ids).captured().order_by().values("payable_id")
    sums = rows.annotate(left=Sum(F("captured_paise") - F("refunding_paise"))).filter(left__gt=0)
    return dict(sums.values_list("payable_id", "left"))


def _own(session: Session, failed: bool) -> Money:
    return Money(
        total_paise=session.total_paise,
        paid_paise=session.paid_paise,
        refunded_paise=session.refunded_paise,
        elsewhere_paise=session.elsewhere_paise,
        owed_paise=session.payable_paise,
        currency=session.currency,
        failed=failed,
    )
