"""Accepted work as something that is paid for (payments.payable.Payable)."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from naksha.db import db_now
from naksha.money import rupees
from payments.models import Payment, Refund
from payments.payable import Door, InvoiceFacts, InvoiceLine, Payable, RefundInFull, Settled
from quotations.models import Quotation
from quotations.services import calling_off, due, links, machine, telling
from quotations.services.machine import S
from quotations.sums import hundredths


class QuotationPayable:
    """Made from a locked quotation. Everything here runs inside the money transaction."""

    payable_kind = Quotation.PAYABLE

    def __init__(self, quotation: Quotation) -> None:
        self.quotation = quotation

    @property
    def payable_id(self) -> UUID:
        return self.quotation.pk

    def payment_captured(self, payment: Payment) -> Settled | RefundInFull:
        quotation = self.quotation
        if not quotation.consultant.is_approved:
            return RefundInFull(_("The consultant was suspended before the money came."))
        if quotation.ending == Quotation.Ending.CALLED_OFF:
            return RefundInFull(_("The work was called off before the money came."))
        if payment.amount_paise > quotation.owed_paise:
            return RefundInFull(_("Paid twice."))
        quotation.paid_paise += payment.amount_paise
        if not quotation.owed_paise and not quotation.refunding_paise:
            machine.move(quotation, S.PAID)
            quotation.paid_at = db_now()
        quotation.save()
        telling.client(quotation, "quotation_paid", once=payment.pk.hex, amount_paise=payment.amount_paise)
        telling.line_for_consultant(
            quotation,
            _("%(sum)s was paid for your quotation") % {"sum": rupees(payment.amount_paise)},
            kind="payment",
        )
        return Settled()

    def refund_promised(self, refund: Refund) -> None:
        calling_off.refund_promised(self.quotation, refund)

    def payment_refunded(self, refund: Refund) -> None:
        quotation = self.quotation
        quotation.refunded_paise += refund.amount_paise
        quotation.save(update_fields=["refunded_paise", "updated_at"])
        telling.changed(quotation)
        self.excess_refunded(refund)

    def excess_refunded(self, refund: Refund) -> None:
        telling.client(self.quotation, "quotation_refund", once=refund.pk.hex, refund_paise=refund.amount_paise)

    def invoice_facts(self) -> InvoiceFacts:
        return invoice_facts(self.quotation)


def invoice_facts(quotation: Quotation) -> InvoiceFacts:
    """The client as the consultant's own record has them; State and GSTIN as they were when it was sent."""
    client = quotation.client
    return InvoiceFacts(
        reference=quotation.label,
        description=quotation.title,
        currency=quotation.currency,
        price_paise=quotation.taxable_paise,
        tax_paise=quotation.tax_paise,
        total_paise=quotation.total_paise,
        gst_basis_points=quotation.gst_points,
        fee_basis_points=quotation.fee_points,
        client_name=client.name,
        client_email=client.email,
        client_phone=client.phone,
        client_address=client.address,
        client_state_code=quotation.place_of_supply,
        client_pin_code=client.pin_code,
        client_gstin=quotation.gstin,
        supply_confirmed=True,
        lines=tuple(
            InvoiceLine(line.description, hundredths(line.quantity), line.unit_paise, line.gross_paise, line.net_paise)
            for line in quotation.lines.all()
        ),
    )


def _id_of_token(token: str) -> UUID | None:
    try:
        return links.resolve(token).pk
    except Quotation.DoesNotExist:
        return None


DOOR = Door(
    ids_of=lambda user: Quotation.objects.filter(client__user=user, sent_at__isnull=False).values("pk"),
    id_of_token=_id_of_token,
    due=due,
)


def load(quotation_id: UUID) -> Payable:
    """The quotation, locked. Raises Quotation.DoesNotExist."""
    return QuotationPayable(machine.locked(quotation_id))
