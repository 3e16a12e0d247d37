"""The platform's numbers, for admins."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.auth import Admin
from accounts.api.views.admin import AUDIT, AuditData
from dashboard import platform
from naksha.api.naming import camel
from naksha.api.schema import operation
from naksha.api.serializers import Serializer
from naksha.api.views import ApiView

CURRENCY = "INR"


class Waiting(Serializer):
    applications = serializers.IntegerField()
    refunds_open = serializers.IntegerField()
    refunds_failed = serializers.IntegerField()
    mails_failed = serializers.IntegerField()
    gateway_calls_failed = serializers.IntegerField()


class DashboardData(Serializer):
    """What waits for somebody; the numbers of the last ``days`` days; the last lines of the audit log."""

    waiting = Waiting()
    days = serializers.IntegerField()
    consultants_public = serializers.IntegerField()
    consultants_approved = serializers.IntegerField()
    new_accounts = serializers.IntegerField()
    bookings_made = serializers.IntegerField()
    bookings_pending = serializers.IntegerField()
    sessions_to_come = serializers.IntegerField()
    payments = serializers.IntegerField()
    paid_paise = serializers.IntegerField()
    refunded_paise = serializers.IntegerField()
    fee_paise = serializers.IntegerField(help_text="Before GST.")
    currency = serializers.CharField()
    recent = AuditData(many=True)


class Counts(serializers.DictField):
    child = serializers.IntegerField()


class MoneyData(Serializer):
    count = serializers.IntegerField()
    captured_paise = serializers.IntegerField()
    refunded_paise = serializers.IntegerField()
    fee_paise = serializers.IntegerField(help_text="Before GST.")
    currency = serializers.CharField()


class StatsData(Serializer):
    """All there is, by its state."""

    users = Counts()
    consultants = Counts()
    bookings = Counts()
    sessions = Counts()
    payments = MoneyData()


WAITING = {
    "applications": 3,
    "refundsOpen": 1,
    "refundsFailed": 0,
    "mailsFailed": 0,
    "gatewayCallsFailed": 0,
}
MONTH = {
    "consultantsPublic": 21,
    "consultantsApproved": 24,
    "newAccounts": 40,
    "bookingsMade": 180,
    "bookingsPending": 4,
    "sessionsToCome": 35,
    "payments": 160,
    "paidPaise": 24_000_000,
    "refundedPaise": 450_000,
    "feePaise": 2_400_000,
    "currency": CURRENCY,
}
MONEY = {
    "count": 900,
    "capturedPaise": 135_000_000,
    "refundedPaise": 1_200_000,
    "feePaise": 13_500_000,
    "currency": CURRENCY,
}


class Dashboard(ApiView):
    permission_classes = (Admin,)

    @operation(
        "admin_dashboard",
        "What waits, and how the last 30 days went",
        tag="Admin",
        answer=DashboardData,
        errors=["PERMISSION_DENIED"],
        example={"waiting": WAITING, "days": platform.DAYS, **MONTH, "recent": [AUDIT]},
    )
    def get(self, request: Request) -> Response:
        found = {camel(name): value for name, value in asdict(platform.numbers()).items()}
        waiting = {name: found.pop(name) for name in WAITING}
        recent = AuditData(platform.recent(), many=True).data
        return self.ok({"waiting": waiting, "days": platform.DAYS, **found, "currency": CURRENCY, "recent": recent})


class Stats(ApiView):
    permission_classes = (Admin,)

    @operation(
        "admin_stats",
        "All there is, by its state",
        tag="Admin",
        answer=StatsData,
        errors=["PERMISSION_DENIED"],
        example={
            "users": {"client": 900, "consultant": 31, "admin": 3},
            "consultants": {"APPROVED": 24, "SUBMITTED": 3},
            "bookings": {"ACCEPTED": 850, "PENDING": 4},
            "sessions": {"COMPLETED": 780, "CONFIRMED": 35},
            "payments": MONEY,
        },
    )
    def get(self, request: Request) -> Response:
        found = platform.totals()
        data: dict[str, Any] = {"users": found["users"]}
        for name in ("consultants", "bookings", "sessions"):
            data[name] = {status.upper(): number for status, number in found[name].items()}
        payments = {camel(name): value for name, value in found["payments"].items()}
        return self.ok({**data, "payments": {**payments, "currency": CURRENCY}})
