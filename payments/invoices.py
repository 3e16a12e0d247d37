"""Issuing documents: which one, with what on it, under which number.

Called inside the transaction that moves the money, with the payable and the payment locked. The lock of a series is
taken last and held shortly, until that transaction ends: so its numbers have no gaps, whatever is rolled back. For the
same reason a transaction moves the money of one payable only: one that held a series and then waited for another
payable could wait in a ring.

- Money for a supply that is agreed and paid in full: the document of the supply (tax invoice, bill of supply, or the
  plain invoice of somebody who is not registered), rules 46 and 49.
- Money before that (a deposit, a request that waits for a yes): a receipt voucher, rule 50. The later invoice takes
  it up.
- Money that goes back: a credit note on the invoice (s. 34, rule 53), or a refund voucher on the receipt voucher where
  no invoice was issued (rule 51).

Each is issued once: asking again for the same payment, supply or refund returns what there is.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from consultants.models import Consultant
from payments import tax
from payments.models import Invoice, InvoiceSeries, Payment, PaymentAttempt, Refund
from payments.payable import InvoiceFacts
from payments.tax import Split

log = structlog.get_logger(__name__)

Registration = Consultant.Registration


def issue_for_payment(payment: Payment, facts: InvoiceFacts, *, at: datetime | None = None) -> Invoice:
    """The document for money that has settled: the invoice if it completes an agreed supply, else a receipt voucher."""
    known = Invoice.objects.filter(payment=payment, refund__isnull=True).order_by("created_at").first()
    if known is not None:
        return known
    if facts.supply_confirmed:
        invoice = issue_for_supply(payable_kind=payment.payable_kind, payable_id=payment.payable_id, facts=facts, at=at)
        if invoice is not None:
            return invoice
    return _issue_voucher(payment, facts, at)


def issue_for_supply(
    *, payable_kind: str, payable_id: UUID, facts: InvoiceFacts, at: datetime | None = None
) -> Invoice | None:
    """The invoice of a supply that is agreed, once it is paid in full; None until then."""
    known = Invoice.objects.for_payable(payable_kind, payable_id).final().first()
    if known is not None:
        return known
    settled = PaymentAttempt.objects.filter(
        payment__payable_kind=payable_kind,
        payment__payable_id=payable_id,
        outcome=PaymentAttempt.Outcome.SETTLED,
    ).order_by("captured_at", "pk")
    paid = settled.aggregate(paise=Sum("captured_paise"))["paise"] or 0
    if not facts.supply_confirmed or not paid or paid < facts.total_paise:
        return None
    attempts = list(settled.select_related("payment__consultant"))
    payment = attempts[-1].payment
    supplier = supplier_of(payment.consultant)
    place = _place(supplier, facts)
    kind = _kind(supplier, facts)
    split = tax.untaxed(facts.total_paise)
    if kind == Invoice.Kind.TAX_INVOICE:
        split = tax.on_price(
            facts.price_paise,
            basis_points=facts.gst_basis_points,
            within_state=place == supplier["state_code"],
            total=facts.total_paise,
        )
    vouchers = list(
        Invoice.objects.for_payable(payable_kind, payable_id)
        .filter(kind=Invoice.Kind.RECEIPT_VOUCHER)
        .order_by("issued_at", "serial")
    )
    return _write(
        kind,
        payment,
        facts,
        split,
        at=at,
        supplier=supplier,
        place=place,
        advances=vouchers,
        lines=lines_of(facts, split, supplier),
        details={
            "paid": [_paid(attempt, vouchers) for attempt in attempts],
            "advances": [_named(voucher) for voucher in vouchers],
            **({"title": facts.description} if facts.lines else {}),
        },
    )


def _issue_voucher(payment: Payment, facts: InvoiceFacts, at: datetime | None) -> Invoice:
    supplier = supplier_of(payment.consultant)
    place = _place(supplier, facts)
    split = tax.untaxed(payment.captured_paise)
    if _kind(supplier, facts) == Invoice.Kind.TAX_INVOICE:
        split = tax.within(
            payment.captured_paise,
            basis_points=facts.gst_basis_points,
            within_state=place == supplier["state_code"],
        )
    attempt = payment.attempts.filter(outcome=PaymentAttempt.Outcome.SETTLED).first()
    return _write(
        Invoice.Kind.RECEIPT_VOUCHER,
        payment,
        facts,
        split,
        at=at,
        supplier=supplier,
        place=place,
        lines=[_line(_("Advance for: %(what)s") % {"what": facts.description}, facts, split, supplier)],
        details={"paid": [_paid(attempt, [])] if attempt else []},
    )


@transaction.atomic
def issue_credit_note(refund: Refund, *, at: datetime | None = None) -> Invoice | None:
    """The document of money that goes back. None where no document was issued for the money that came.

    A refund that takes the place of a failed one is the same money: its document is the first one's.
    """
    first = refund
    while first.replaces is not None:
        first = first.replaces
    known = Invoice.objects.filter(refund=first).first()
    if known is not None:
        return known
    payment = refund.payment
    original = Invoice.objects.for_payable(payment.payable_kind, payment.payable_id).final().first()
    kind = Invoice.Kind.CREDIT_NOTE
    if original is None:
        original = Invoice.objects.filter(payment=payment, kind=Invoice.Kind.RECEIPT_VOUCHER).first()
        kind = Invoice.Kind.REFUND_VOUCHER
    if original is None or refund.is_excess:
        return None
    before = original.corrections.aggregate(paise=Sum("total_paise"))["paise"] or 0
    split = tax.part(original.split, before=before, amount=refund.amount_paise)
    line = {
        "description": original.details.get("title") or original.lines[0]["description"],
        "sac": original.lines[0]["sac"],
        "quantity": 1,
        "price_paise": split.taxable,
        "taxable_paise": split.taxable,
        "supplied_at": original.lines[0]["supplied_at"],
    }
    return _number_and_save(
        Invoice(
            kind=kind,
            consultant_id=original.consultant_id,
            payable_kind=original.payable_kind,
            payable_id=original.payable_id,
            reference=original.reference,
            payment=payment,
            refund=first,
            original=original,
            supplier=original.supplier,
            recipient=original.recipient,
            place_of_supply=original.place_of_supply,
            lines=[line],
            details={"original": _named(original), "reason": refund.reason},
            currency=original.currency,
            gst_basis_points=original.gst_basis_points,
            **_amounts(split),
        ),
        at,
    )


# --- what stands on them --------------------------------------------------------------------------


def _kind(supplier: dict[str, str], facts: InvoiceFacts) -> Invoice.Kind:
    """By the supplier's registration on the day, and by the terms: tax is shown only where it was charged."""
    if supplier["registration"] == Registration.UNREGISTERED or not supplier["gstin"]:
        return Invoice.Kind.INVOICE
    if supplier["registration"] == Registration.REGULAR and facts.gst_basis_points:
        return Invoice.Kind.TAX_INVOICE
    return Invoice.Kind.BILL_OF_SUPPLY


