"""What the gateway and our books don't agree on, and only a person can put right."""

from __future__ import annotations

from django.db import transaction

from accounts import audit
from accounts.models import User
from payments.models import Payment
from payments.services.telling import say_changed


def note_for_a_person(payment: Payment, note: str) -> None:
    """Put a payment, locked by the caller, on the admin's list of things to look at."""
    payment.attention = note[:300]
    payment.save(update_fields=["attention", "updated_at"])
    say_changed(payment)


@transaction.atomic
def looked_at(*, payment: Payment, actor: User) -> Payment:
    """An admin has looked at a payment and dealt with it."""
    payment = Payment.objects.select_for_update().get(pk=payment.pk)
    audit.record(actor=actor, action="payment.looked_at", subject=payment, reason=payment.attention)
    note_for_a_person(payment, "")
    return payment
