"""Answers as the document of the API shows them."""

from __future__ import annotations

from typing import Any

_PERIOD = {"from": "2026-10-26", "to": "2026-11-24"}


def _metric(value: int, previous: int, percent: float, unit: str = "count") -> dict[str, Any]:
    return {"value": value, "previous": previous, "changePercent": percent, "unit": unit}


METRICS: dict[str, Any] = {
    "period": _PERIOD,
    "previousPeriod": {"from": "2026-09-26", "to": "2026-10-25"},
    "timezone": "Asia/Kolkata",
    "currency": "INR",
    "revenue": _metric(4_500_000, 3_600_000, 25.0, "paise"),
    "receivedPaise": 5_310_000,
    "gstPaise": 810_000,
    "clients": _metric(21, 20, 5.0),
    "sessions": _metric(30, 24, 25.0),
    "services": _metric(3, 3, 0.0),
    "quotations": {**_metric(2, 1, 100.0), "sent": 4, "previousSent": 3},
}
CHARTS: dict[str, Any] = {
    "period": _PERIOD,
    "timezone": "Asia/Kolkata",
    "currency": "INR",
    "step": "day",
    "revenueByDay": [{"date": "2026-11-24", "amountPaise": 150_000, "withGstPaise": 177_000}],
    "revenueSplit": {
        "byService": [
            {
                "title": "First call",
                "amountPaise": 150_000,
                "sharePercent": 100.0,
                "serviceId": "0192f0c1-7a00-7000-8000-000000000001",
            }
        ],
        "byMethod": [{"title": "UPI", "amountPaise": 150_000, "sharePercent": 100.0, "method": "upi"}],
    },
    "sessionTrend": [{"date": "2026-11-24", "completed": 2, "noShow": 0, "cancelled": 0, "confirmed": 1}],
    "statusBreakdown": [
        {"status": "COMPLETED", "count": 30},
        {"status": "NO_SHOW", "count": 1},
        {"status": "CANCELLED", "count": 2},
        {"status": "CONFIRMED", "count": 1},
        {"status": "ABANDONED", "count": 4},
    ],
}
EVENT: dict[str, Any] = {
    "type": "PAYMENT",
    "id": "0192f0c1-7a00-7000-8000-000000000002",
    "at": "2026-11-24T05:30:00Z",
    "title": "Paid: First call with Asha Rao",
    "who": "Farhan Qureshi",
    "amountPaise": 177_000,
    "currency": "INR",
}
SUMMARY: dict[str, Any] = {
    "date": "2026-11-24",
    "timezone": "Asia/Kolkata",
    "nextSession": {
        "id": "0192f0c1-7a00-7000-8000-000000000003",
        "title": "First call",
        "who": "Farhan Qureshi",
        "startsAt": "2026-11-24T11:00:00Z",
        "endsAt": "2026-11-24T11:30:00Z",
        "canJoin": False,
        "path": "/sessions/0192f0c1-7a00-7000-8000-000000000003/",
    },
    "sessionsLeft": 1,
    "requestsWaiting": 2,
    "unreadMessages": 3,
    "needsAttention": [
        {
            "title": "Set your hours",
            "body": "The times in which clients may book you. Without any there is no free time.",
            "path": "/dashboard/availability/",
        }
    ],
    "month": {
        "receivedPaise": 5_310_000,
        "previousPaise": 4_100_000,
        "feesPaise": 531_000,
        "yoursPaise": 4_779_000,
        "currency": "INR",
    },
}
