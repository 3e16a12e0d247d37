"""What a request and an answer of each endpoint looks like, for the document."""

from __future__ import annotations

from typing import Any

from payments.api.examples import ORDER

ID = "01934c2e-6b1a-7c3e-9d0f-2a5b8c7e4f10"
MOMENT = "2026-11-24T05:30:00Z"
BOOK: dict[str, Any] = {
    "consultantSlug": "asha-rao",
    "serviceId": ID,
    "start": MOMENT,
    "client": {"name": "Farhan Qureshi", "email": "farhan@example.com", "phone": "+919800000001"},
    "answers": {ID: "A notice of March"},
    "timezone": "Asia/Kolkata",
}
REQUEST = {name: BOOK[name] for name in ("consultantSlug", "serviceId", "start", "timezone")}
SHOWN: dict[str, Any] = {
    "id": ID,
    "reference": "NK-7F3K2Q9B",
    "status": "HELD",
    "consultant": {"id": ID, "slug": "asha-rao", "name": "Asha Rao"},
    "client": {"id": ID, **BOOK["client"]},
    "serviceId": ID,
    "title": "First call",
    "start": MOMENT,
    "end": "2026-11-24T06:00:00Z",
    "minutes": 30,
    "timezone": "Asia/Kolkata",
    "platform": "JITSI",
    "place": "",
    "answers": [{"question": "What is it about?", "answer": "A notice of March"}],
    "pricePaise": 150000,
    "taxPaise": 0,
    "totalPaise": 150000,
    "dueNowPaise": 150000,
    "paidPaise": 0,
    "refundedPaise": 0,
    "owedPaise": 0,
    "currency": "INR",
    "sessionId": None,
    "holdExpiresAt": "2026-11-20T10:10:00Z",
    "answerBy": None,
    "closedAt": None,
    "closeReason": "",
    "createdAt": "2026-11-20T10:00:00Z",
    "updatedAt": "2026-11-20T10:00:00Z",
}
ACCEPTED = {**SHOWN, "status": "ACCEPTED", "paidPaise": 150000, "sessionId": ID, "holdExpiresAt": None}
DETAIL = {
    **ACCEPTED,
    "cancellation": {
        "canCancel": True,
        "canReschedule": True,
        "refundPercent": 100,
        "refundPaise": 150000,
        "sentence": "You get all of it back: ₹1,500.00.",
        "freeUntil": "2026-11-23T05:30:00Z",
    },
}
BOOKED = {
    "booking": SHOWN,
    "manageToken": "Jm4Yw0mPzv2tC6bqkX1rT9sN8dLhQe7f",
    "manageUrl": "https://naksha.example/b/Jm4Yw0mPzv2tC6bqkX1rT9sN8dLhQe7f/",
    "payment": ORDER,
}
