"""States of things in which an operation answers with an error of its own: one that no wrong field, missing thing or
wrong login brings about."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.utils import timezone

from accounts.models import ApiLogin, User
from bookings.models import Booking
from bookings.services import decline
from clients.models import ClientImport
from naksha.testing import PASSWORD, next_slot_start
from naksha.times import iso
from naksha.web import health
from payments.models import Payment
from payments.razorpay.emulator.testing import WEBHOOK_SECRET
from payments.services import ensure_order
from quotations.models import Quotation
from quotations.services import accept, withdraw
from sessions_app.models import Session
from sessions_app.services import uploading
from tests.api.table import BANK, BECAUSE, BOOKING, IN_NINE_DAYS, NEW_SESSION, PAGE, QUOTATION, SOME_ID, WHOLE_SESSION
from tests.api.world import World

NOBODY = "http://127.0.0.1:9"  # where no gateway answers
Prepare = Callable[[World, pytest.MonkeyPatch], None]


def nothing(world: World, patch: pytest.MonkeyPatch) -> None:
    return None


@dataclass(frozen=True)
class Situation:
    call: str
    code: str
    role: str
    ids: dict[str, str] = field(default_factory=dict)
    body: Any = None  # as a row has it; bytes as they are; or made of the world once that is prepared
    prepare: Prepare = nothing
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"


# --- what is prepared -------------------------------------------------------------------------------


def in_production(world: World, patch: pytest.MonkeyPatch) -> None:
    """Where an admin needs a second factor."""
    patch.setattr(settings, "PRODUCTION", True)


def second_factors(world: World, patch: pytest.MonkeyPatch) -> None:
    for user in (world.client, world.admin):
        TOTP.activate(user, generate_totp_secret())


def admin_closed(world: World, patch: pytest.MonkeyPatch) -> None:
    User.objects.filter(pk=world.admin.pk).update(is_active=False)


def unconfirmed(world: World, patch: pytest.MonkeyPatch) -> None:
    EmailAddress.objects.filter(user=world.client).update(verified=False)


def logged_in_long_ago(world: World, patch: pytest.MonkeyPatch) -> None:
    ApiLogin.objects.update(created_at=timezone.now() - timedelta(days=30))


def something_down(world: World, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(health, "lately", lambda: (False, {}))


def gateway_away(world: World, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(settings, "RAZORPAY_BASE_URL", NOBODY)


def gateway_away_after_the_order(world: World, patch: pytest.MonkeyPatch) -> None:
    world.things["order"] = str(ensure_order(Payment.objects.get(pk=world.things["payment"]).pk).order_id)
    gateway_away(world, patch)


def signed(world: World) -> dict[str, str]:
    order, payment = world.things["order"], "pay_00000000000001"
    key = settings.RAZORPAY_KEY_SECRET.encode()
    signature = hmac.new(key, f"{order}|{payment}".encode(), hashlib.sha256).hexdigest()
    return {"razorpayOrderId": order, "razorpayPaymentId": payment, "razorpaySignature": signature}


def refused(world: World, patch: pytest.MonkeyPatch) -> None:
    booking = Booking.objects.get(pk=world.things["request"])
    decline(booking=booking, actor=world.consultant.user, reason="Away.")


def over(world: World, patch: pytest.MonkeyPatch) -> None:
    ended = timezone.now() - timedelta(days=2)
    Session.objects.filter(pk=world.things["session"]).update(starts_at=ended - timedelta(minutes=30), ends_at=ended)


def long_over(world: World, patch: pytest.MonkeyPatch) -> None:
    """Longer than its chat is open."""
    ended = timezone.now() - timedelta(days=40)
    times = {"starts_at": ended - timedelta(minutes=30), "ends_at": ended, "ended_at": ended}
    Session.objects.filter(pk=world.things["session"]).update(status=Session.Status.COMPLETED, **times)


def importing(world: World, patch: pytest.MonkeyPatch) -> None:
    ClientImport.objects.filter(pk=world.things["client_import"]).update(status=ClientImport.Status.RUNNING)


def many_files(world: World, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(uploading, "MOST_WAITING", 1)


def accepted(world: World, patch: pytest.MonkeyPatch) -> None:
    quotation = Quotation.objects.get(pk=world.things["sent_quotation"])
    accept(quotation=quotation, name="Farhan", address=None, version=quotation.version)


def withdrawn(world: World, patch: pytest.MonkeyPatch) -> None:
    withdraw(quotation=Quotation.objects.get(pk=world.things["sent_quotation"]), actor=world.consultant.user)


def form(**parts: Any) -> dict[str, Any]:
    return {"body": encode_multipart(BOUNDARY, parts), "content_type": MULTIPART_CONTENT}


# --- the situations ---------------------------------------------------------------------------------

AT_SESSION, AT_BOOKING = iso(next_slot_start(days=3)), iso(next_slot_start(days=6))
MESSAGE = {"clientMessageId": SOME_ID, "body": "Hello."}
IN_CHAT = {"conversationId": "$session", **MESSAGE}
PAID = {**BOOKING, "serviceId": "$service", "client": {"name": "Farhan Qureshi", "phone": "+919800000001"}}
WRONG_PASSWORD = {"email": "$client_email", "password": "Monsoon-2025!"}
ADMIN = {"email": "$admin_email", "password": PASSWORD}
STATE, TAKEN, AWAY = "INVALID_STATE", "SLOT_TAKEN", "GATEWAY_UNAVAILABLE"
LATE = "NOT_AUTHENTICATED"
BOOKED, ASKED, HELD = {"pk": "booking"}, {"pk": "request"}, {"pk": "session"}
SENT, LINK = {"pk": "sent_quotation"}, {"token": "quotation_link"}
APPLICANT, APPLICANTS = {"pk": "applicant"}, {"pk": "applicant_user"}
PDF = SimpleUploadedFile("a.pdf", b"%PDF-1.7\n%%EOF\n")
LIST = SimpleUploadedFile("mine.csv", b"Name,Email\nMeera Nair,meera@example.com\n")
NO_EVENT = json.dumps({"entity": "something"}).encode()  # though the gateway has signed it
SIGNED = {
    "X-Razorpay-Event-Id": "evt_1",
    "X-Razorpay-Signature": hmac.new(WEBHOOK_SECRET.encode(), NO_EVENT, hashlib.sha256).hexdigest(),
}

SITUATIONS: tuple[Situation, ...] = (
    Situation("GET /health", "SERVICE_UNAVAILABLE", "client", prepare=something_down),
    # --- auth -----------------------------------------------------------------------------------
    Situation(
        "POST /auth/signup",
        "EMAIL_EXISTS",
        "anonymous",
        body={"name": "New", "email": "$client_email", "password": PASSWORD},
    ),
    Situation("POST /auth/login", "INVALID_CREDENTIALS", "anonymous", body=WRONG_PASSWORD),
    Situation(
        "POST /auth/login", "ACCOUNT_SUSPENDED", "anonymous", body={"email": "$suspended_email", "password": PASSWORD}
    ),
    Situation(
        "POST /auth/login",
        "SECOND_FACTOR_REQUIRED",
        "anonymous",
        body={"email": "$client_email", "password": PASSWORD},
        prepare=second_factors,
    ),
    Situation("POST /auth/admin/login", "INVALID_CREDENTIALS", "anonymous", body=WRONG_PASSWORD),
    Situation("POST /auth/admin/login", "SECOND_FACTOR_REQUIRED", "anonymous", body=ADMIN, prepare=second_factors),
    Situation("POST /auth/admin/login", "SECOND_FACTOR_MISSING", "anonymous", body=ADMIN, prepare=in_production),
    Situation("POST /auth/admin/login", "ACCOUNT_SUSPENDED", "anonymous", body=ADMIN, prepare=admin_closed),
    Situation("POST /auth/refresh", "NOT_AUTHENTICATED", "anonymous", body={"refreshToken": "spent"}),
    # --- consultant -----------------------------------------------------------------------------
    Situation("PUT /consultant/bank-account", "NOT_AUTHENTICATED", "consultant", body=BANK, prepare=logged_in_long_ago),
    Situation(
        "PATCH /consultant/bank-account", "NOT_AUTHENTICATED", "consultant", body=BANK, prepare=logged_in_long_ago
    ),
    # --- bookings -------------------------------------------------------------------------------
    Situation("POST /book", TAKEN, "client", body={**BOOKING, "start": AT_BOOKING}),
    Situation("POST /book", AWAY, "client", body=PAID, prepare=gateway_away),
    Situation("POST /bookings", TAKEN, "client", body={**BOOKING, "start": AT_BOOKING}),
    Situation("POST /bookings", AWAY, "client", body=PAID, prepare=gateway_away),
    Situation("POST /bookings", "EMAIL_NOT_VERIFIED", "client", body=BOOKING, prepare=unconfirmed),
    Situation("PUT /bookings/{pk}/accept", STATE, "consultant", ASKED, prepare=refused),
    Situation("PATCH /bookings/{pk}/accept", STATE, "consultant", ASKED, prepare=refused),
    Situation("PUT /bookings/{pk}/reject", STATE, "consultant", BOOKED, BECAUSE),
    Situation("PATCH /bookings/{pk}/reject", STATE, "consultant", BOOKED, BECAUSE),
    Situation("PUT /bookings/{pk}/cancel", STATE, "client", ASKED, BECAUSE, refused),
    Situation("PATCH /bookings/{pk}/cancel", STATE, "client", ASKED, BECAUSE, refused),
    Situation("PUT /bookings/{pk}/reschedule", TAKEN, "consultant", BOOKED, {"start": AT_SESSION}),
    Situation("PATCH /bookings/{pk}/reschedule", TAKEN, "consultant", BOOKED, {"start": AT_SESSION}),
    Situation("PUT /bookings/{pk}/reschedule", STATE, "client", ASKED, {"start": IN_NINE_DAYS}, refused),
    Situation("PATCH /bookings/{pk}/reschedule", STATE, "client", ASKED, {"start": IN_NINE_DAYS}, refused),
    # --- sessions -------------------------------------------------------------------------------
    Situation("POST /sessions", TAKEN, "consultant", body={**NEW_SESSION, "start": AT_SESSION}),
    Situation("PUT /sessions/{pk}", TAKEN, "consultant", HELD, {**WHOLE_SESSION, "start": AT_BOOKING}),
    Situation("PUT /sessions/{pk}", STATE, "consultant", HELD, WHOLE_SESSION, over),
    Situation("PATCH /sessions/{pk}", TAKEN, "consultant", HELD, {"start": AT_BOOKING}),
    Situation("PATCH /sessions/{pk}", STATE, "consultant", HELD, {"title": "Another"}, over),
    Situation("DELETE /sessions/{pk}", STATE, "client", HELD, prepare=over),
    Situation("POST /sessions/{pk}/cancel", STATE, "client", HELD, BECAUSE, over),
    Situation("POST /sessions/{pk}/reschedule", TAKEN, "consultant", HELD, {"start": AT_BOOKING}),
    Situation("POST /sessions/{pk}/reschedule", STATE, "consultant", HELD, {"start": IN_NINE_DAYS}, over),
    Situation("POST /sessions/{pk}/messages", STATE, "client", HELD, MESSAGE, long_over),
    Situation(
        "POST /chat/messages", STATE, "client", body={"conversationId": "$session", **MESSAGE}, prepare=long_over
    ),
    Situation("POST /jitsi/create-room", STATE, "client", body={"sessionId": "$session"}, prepare=long_over),
    Situation("POST /uploads", STATE, "client", prepare=many_files, **form(file=PDF)),
    # --- clients, quotations --------------------------------------------------------------------
    Situation("POST /clients/import", STATE, "consultant", prepare=importing, **form(file=LIST)),
    Situation("PUT /quotations/{pk}", STATE, "consultant", SENT, QUOTATION),
    Situation("PATCH /quotations/{pk}", STATE, "consultant", SENT, {"discountPercent": 5}),
    Situation("DELETE /quotations/{pk}", STATE, "consultant", SENT, prepare=accepted),
    Situation("POST /quotations/{pk}/send", STATE, "consultant", SENT, {"byMail": True}, withdrawn),
    Situation(
        "POST /quotations/public/{token}/accept", STATE, "guest", LINK, {"name": "Farhan", "version": 1}, withdrawn
    ),
    Situation("POST /quotations/public/{token}/decline", STATE, "guest", LINK, {**BECAUSE, "version": 1}, accepted),
    # --- payments -------------------------------------------------------------------------------
    Situation("POST /payments/initiate", AWAY, "client", body={"sessionId": "$session"}, prepare=gateway_away),
    Situation("POST /payments/complete", AWAY, "anonymous", body=signed, prepare=gateway_away_after_the_order),
    Situation(
        "POST /payments/fail",
        AWAY,
        "client",
        body={"paymentId": "$payment"},
        prepare=gateway_away_after_the_order,
    ),
    Situation("POST /payments/webhook", "VALIDATION_ERROR", "anonymous", body=NO_EVENT, headers=SIGNED),
    # --- admins ---------------------------------------------------------------------------------
    Situation("POST /admin/admins", STATE, "super_admin", body={"email": "$admin_email", **BECAUSE}),
    Situation("PUT /admin/consultants/{pk}", STATE, "admin", APPLICANT, {**PAGE, "status": "SUSPENDED"}),
    Situation("PATCH /admin/consultants/{pk}", STATE, "admin", APPLICANT, {"status": "SUSPENDED", **BECAUSE}),
    Situation("POST /admin/consultants/approve", STATE, "admin", body={"consultantId": "$host", "action": "approve"}),
    Situation("DELETE /admin/users/{pk}", STATE, "admin", APPLICANTS, BECAUSE),
    Situation("POST /admin/users/{pk}/approve", STATE, "admin", {"pk": "leaver"}, BECAUSE),
    Situation("POST /admin/users/{pk}/reject", STATE, "admin", {"pk": "leaver"}, BECAUSE),
)
# What only happens between two requests at once, where no test of one answer comes.
ONLY_AT_ONCE = {
    ("PUT /clients/{pk}", "INVALID_STATE"): "the client is erased or merged between the look and the write",
    ("PATCH /clients/{pk}", "INVALID_STATE"): "the client is erased or merged between the look and the write",
    ("DELETE /clients/{pk}", "INVALID_STATE"): "the client is erased or merged between the look and the write",
    ("PUT /admin/users/{pk}", "INVALID_STATE"): "the account is closed or opened between the look and the write",
    ("PATCH /admin/users/{pk}", "INVALID_STATE"): "the account is closed or opened between the look and the write",
}
