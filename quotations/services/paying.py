"""What is to be paid of accepted work: the deposit first and the rest after, or all at once; and asking for it."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from payments.models import Payment
from payments.payable import Due
from payments.services import nudging, open_payment
from quotations.errors import NothingOwed
from quotations.models import Quotation
from quotations.services import machine, telling

PARTS = ("deposit", "all")


@transaction.atomic
def open_part(*, quotation: Quotation, part: str = "") -> Payment:
    """The payment of ``part``: the deposit, or all that is left; the same one when asked again. Left out, it is the
    deposit where one is due. Raises NothingOwed: not accepted, paid, or its consultant is suspended."""
    found = machine.locked(quotation.pk)
    if not found.payable_paise:
        raise NothingOwed
    purpose, paise = Payment.Purpose.FULL, found.owed_paise
    if found.paid_paise:
        purpose = Payment.Purpose.BALANCE
    elif found.due_deposit_paise and part != "all":
        purpose, paise = Payment.Purpose.DEPOSIT, found.due_deposit_paise
    words = {"number": found.label, "title": found.title}
    return open_payment(
        payable_kind=Quotation.PAYABLE,
        payable_id=found.pk,
        consultant_id=found.consultant_id,
        purpose=purpose,
        amount_paise=paise,
        currency=found.currency,
        payer_name=found.client.name,
        payer_email=found.client.email,
        payer_phone=found.client.phone,
        description=_("Quotation %(number)s: %(title)s") % words,
    )


def due(quotation_id: UUID) -> Due:
    """What is to be paid next. Raises NothingOwed."""
    return Due(open_part(quotation=Quotation.objects.get(pk=quotation_id)))


@transaction.atomic
def ask_for_rest(*, quotation: Quotation, actor: User) -> Quotation:
    """Mail the client what is still owed, with the link to pay. Raises NothingOwed, PermissionDenied, and
    payments.errors.AskedAlready within a day of the last time."""
    found = machine.locked_for(quotation, actor)
    if not found.payable_paise:
        raise NothingOwed
    asked = nudging.ask(
        kind=Quotation.PAYABLE,
        payable_id=found.pk,
        consultant=found.consultant,
        amount_paise=found.payable_paise,
        actor=actor,
    )
    telling.client(found, "quotation_due", once=asked.pk.hex)
    audit.record(actor=actor, action="quotation.balance_asked", subject=found)
    return found
