"""What a request and an answer of each endpoint looks like, for the document."""

from __future__ import annotations

from typing import Any

ID = "01934c2e-6b1a-7c3e-9d0f-2a5b8c7e4f10"
MOMENT = "2026-11-20T10:00:00Z"
LINE_INPUT: dict[str, Any] = {
    "description": "Name, papers and filing",
    "details": "",
    "quantity": 1,
    "unitPricePaise": 2_500_000,
    "discountPercent": 10,
}
INPUT: dict[str, Any] = {
    "clientName": "Farhan Qureshi",
    "clientEmail": "farhan@example.com",
    "title": "Incorporation of a company",
    "message": "As we said on the phone.",
    "terms": "Half before we begin.",
    "validUntil": "2026-12-04",
    "discountPercent": 0,
    "depositPercent": 50,
    "lines": [LINE_INPUT],
}
LINE = {**LINE_INPUT, "amountPaise": 2_250_000}
ROW: dict[str, Any] = {
    "id": ID,
    "number": "QT/2627/00012",
    "version": 1,
    "status": "SENT",
    "ending": None,
    "title": INPUT["title"],
    "client": {"id": ID, "name": "Farhan Qureshi", "email": "farhan@example.com"},
    "validUntil": "2026-12-04",
    "lapsesAt": "2026-12-04T18:30:00Z",
    "currency": "INR",
    "totalPaise": 2_655_000,
    "depositPaise": 1_327_500,
    "paidPaise": 0,
    "refundedPaise": 0,
    "createdAt": MOMENT,
    "sentAt": MOMENT,
    "viewedAt": None,
    "acceptedAt": None,
}
_TERMS: dict[str, Any] = {
    "message": INPUT["message"],
    "terms": INPUT["terms"],
    "placeOfSupply": "27",
    "subtotalPaise": 2_250_000,
    "discountPercent": 0,
    "discountPaise": 0,
    "gstPercent": 18,
    "cgstPaise": 202_500,
    "sgstPaise": 202_500,
    "igstPaise": 0,
    "depositPercent": 50,
    "lines": [LINE],
    "questions": [],
}
DETAIL: dict[str, Any] = {**ROW, **_TERMS, "stateCode": "", "edition": 1, "acceptedBy": "", "closeReason": ""}
SENT: dict[str, Any] = {**DETAIL, "url": "https://naksha.example/q/kJ3fXw0yZ2uVtq8mRb5LhN4c/"}
PUBLIC: dict[str, Any] = {
    **{name: value for name, value in ROW.items() if name not in ("client", "createdAt", "viewedAt")},
    **_TERMS,
    "canBeAnswered": True,
    "owedPaise": 0,
    "clientName": "Farhan Qureshi",
    "consultant": {"name": "Asha Rao", "slug": "asha-rao"},
    "acceptedBy": "",
}
