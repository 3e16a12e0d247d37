"""What docs/api.md shows: a guest who books, pays, becomes a client, is advised, and rates; and what else an app meets.

The clock stands still at two moments: when the time is booked, and when the session is held. The cast is Asha Rao, who
consults; Farhan Qureshi, who books; Usha Menon, whom nobody has approved yet.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import time_machine
from allauth.account.models import EmailAddress, EmailConfirmationHMAC

from accounts.models import User
from availability.models import WeeklyHours
from consultants.models import Consultant
from naksha.api.testing import Api
from naksha.db import clock_told
from naksha.testing import PASSWORD, make_consultant, make_service, make_user
from payments.razorpay.emulator.testing import RunningEmulator
from tests.api.scribe import Scribe

BOOKED = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
HELD = datetime(2026, 11, 26, 5, 30, tzinfo=UTC)
AFTERWARDS = datetime(2026, 11, 27, 5, 30, tzinfo=UTC)
LIST = """Name,Email,Phone,Tags
Meera Nair,meera@example.com,98200 12345,Founder
Gita,gita,,
"""
KEY = "5c4b6a52-31f3-4b0c-9a35-7f1f5d5f0c11"
MESSAGE = "4fd1b1a0-8c3e-4f43-9a2b-0f6c7b3e1d55"
LIMITS = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    with time_machine.travel(moment, tick=False), clock_told(moment):
        yield


def written(emulator: RunningEmulator) -> Scribe:
    """Every exchange of the document, made anew."""
    scribe = Scribe()
    with at(BOOKED):
        asha = make_user(role=User.Role.CONSULTANT, first_name="Asha", last_name="Rao", email="asha@example.com")
        consultant = make_consultant(user=asha, slug="asha-rao", hours=False)
        for weekday in range(7):
            WeeklyHours.objects.create(consultant=consultant, weekday=weekday, start_minute=600, end_minute=720)
        service = str(make_service(consultant, description="Bring the notice. We read it together.").pk)
        basics(scribe)
        account(scribe)
        states(scribe, consultant)
        browse(scribe, service)
        booking = book(scribe, service)
        pay(scribe, emulator, booking)
        webhook(scribe, emulator, booking)
        client = join(scribe)
        lists(scribe, client, booking)
        limits(scribe)
    with at(HELD - timedelta(minutes=5)):
        hold(scribe, asha, consultant, client_login())
    with at(AFTERWARDS):
        practice = Api(asha)
        clients(scribe, practice)
        quotation(scribe, practice)
        figures(scribe, practice)
        sections(scribe, practice, service)
    return scribe


def basics(scribe: Scribe) -> None:
    nobody = Api()
    wrong = {"name": "A", "email": "farhan@", "password": "short", "role": "admin"}
    scribe.ask("wrong-input", nobody, "POST", "/auth/signup", wrong, status=400)


def account(scribe: Scribe) -> None:
    """Usha signs up; her refresh token is used twice."""
    nobody, usha = Api(), Api()
    wish = {"name": "Usha Menon", "email": "usha@example.com", "password": PASSWORD, "accountType": "consultant"}
    scribe.ask("sign-up", nobody, "POST", "/auth/signup", wish, status=201)
    assert nobody.get(f"/auth/verify-email/{mail_token('usha@example.com')}").status == 200
    credentials = {"email": "usha@example.com", "password": PASSWORD}
    wrong = {**credentials, "password": "Monsoon-2025!"}
    assert nobody.post("/auth/login", wrong).code == "INVALID_CREDENTIALS"
    first = scribe.ask("log-in", nobody, "POST", "/auth/login", credentials).data["tokens"]
    usha.bear(first["accessToken"])
    scribe.ask("me", usha, "GET", "/auth/me", told=LIMITS, cut=("data.permissions",))
    body = {"refreshToken": first["refreshToken"]}
    second = scribe.ask("refresh", nobody, "POST", "/auth/refresh", body).data
    scribe.ask("refresh-again", nobody, "POST", "/auth/refresh", body, status=401, brief=True)
    assert usha.bear(second["accessToken"]).get("/auth/me").code == "NOT_AUTHENTICATED"
    again = nobody.post("/auth/login", credentials).data["tokens"]
    usha.bear(again["accessToken"])
    with at(BOOKED + timedelta(minutes=16)):
        scribe.ask("too-old", usha, "GET", "/auth/me", status=401, brief=True)
    assert usha.post("/auth/logout").status == 200


def mail_token(email: str) -> str:
    """The last part of the link that the mail brings."""
    return str(EmailConfirmationHMAC(EmailAddress.objects.get(email=email)).key)


def states(scribe: Scribe, consultant: Consultant) -> None:
    usha, asha = (Api(user) for user in (User.objects.get(email="usha@example.com"), consultant.user))
    scribe.ask("not-approved", usha, "GET", "/consultant/services", status=403, brief=True)
    scribe.ask("not-yours", asha, "GET", f"/bookings/{KEY}", status=404, brief=True)


def browse(scribe: Scribe, service: str) -> None:
    nobody = Api()
    scribe.ask("directory", nobody, "GET", "/consultants", query={"expertise": "tax", "maxPrice": "200000"})
    page = scribe.ask("page", nobody, "GET", "/consultants/asha-rao", told=("ETag", "Cache-Control"))
    scribe.ask(
        "page-again", nobody, "GET", "/consultants/asha-rao", headers={"If-None-Match": page["ETag"]}, status=304
    )
    days = {"from": "2026-11-26", "to": "2026-11-26", "timezone": "Europe/London"}
    scribe.ask("slots", nobody, "GET", "/consultants/asha-rao/slots", query={"service": service, **days})


def book(scribe: Scribe, service: str) -> dict[str, Any]:
    """As a guest, twice with one key; somebody else is too late."""
    guest, key = Api(), {"Idempotency-Key": KEY}
    person = {"name": "Farhan Qureshi", "email": "farhan@example.com", "phone": "+919800000001"}
    wish = {"consultantSlug": "asha-rao", "serviceId": service, "start": "2026-11-26T05:30:00Z", "client": person}
    wish["timezone"] = "Asia/Kolkata"
    booked: dict[str, Any] = scribe.ask("book", guest, "POST", "/book", wish, status=201, headers=key).data
    replay, cut = ("Idempotent-Replayed",), ("client", "data")
    scribe.ask("book-again", guest, "POST", "/book", wish, status=201, headers=key, told=replay, cut=cut)
    other = {**wish, "start": "2026-11-26T06:00:00Z"}
    assert guest.send("POST", "/book", other, headers=key).code == "IDEMPOTENCY_CONFLICT"
    late = {**wish, "client": {"name": "Gita Nair", "email": "gita@example.com", "phone": "+919800000002"}}
    scribe.ask("book-late", guest, "POST", "/book", late, status=409, cut=("client",), brief=True)
    return booked


def pay(scribe: Scribe, emulator: RunningEmulator, booked: dict[str, Any]) -> None:
    guest = Api()
    token = {"manageToken": booked["manageToken"]}
    scribe.ask(
        "order", guest, "POST", "/payments/initiate", token, status=201, only=("paymentId", "orderId", "expiresAt")
    )
    paid = emulator.pay(booked["payment"]["orderId"])["checkout"]
    fields = {name: paid[name] for name in ("razorpay_order_id", "razorpay_payment_id", "razorpay_signature")}
    forged = {**fields, "razorpay_signature": "0" * 64}
    assert guest.post("/payments/complete", forged).code == "PAYMENT_SIGNATURE_INVALID"
    scribe.ask("complete", guest, "POST", "/payments/complete", fields)


def webhook(scribe: Scribe, emulator: RunningEmulator, booked: dict[str, Any]) -> None:
    entity = {"id": "pay_00000000000001", "order_id": booked["payment"]["orderId"], "status": "captured"}
    event = {"entity": "event", "event": "payment.captured", "payload": {"payment": {"entity": entity}}}
    body = json.dumps(event).encode()
    signature = hmac.new(emulator.webhook_secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {"X-Razorpay-Event-Id": "evt_00000000000001", "X-Razorpay-Signature": signature}
    scribe.ask("webhook", Api(), "POST", "/payments/webhook", body, headers=headers)


def join(scribe: Scribe) -> Api:
    """The guest makes a login with the same address, and finds the booking in it."""
    nobody = Api()
    farhan = {"name": "Farhan Qureshi", "email": "farhan@example.com", "password": PASSWORD, "accountType": "client"}
    nobody.post("/auth/signup", farhan)
    nobody.get(f"/auth/verify-email/{mail_token('farhan@example.com')}")
    return client_login()


def client_login() -> Api:
    tokens = Api().post("/auth/login", {"email": "farhan@example.com", "password": PASSWORD}).data["tokens"]
    return Api().bear(tokens["accessToken"])


def lists(scribe: Scribe, client: Api, booked: dict[str, Any]) -> None:
    query = {"status": "CONFIRMED", "from": "2026-11-24", "ordering": "startsAt", "pageSize": "10"}
    scribe.ask("sessions", client, "GET", "/sessions", query=query)
    only = ("id", "status", "start", "paidPaise", "currency", "sessionId", "cancellation")
    scribe.ask("booking", client, "GET", f"/bookings/{booked['booking']['id']}", only=only)


def limits(scribe: Scribe) -> None:
    nobody = Api()
    guess = {"email": "asha@example.com", "password": "Monsoon-2024!"}
    assert [nobody.post("/auth/login", guess).status for _try in range(5)] == [401] * 5
    scribe.ask("too-many", nobody, "POST", "/auth/login", guess, status=429, told=("Retry-After", *LIMITS), brief=True)


def hold(scribe: Scribe, asha: User, consultant: Consultant, client: Api) -> None:
    """The session: written, joined, held, rated."""
    practice = Api(asha)
    pk = str(consultant.sessions.get().pk)
    said = {"clientMessageId": MESSAGE, "body": "The notice is of 12 March."}
    scribe.ask("message", client, "POST", f"/sessions/{pk}/messages", said, status=201)
    assert practice.get(f"/sessions/{pk}/messages").data["messages"][0]["body"] == said["body"]
    scribe.ask("ticket", client, "POST", "/auth/ws-ticket")
    scribe.ask("room", client, "GET", f"/jitsi/room/{pk}", cut=("data.joinUrl",))
    practice.post(f"/sessions/{pk}/start")
    assert practice.post(f"/sessions/{pk}/no-show").code == "INVALID_STATE"
    summary = {"summary": "Reply to the notice by 30 November."}
    only = ("id", "status", "startedAt", "endedAt", "summary")
    scribe.ask("held", practice, "POST", f"/sessions/{pk}/complete", summary, only=only)
    scribe.ask(
        "rate", client, "PUT", f"/sessions/{pk}/rate", {"rating": 5, "comment": "Clear and quick."}, cut=("data",)
    )
    assert Api().get("/consultants/asha-rao/reviews").data["reviews"][0]["rating"] == 5


# --- the practice -----------------------------------------------------------------------------------


def clients(scribe: Scribe, practice: Api) -> None:
    """Asha's: who has booked is there already, one is written down, more come from a list."""
    wish = {"name": "Meera Nair", "email": "meera@example.com", "tags": ["Founder"], "note": "Met in Pune."}
    only = ("id", "name", "email", "tags", "activity", "notes")
    scribe.ask("client-new", practice, "POST", "/clients", wish, status=201, only=only)
    scribe.ask("client-again", practice, "POST", "/clients", wish, status=400, brief=True)
    query = {"activity": "ACTIVE", "ordering": "-valuePaise"}
    listed = scribe.ask("clients", practice, "GET", "/clients", query=query).data["clients"]
    only = ("id", "name", "sessionsHeld", "valuePaise", "history")
    scribe.ask("client", practice, "GET", f"/clients/{listed[0]['id']}", only=only)
    scribe.ask("client-change", practice, "PATCH", f"/clients/{listed[0]['id']}", {"tags": ["Regular"]}, cut=("data",))
    scribe.ask("client-import", practice, "POST", "/clients/import", file=("clients.csv", LIST), status=201)
    scribe.ask("clients-summary", practice, "GET", "/clients/summary")


