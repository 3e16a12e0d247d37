"""Whether a consultant's open pages of money still show what is so."""

from __future__ import annotations

import hashlib

from django.db.models import Count, Max, UUIDField
from django.utils import timezone

from accounts.access import ConsultantRequest
from bookings.versions import facts_of as booked
from consultants.models import BankAccount, Consultant
from naksha.kept import KeptTuples, Param, added_up
from payments.models import Nudge, Payment, PaymentAttempt
from quotations.models import Quotation

FRESH_MINUTES = 5  # what the clock alone changes ("Yesterday") is drawn again this often


_PAYMENTS = KeptTuples(
    lambda: added_up(
        Payment.objects.filter(consultant=Param("consultant", UUIDField())), last=Max("updated_at"), n=Count("pk")
    )
)


def facts_of(consultant: Consultant) -> object:
    """What changes whenever a payment of ``consultant`` does, or what is promised back of it. One cheap query."""
    return _PAYMENTS.one(consultant=consultant.pk)


def list_version(request: ConsultantRequest) -> str:
    """An ETag of lists: two cheap queries, whatever has been paid."""
    tries = PaymentAttempt.objects.filter(payment__consultant=request.consultant)
    return tag(request, facts_of(request.consultant), tries.aggregate(last=Max("updated_at")))


def due_version(request: ConsultantRequest) -> str:
    """An ETag of what is owed: six cheap queries."""
    consultant = request.consultant
    quoted = Quotation.objects.filter(consultant=consultant).aggregate(last=Max("updated_at"), n=Count("pk"))
    asked = Nudge.objects.filter(consultant=consultant).aggregate(last=Max("asked_at"))
    named = consultant.clients.aggregate(last=Max("updated_at"))
    return tag(request, facts_of(consultant), asked, quoted, named, *booked(consultant, timezone.now()))


def payouts_version(request: ConsultantRequest) -> str:
    """An ETag of the schedule of payouts: four cheap queries."""
    account = BankAccount.objects.filter(consultant=request.consultant).values_list("updated_at").first()
    return tag(request, facts_of(request.consultant), account, *booked(request.consultant, timezone.now()))


def papers_version(request: ConsultantRequest) -> str:
    """An ETag of documents, which are only added to: one cheap query."""
    return tag(request, request.consultant.invoices.aggregate(last=Max("created_at"), n=Count("pk")))


def tag(request: ConsultantRequest, *facts: object) -> str:
    clock = int(timezone.now().timestamp()) // (FRESH_MINUTES * 60)
    told = [request.consultant.pk, request.consultant.updated_at, clock, request.GET.urlencode(), *facts]
    return f'W/"{hashlib.sha256(repr(told).encode()).hexdigest()[:24]}"'
