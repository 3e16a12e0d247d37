"""What an invoice says of a booking, and the invoice that a late yes makes due."""

from __future__ import annotations

from dataclasses import dataclass

from bookings.models import Booking
from consultants.models import Consultant, Service
from payments.invoices import issue_for_supply
from payments.payable import InvoiceFacts
from payments.tax import ADDRESS_FROM_PAISE

KIND = "booking"  # as payments know it


@dataclass(frozen=True)
class Asked:
    """What the law wants on the invoice of a service, and is therefore asked of who books it."""

    place: bool = False  # State and PIN code
    address: bool = False  # the whole address, of everybody
    gstin: bool = False  # may be named; then the address is wanted too


def asked_for(service: Service) -> Asked:
    """CGST Rules, for a supply through a platform.

    A tax invoice: the State of every recipient (rule 46, first proviso to clause (f)); the address from
    ADDRESS_FROM_PAISE before GST (clause (e)); name, address and GSTIN of one who is registered (clause (d)), and so on
    a bill of supply (rule 49(d)). Nothing where nothing is charged, or by whom is not registered.
    """
    consultant = service.consultant
    if service.is_free or consultant.registration == Consultant.Registration.UNREGISTERED:
        return Asked()
    taxed = consultant.charges_gst
    return Asked(place=taxed, address=taxed and service.price_paise >= ADDRESS_FROM_PAISE, gstin=True)


def invoice_facts(booking: Booking) -> InvoiceFacts:
    """What was typed with the booking. What is known of the client is added for the client's own login alone: a guest
    who typed somebody's address must not read that person's in the invoice."""
    client = booking.client
    asked = bool(booking.state_code)  # then what was left empty was meant to be
    own = booking.booked_by_id is not None and booking.booked_by_id == client.user_id
    return InvoiceFacts(
        reference=booking.reference,
        description=booking.title,
        currency=booking.currency,
        price_paise=booking.price_paise,
        tax_paise=booking.tax_paise,
        total_paise=booking.total_paise,
        gst_basis_points=booking.gst_basis_points,
        fee_basis_points=booking.fee_basis_points,
        client_name=booking.billing_name or booking.contact_name or client.name,
        client_email=client.email,
        client_phone=booking.contact_phone,
        client_address=booking.billing_address or (client.address if own else ""),
        client_state_code=booking.state_code or (client.state_code if own else ""),
        client_pin_code=booking.pin_code or (client.pin_code if own else ""),
        client_gstin=booking.gstin or (client.gstin if own and not asked else ""),
        supplied_at=booking.starts_at,
        supply_confirmed=booking.status == Booking.Status.ACCEPTED,
    )


def issue_once_agreed(booking: Booking) -> None:
    """A request that was paid in full got its yes: the receipt voucher is followed by the invoice."""
    issue_for_supply(payable_kind=KIND, payable_id=booking.pk, facts=invoice_facts(booking))
