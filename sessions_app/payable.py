"""A recorded session as something that is paid for (payments.payable.Payable)."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from payments.models import Payment, Refund
from payments.payable import Door, Due, InvoiceFacts, Payable, RefundInFull, Settled
from sessions_app.access import resolve_link
from sessions_app.live import say_changed
from sessions_app.models import Session, SessionLink
from sessions_app.services import machine, moved_on, open_price, telling


class SessionPayable:
    """Made from a locked session. Everything here runs inside the money transaction."""

    payable_kind = Session.PAYABLE

    def __init__(self, session: Session) -> None:
        self.session = session

    @property
    def payable_id(self) -> UUID:
        return self.session.pk

    def payment_captured(self, payment: Payment) -> Settled | RefundInFull:
        session = self.session
        if session.status in (Session.Status.CANCELLED, Session.Status.NO_SHOW):
            return RefundInFull(_("The session was closed before the money came."))
        if not session.consultant.is_approved:
            return RefundInFull(_("The consultant was suspended before the money came."))
        if payment.amount_paise > session.balance_paise:
            return RefundInFull(_("Paid twice."))
        session.paid_paise += payment.amount_paise
        session.save(update_fields=["paid_paise", "updated_at"])
        telling.client_of_recorded(session, "payment_received", _("Payment received"), once=payment.pk.hex)
        telling.line_for_consultant(session, _("Session paid"))
        say_changed(session.pk)
        moved_on.look_again(session)
        return Settled()

    def refund_promised(self, refund: Refund) -> None:
        """What was planned stays planned: whoever cancels says so."""

    def payment_refunded(self, refund: Refund) -> None:
        self.session.refunded_paise += refund.amount_paise
        self.session.save(update_fields=["refunded_paise", "updated_at"])
        moved_on.look_again(self.session)
        self.excess_refunded(refund)

    def excess_refunded(self, refund: Refund) -> None:
        telling.client_of_recorded(
            self.session, "refund_sent", _("Refund sent"), refund_paise=refund.amount_paise, once=refund.pk.hex
        )

    def invoice_facts(self) -> InvoiceFacts:
        return invoice_facts(self.session)


def invoice_facts(session: Session) -> InvoiceFacts:
    """The consultant's own record of the client, who is theirs."""
    client = session.client
    if client is None:
        raise ValueError("Only a session with one client has a price of its own.")
    return InvoiceFacts(
        reference=session.reference or "",
        description=session.title,
        currency=session.currency,
        price_paise=session.price_paise,
        tax_paise=session.tax_paise,
        total_paise=session.total_paise,
        gst_basis_points=session.gst_basis_points,
        fee_basis_points=session.fee_basis_points,
        client_name=client.name,
        client_email=client.email,
        client_phone=client.phone,
        client_address=client.address,
        client_state_code=client.state_code,
        client_pin_code=client.pin_code,
        client_gstin=client.gstin,
        supplied_at=session.starts_at,
        supply_confirmed=True,
    )


def _id_of_token(token: str) -> UUID | None:
    try:
        return resolve_link(token).session_id
    except SessionLink.DoesNotExist:
        return None


DOOR = Door(
    ids_of=lambda user: Session.objects.filter(client__user=user).values("pk"),
    id_of_token=_id_of_token,
    due=lambda session_id: Due(open_price(session=Session.objects.get(pk=session_id))),
)


def load(session_id: UUID) -> Payable:
    """The session, locked. Raises Session.DoesNotExist."""
    session = machine.locked(session_id)
    if session is None:
        raise Session.DoesNotExist
    return SessionPayable(session)