def quotation(scribe: Scribe, practice: Api) -> None:
    """Written, sent, read by its client, accepted, and begun to be paid."""
    guest = Api()
    meera = practice.get("/clients", search="meera").data["clients"][0]["id"]
    line = {"description": "Books of the year", "quantity": 2.5, "unitPricePaise": 400_000}
    wish = {"clientId": meera, "title": "Audit of the year", "validUntil": "2026-12-11", "lines": [line]}
    wish |= {"depositPercent": 50}
    only: tuple[str, ...] = ("id", "number", "status", "subtotalPaise", "totalPaise", "depositPaise", "edition")
    draft = scribe.ask("quotation-draft", practice, "POST", "/quotations", wish, status=201, only=only).data["id"]
    key = {"Idempotency-Key": MESSAGE}
    only = ("id", "number", "status", "version", "lapsesAt", "url")
    path = f"/quotations/{draft}/send"
    sent = scribe.ask("quotation-send", practice, "POST", path, {"byMail": True}, headers=key, only=only).data
    late = {"discountPercent": 5}
    scribe.ask("quotation-late", practice, "PATCH", f"/quotations/{draft}", late, status=409, brief=True)
    token = sent["url"].rstrip("/").rsplit("/", 1)[1]
    only = ("number", "version", "status", "title", "totalPaise", "depositPaise", "canBeAnswered", "consultant")
    scribe.ask("quotation-read", guest, "GET", f"/quotations/public/{token}", only=only)
    name = {"name": "Meera Nair", "version": 1}
    only = ("number", "status", "acceptedBy", "acceptedAt", "owedPaise")
    scribe.ask("quotation-accept", guest, "POST", f"/quotations/public/{token}/accept", name, only=only)
    only = ("paymentId", "orderId", "amountPaise", "description")
    body = {"manageToken": token}
    scribe.ask("quotation-order", guest, "POST", "/payments/initiate", body, status=201, only=only)
    assert practice.get("/quotations", status="ACCEPTED").data["quotations"][0]["id"] == draft


