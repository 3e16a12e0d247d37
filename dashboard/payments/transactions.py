"""The list of transactions: its rows with all that they show, on the page and in the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django.core.paginator import Page, Paginator
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from consultants.models import Consultant
from dashboard.payments.forms import FindForm
from payments.listing import chosen, way_words
from payments.models import Payment, PaymentAttempt
from payments.payable import Subject, subjects_of

PER_PAGE = 25
EXPORTED = 500  # rows that are held at once while a file is written


@dataclass(frozen=True)
class Row:
    payment: Payment
    subject: Subject | None
    attempt: PaymentAttempt | None  # the one that counts, else the last

    @property
    def method(self) -> str:
        return self.attempt.method if self.attempt else ""


@dataclass(frozen=True)
class Head:
    """A column's head: a press on it orders by it, a second one the other way round. ``order`` is what a press asks
    for, ``sorted`` how the list stands now (aria-sort's words)."""

    words: str
    order: str = ""
    sorted: str = ""
    is_number: bool = False


def heads(form: FindForm) -> list[Head]:
    asked = form.cleaned_data.get("order") or "-createdAt"

    def head(words: str, name: str, *, first: str = "", is_number: bool = False) -> Head:
        if asked.removeprefix("-") != name:
            return Head(words, first + name, "", is_number)
        falls = asked.startswith("-")
        return Head(words, name if falls else f"-{name}", "descending" if falls else "ascending", is_number)

    return [
        head(_("When"), "createdAt", first="-"),
        head(_("Client"), "payer"),
        Head(_("For")),
        Head(_("Way")),
        Head(_("State")),
        head(_("Amount"), "amount", first="-", is_number=True),
        head(_("Refunded"), "refunded", first="-", is_number=True),
    ]


def found_by(consultant: Consultant, form: FindForm) -> QuerySet[Payment]:
    """What the form looks for, in its order. The form is valid."""
    mine = chosen(Payment.objects.filter(consultant=consultant), form.wanted())
    return mine.order_by(form.ordering, "-pk")


def with_attempts(rows: QuerySet[Payment]) -> QuerySet[Payment]:
    tries = PaymentAttempt.objects.defer("answer").order_by("created_at")
    return rows.prefetch_related(Prefetch("attempts", tries, to_attr="tries"))


def page_of(payments: QuerySet[Payment], number: Any) -> tuple[Page[Payment], list[Row]]:
    paged = Paginator(with_attempts(payments), PER_PAGE).get_page(number)
    return paged, rows_of(paged.object_list)


def rows_of(payments: Iterable[Payment]) -> list[Row]:
    """With what each was for. One query for each kind of that."""
    listed = list(payments)
    subjects = subjects_of(listed)
    return [Row(payment, subjects.get(payment.pk), counting(payment.tries)) for payment in listed]  # type: ignore[attr-defined]


def counting(attempts: list[PaymentAttempt]) -> PaymentAttempt | None:
    """The attempt that a payment's sums are of; where none is, the last."""
    return next((attempt for attempt in attempts if attempt.counts), attempts[-1] if attempts else None)


def columns() -> list[str]:
    return [
        _("Begun"),
        _("Paid"),
        _("Client"),
        _("Mail"),
        _("For"),
        _("Reference"),
        _("Kind"),
        _("Way"),
        _("State"),
        _("Asked for"),
        _("Came in"),
        _("Promised back"),
        _("Gone back"),
        _("Platform fee"),
        _("GST on fee"),
        _("Currency"),
        _("Order at the gateway"),
        _("Payment at the gateway"),
    ]


def lines(payments: QuerySet[Payment], zone: str) -> Iterator[list[Any]]:
    """The rows of a file, some at a time: a long list needs no more memory than a short one."""
    found = with_attempts(payments).iterator(chunk_size=EXPORTED)
    while some := list(islice(found, EXPORTED)):
        for row in rows_of(some):
            yield _line(row, zone)


def _line(row: Row, zone: str) -> list[Any]:
    payment, attempt = row.payment, row.attempt
    return [
        moment(payment.created_at, zone),
        moment(payment.captured_at, zone),
        payment.payer_name,
        payment.payer_email,
        payment.description,
        row.subject.reference if row.subject else "",
        payment.get_purpose_display(),
        way_words(row.method),
        payment.get_status_display(),
        *(
            in_rupees(paise)
            for paise in (
                payment.amount_paise,
                payment.captured_paise,
                payment.refunding_paise,
                payment.refunded_paise,
                payment.fee_paise,
                payment.fee_tax_paise,
            )
        ),
        payment.currency,
        payment.order_id or "",
        attempt.gateway_payment_id if attempt else "",
    ]


def moment(at: datetime | None, zone: str) -> str:
    """For a spreadsheet: ``2026-11-24 16:30``, in ``zone``."""
    return at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M") if at else ""


def in_rupees(paise: int) -> Decimal:
    """For a spreadsheet: a plain number of rupees."""
    return Decimal(paise).scaleb(-2)
