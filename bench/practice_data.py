"""``python -m bench.practice_data``: a consultant with three years of 5,000 sessions, 2,000 clients and the money of
each, with all figures kept; and the cookie of their login."""

from __future__ import annotations

import json
import os
import sys
from datetime import timedelta
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
SESSIONS, CLIENTS, DAYS = 5_000, 2_000, 3 * 365
METHODS = ("upi", "upi", "upi", "card", "netbanking")
PRICE, TAX, FEE, FEE_TAX = 150_000, 27_000, 15_000, 2_700


def fill() -> dict[str, Any]:
    from itertools import count

    from django.conf import settings
    from django.db import connection
    from django.test import Client as Browser

    from dashboard.figures import keeping
    from naksha import testing
    from naksha.testing import make_consultant

    testing._number = count(3_000_000)  # beside the people whom other parts made in processes of their own
    consultant = make_consultant(slug="long-practice")
    history(consultant)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    days = keeping.keep(consultant.pk)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE dashboard_dailyanalytics, dashboard_dailyclient")
    browser = Browser()
    browser.force_login(consultant.user)
    name = settings.SESSION_COOKIE_NAME
    service = consultant.services.get(title="Service 0")
    return {"cookie": f"{name}={browser.cookies[name].value}", "days": days, "service": str(service.pk)}


def history(consultant: Any) -> None:
    """Sessions through the years, each booked and paid a month before; one in forty went back."""
    from django.db import transaction
    from django.db.models import F
    from django.utils import timezone

    from bookings.models import Booking
    from clients.models import Client
    from dashboard.models import DailyViews
    from naksha.testing import make_service
    from payments.models import Invoice, LedgerEntry, LedgerTransaction, Payment, PaymentAttempt, Refund
    from payments.services.ledger import account
    from sessions_app.models import Session

    services = [make_service(consultant, title=f"Service {n}", price_paise=PRICE) for n in range(5)]
    clients = Client.objects.bulk_create(
        Client(consultant=consultant, name=f"Client {n}", email=f"client{n}@example.com") for n in range(CLIENTS)
    )
    now = timezone.now()
    accounts = {
        "gateway": account("gateway"),
        "consultant": account("consultant", consultant.pk),
        "platform_fees": account("platform_fees"),
        "gst_output": account("gst_output"),
        "refunds": account("refunds"),
    }
    rows: dict[Any, list[Any]] = {
        kind: []
        for kind in (Session, Booking, Payment, PaymentAttempt, Refund, LedgerTransaction, LedgerEntry, Invoice)
    }
    shares = {"consultant": PRICE + TAX - FEE - FEE_TAX, "platform_fees": FEE, "gst_output": FEE_TAX}

    def post(kind: str, sign: int, where: str, at: Any, **of: Any) -> None:
        told = LedgerTransaction(kind=kind, currency="INR", entry_count=4, occurred_at=at, **of)
        rows[LedgerTransaction].append(told)
        amounts = {where: sign * (PRICE + TAX), **{code: -sign * part for code, part in shares.items()}}
        rows[LedgerEntry] += [
            LedgerEntry(transaction=told, account=accounts[code], amount_paise=paise) for code, paise in amounts.items()
        ]

    for n in range(SESSIONS):
        start = now + timedelta(days=20) - timedelta(days=DAYS) * n / SESSIONS
        service, client = services[n % 5], clients[(n * 7) % CLIENTS]
        status = {3: "no_show", 7: "cancelled"}.get(n % 23, "completed") if start < now else "confirmed"
        facts = {"starts_at": start, "ends_at": start + timedelta(minutes=30), "title": service.title}
        common = {"consultant": consultant, "service": service, "client": client, "platform": "jitsi", **facts}
        session = Session(status=status, **common)
        booking = Booking(
            status="accepted", session=session, timezone="Asia/Kolkata", needs_confirmation=False,
            contact_name=client.name,
            due_now_paise=PRICE + TAX, paid_paise=PRICE + TAX, gst_basis_points=1800, fee_basis_points=1000,
            free_cancel_hours=24, partial_cancel_hours=6, partial_refund_percent=50, reschedule_hours=12,
            max_reschedules=2, price_paise=PRICE, tax_paise=TAX, total_paise=PRICE + TAX, **common,
        )  # fmt: skip
        paid_at = start - timedelta(days=30)
        whole = PRICE + TAX
        refunded = whole if n % 40 == 0 else 0
        payment = Payment(
            payable_kind="booking", payable_id=booking.pk, consultant=consultant, purpose="full", status="captured",
            amount_paise=whole, captured_paise=whole, captured_at=paid_at, order_id=f"order_bench{n}", payer_name="F",
            payer_email="f@example.com", description=service.title, fee_paise=FEE, fee_tax_paise=FEE_TAX,
            refunding_paise=refunded,
        )  # fmt: skip
        attempt = PaymentAttempt(
            payment=payment, gateway_payment_id=f"pay_bench{n}", status="captured", outcome="settled",
            amount_paise=whole, captured_paise=whole, currency="INR", method=METHODS[n % 5], answered_at=paid_at,
            captured_at=paid_at, refunding_paise=refunded,
        )  # fmt: skip
        paper = {
            "consultant": consultant, "financial_year": "bench", "serial": n, "issued_on": paid_at.date(),
            "payable_kind": "booking", "payable_id": booking.pk, "reference": booking.reference, "payment": payment,
            "supplier": {}, "recipient": {}, "place_of_supply": "27", "lines": [], "currency": "INR",
            "gst_basis_points": 1800, "taxable_paise": PRICE, "cgst_paise": TAX // 2, "sgst_paise": TAX // 2,
            "igst_paise": 0, "round_off_paise": 0, "total_paise": whole,
        }  # fmt: skip
        invoice = Invoice(kind="tax_invoice", code="INV", number=f"INV/{n}", issued_at=paid_at, **paper)
        for row in (session, booking, payment, attempt, invoice):
            rows[type(row)].append(row)
        post("capture", 1, "gateway", paid_at, payment=payment, attempt=attempt)
        if refunded:
            refund = Refund(
                payment=payment, attempt=attempt, cause="requested", amount_paise=whole, fee_paise=FEE,
                fee_tax_paise=FEE_TAX, currency="INR", key=f"bench{n}",
            )  # fmt: skip
            rows[Refund].append(refund)
            rows[Invoice].append(
                Invoice(kind="credit_note", code="CN", number=f"CN/{n}", refund=refund, original=invoice,
                        issued_at=paid_at + timedelta(hours=1), **paper)
            )  # fmt: skip
            post("refund_owed", -1, "refunds", paid_at + timedelta(hours=1), payment=payment, attempt=attempt,
                 refund=refund)  # fmt: skip
    with transaction.atomic():  # a transaction of the ledger balances when it is committed
        for kind, made in rows.items():
            kind.objects.bulk_create(made, batch_size=2_000)
    Booking.objects.filter(consultant=consultant).update(created_at=F("starts_at") - timedelta(days=30))
    Payment.objects.filter(consultant=consultant).update(updated_at=F("captured_at") + timedelta(hours=1))
    first = (now - timedelta(days=DAYS)).date()
    DailyViews.objects.bulk_create(
        DailyViews(consultant=consultant, day=first + timedelta(days=n), visitors=20, page_views=25, booking_views=9,
                   booking_visitors=8)
        for n in range(DAYS)
    )  # fmt: skip


if __name__ == "__main__":
    django.setup()
    json.dump(fill(), sys.stdout)