def supplier_of(consultant: Consultant) -> dict[str, str]:
    """What a document says of who supplies, as it is today."""
    return {
        "name": consultant.legal_name or consultant.display_name,
        "trade_name": consultant.display_name,
        "registration": consultant.registration,
        "gstin": consultant.gstin,
        "sac": consultant.sac,
        "address": consultant.address,
        "state_code": consultant.state_code,
        "state": tax.state_name(consultant.state_code),
        "pin_code": consultant.pin_code,
        "slug": consultant.slug,
    }


def _recipient(facts: InvoiceFacts, place: str) -> dict[str, str]:
    """Rule 46's proviso for supplies through a platform: name, address with PIN code and State, whatever the value."""
    state = facts.client_state_code or place
    return {
        "name": facts.client_name,
        "email": facts.client_email,
        "phone": facts.client_phone,
        "address": facts.client_address,
        "state_code": state,
        "state": tax.state_name(state),
        "pin_code": facts.client_pin_code,
        "gstin": facts.client_gstin,
    }


def _place(supplier: dict[str, str], facts: InvoiceFacts) -> str:
    return tax.place_of_supply(
        supplier_state=supplier["state_code"],
        recipient_gstin=facts.client_gstin,
        recipient_state=facts.client_state_code,
    )


def _paid(attempt: PaymentAttempt, vouchers: list[Invoice]) -> dict[str, Any]:
    voucher = next((one.number for one in vouchers if one.payment_id == attempt.payment_id), "")
    return {
        "voucher": voucher,
        "amount_paise": attempt.captured_paise,
        "method": attempt.method,
        "reference": attempt.gateway_payment_id,
        "purpose": attempt.payment.purpose,
        "at": attempt.captured_at.isoformat() if attempt.captured_at else "",
    }


