"""What a client paid, to whom, with its refunds and papers; and the sums of a financial year (April to March, IST)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import DateTimeField, Max, Min, Prefetch, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from payments.models import Invoice, Payment, Refund
from payments.payable import owned_by
from payments.periods import Year

PER_PAGE = 20


def every_payment_of(user: User) -> QuerySet[Payment]:
    return Payment.objects.filter(owned_by(user))


def payments_of(user: User) -> QuerySet[Any]:
    """All payments of a login that came to something or failed; ``moment`` is when."""
    moment = Coalesce("captured_at", "authorized_at", "failed_at", "created_at", output_field=DateTimeField())
    return Payment.objects.filter(owned_by(user)).exclude(status=Payment.Status.CREATED).annotate(moment=moment)


def documents_of(user: User) -> QuerySet[Invoice]:
    return Invoice.objects.filter(owned_by(user))


def refunds_of(user: User) -> QuerySet[Refund]:
    """Refunds as a client sees them: one that took the place of a failed one stands for it."""
    return Refund.objects.filter(payment__in=Payment.objects.filter(owned_by(user)), replaced_by__isnull=True)


@dataclass(frozen=True)
class Sums:
    paid_paise: int
    refunded_paise: int
    payments: int

    @property
    def net_paise(self) -> int:
        return self.paid_paise - self.refunded_paise


@dataclass(frozen=True)
class Line:
    payment: Payment
    refunds: list[Refund]
    documents: list[Invoice]


@dataclass(frozen=True)
class Statement:
    year: Year
    years: list[Year]
    sums: Sums
    page: Page
    lines: list[Line]


def statement(user: User, *, asked: str, number: Any) -> Statement:
    """The payments of one financial year, the newest first, with the year's sums. The number of queries is fixed."""
    now = timezone.now()
    mine = payments_of(user)
    span = mine.aggregate(first=Min("moment"), last=Max("moment"))
    newest, oldest = Year.of(span["last"] or now), Year.of(span["first"] or now)
    this = Year.of(now)
    years = [Year.starting(y) for y in range(max(this, newest, key=_start).begins.year, oldest.begins.year - 1, -1)]
    wanted = Year.named(asked)
    year = wanted if wanted in years else (newest if span["last"] else this)
    within = mine.filter(moment__gte=year.begins, moment__lt=year.ends).select_related("consultant")
    page = Paginator(within.order_by("-moment", "-pk"), PER_PAGE).get_page(number)
    return Statement(year, years, sums_of(user, year), page, lines_of(page.object_list))


def _start(year: Year) -> datetime:
    return year.begins


def sums_of(user: User, year: Year) -> Sums:
    """What was paid within the year and what came back within it, whenever it had been paid."""
    paid = payments_of(user).filter(captured_paise__gt=0, captured_at__gte=year.begins, captured_at__lt=year.ends)
    back = refunds_of(user).filter(
        status=Refund.Status.PROCESSED, processed_at__gte=year.begins, processed_at__lt=year.ends
    )
    return Sums(
        paid.aggregate(paise=Sum("captured_paise"))["paise"] or 0,
        back.aggregate(paise=Sum("amount_paise"))["paise"] or 0,
        paid.count(),
    )


def lines_of(payments: Any) -> list[Line]:
    rows = list(
        payments.prefetch_related(
            Prefetch("refunds", Refund.objects.filter(replaced_by__isnull=True).order_by("created_at"), "shown"),
            Prefetch("invoices", Invoice.objects.order_by("issued_at", "created_at"), "papers"),
        )
    )
    return [Line(payment, payment.shown, payment.papers) for payment in rows]