def sections(scribe: Scribe, practice: Api, service: str) -> None:
    """A part of a service, then all of it; where the money goes, in time and too late."""
    path, only = f"/consultant/services/{service}", ("id", "title", "description", "minutes", "pricePaise", "isActive")
    scribe.ask("section-part", practice, "PATCH", path, {"pricePaise": 180_000, "isActive": False}, only=only)
    whole = {"title": "First call", "minutes": 30, "pricePaise": 180_000}
    scribe.ask("section-whole", practice, "PUT", path, whole, only=only)
    unchanged = practice.patch(path, {})
    assert (unchanged.status, unchanged.data["pricePaise"]) == (200, 180_000)
    bank, path = {"accountHolderName": "Asha Rao", "accountNumber": "123456784321"}, "/consultant/bank-account"
    scribe.ask("bank-account", practice, "PUT", path, {**bank, "ifsc": "HDFC0001234"})
    with at(AFTERWARDS + timedelta(minutes=6)):
        scribe.ask(
            "bank-account-late",
            practice,
            "PATCH",
            path,
            {"ifsc": "SBIN0000300"},
            status=401,
            told=("WWW-Authenticate",),
            brief=True,
        )


def figures(scribe: Scribe, practice: Api) -> None:
    scribe.ask("metrics", practice, "GET", "/dashboard/metrics", query={"period": "30d"})
    only = ("step", "revenueSplit", "statusBreakdown")
    scribe.ask("charts", practice, "GET", "/dashboard/charts", query={"period": "7d"}, only=only)
    wrong = {"from": "2026-12-01"}
    scribe.ask("charts-wrong", practice, "GET", "/dashboard/charts", query=wrong, status=400, brief=True)
    scribe.ask("activity", practice, "GET", "/dashboard/recent-activity", query={"limit": "3"})
    scribe.ask("summary", practice, "GET", "/dashboard/summary")