def _named(invoice: Invoice) -> dict[str, Any]:
    """How one document speaks of another."""
    return {
        "kind": invoice.kind,
        "number": invoice.number,
        "issued_on": invoice.issued_on.isoformat(),
        "total_paise": invoice.total_paise,
    }


def _amounts(split: Split) -> dict[str, int]:
    return {
        "taxable_paise": split.taxable,
        "cgst_paise": split.cgst,
        "sgst_paise": split.sgst,
        "igst_paise": split.igst,
        "round_off_paise": split.round_off,
        "total_paise": split.total,
    }


def _line(description: str, facts: InvoiceFacts, split: Split, supplier: dict[str, str]) -> dict[str, Any]:
    return {
        "description": description,
        "sac": supplier["sac"],
        "quantity": 1,
        "price_paise": split.taxable,
        "taxable_paise": split.taxable,
        "supplied_at": facts.supplied_at.isoformat() if facts.supplied_at else "",
    }


def lines_of(facts: InvoiceFacts, split: Split, supplier: dict[str, str]) -> list[dict[str, Any]]:
    """What was sold, line by line, each with its part of the price after all discounts and of every tax.

    On each, quantity × price − discount is its value, to the paisa: a part of the price before GST is never more than
    the line comes to by itself. Where the whole is another sum (agreed with GST, by who is not registered any more),
    no price of one was agreed for it, and each line stands as one of its part.
    """
    if not facts.lines:
        return [_line(facts.description, facts, split, supplier)]
    parts = tax.divided(split, [line.net_paise for line in facts.lines])
    as_agreed = split.taxable == facts.price_paise
    return [
        {
            **_line(line.description, facts, part, supplier),
            **({"quantity": line.quantity, "price_paise": line.price_paise} if as_agreed else {}),
            "discount_paise": line.gross_paise - part.taxable if as_agreed else 0,
            "cgst_paise": part.cgst,
            "sgst_paise": part.sgst,
            "igst_paise": part.igst,
        }
        for line, part in zip(facts.lines, parts, strict=True)
    ]


def _write(
    kind: Invoice.Kind,
    payment: Payment,
    facts: InvoiceFacts,
    split: Split,
    *,
    at: datetime | None,
    supplier: dict[str, str],
    place: str,
    lines: list[dict[str, Any]],
    details: dict[str, Any],
    advances: list[Invoice] | None = None,
) -> Invoice:
    taxed = split.tax > 0 or _kind(supplier, facts) == Invoice.Kind.TAX_INVOICE
    invoice = _number_and_save(
        Invoice(
            kind=kind,
            consultant_id=payment.consultant_id,
            payable_kind=payment.payable_kind,
            payable_id=payment.payable_id,
            reference=facts.reference,
            payment=payment,
            supplier=supplier,
            recipient=_recipient(facts, place),
            place_of_supply=place,
            lines=lines,
            details=details,
            currency=facts.currency,
            gst_basis_points=facts.gst_basis_points if taxed else 0,
            **_amounts(split),
        ),
        at,
    )
    if advances:
        invoice.advances.set(advances)
    return invoice


# --- the number -----------------------------------------------------------------------------------


def _number_and_save(invoice: Invoice, at: datetime | None) -> Invoice:
    """Take the next number of the series and write the document. The day is read under the series' lock, so that
    numbers and days rise together."""
    with transaction.atomic():
        while True:
            year = tax.financial_year(tax.issue_date(at or timezone.now()))
            series = _locked_series(invoice.consultant_id, year, Invoice.CODES[invoice.kind])
            moment = at or timezone.now()
            if tax.financial_year(tax.issue_date(moment)) == year:
                break  # else the year turned while the lock was waited for
        series.last_number += 1
        series.save(update_fields=["last_number", "updated_at"])
        invoice.financial_year, invoice.code, invoice.serial = year, series.code, series.last_number
        invoice.number = f"{series.code}/{year[2:4]}{year[5:]}/{series.last_number:05d}"
        invoice.issued_at, invoice.issued_on = moment, tax.issue_date(moment)
        invoice.save()
    log.info("document_issued", kind=invoice.kind, number=invoice.number, total_paise=invoice.total_paise)
    return invoice


def _locked_series(consultant_id: UUID, year: str, code: str) -> InvoiceSeries:
    InvoiceSeries.objects.get_or_create(consultant_id=consultant_id, financial_year=year, code=code)
    return InvoiceSeries.objects.select_for_update().get(consultant_id=consultant_id, financial_year=year, code=code)
