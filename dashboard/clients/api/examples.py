"""What the document of the API shows."""

from __future__ import annotations

from typing import Any

ID = "0197f0a2-5c1e-7c3a-9d55-2f6f0f6a1b10"
SESSION = "0197f0a2-5c1e-7c3a-9d55-2f6f0f6a1b11"
ROW: dict[str, Any] = {
    "id": ID,
    "name": "Meera Nair",
    "email": "meera@example.com",
    "phone": "+919820012345",
    "tags": ["Regular"],
    "activity": "ACTIVE",
    "sessionsHeld": 4,
    "lastSessionAt": "2026-11-03T05:30:00Z",
    "nextSessionAt": "2026-11-24T05:30:00Z",
    "valuePaise": 708_000,
    "currency": "INR",
    "hasLogin": True,
    "isArchived": False,
    "createdAt": "2026-08-12T05:30:00Z",
    "updatedAt": "2026-11-03T06:05:00Z",
}
NEW = {
    "name": "Meera Nair",
    "email": "meera@example.com",
    "phone": "98200 12345",
    "tags": ["Regular"],
    "customFields": {"Plan": "Gold"},
    "note": "Met in Pune.",
}
WHOLE = {"name": "Meera Nair", "email": "meera@example.com", "phone": "+919820012345", "stateCode": "27"}
DETAIL: dict[str, Any] = {
    **ROW,
    "address": "4 Karve Road, Pune",
    "stateCode": "27",
    "pinCode": "411004",
    "gstin": "",
    "timezone": "Asia/Kolkata",
    "earlierEmails": [],
    "customFields": [{"label": "Plan", "kind": "CHOICE", "value": "Gold"}],
    "notes": [{"id": ID, "body": "Met in Pune.", "by": "Asha Rao", "createdAt": "2026-08-12T05:30:00Z"}],
    "history": {
        "sessions": [
            {
                "sessionId": SESSION,
                "bookingId": ID,
                "reference": "NK-7F3K2Q9B",
                "title": "First call",
                "startsAt": "2026-11-03T05:30:00Z",
                "status": "COMPLETED",
                "amountPaise": 177_000,
                "paidPaise": 177_000,
                "owedPaise": 0,
            }
        ],
        "payments": [
            {
                "id": ID,
                "description": "First call",
                "status": "CAPTURED",
                "amountPaise": 177_000,
                "refundedPaise": 0,
                "paidAt": "2026-11-01T09:12:00Z",
            }
        ],
        "messages": [
            {"id": ID, "sessionId": SESSION, "byClient": True, "body": "Thank you.", "sentAt": "2026-11-03T06:10:00Z"}
        ],
        "files": [],
    },
}
SUMMARY = {
    "total": 48,
    "archived": 3,
    "active": 21,
    "new": 6,
    "quiet": 15,
    "lost": 6,
    "valuePaise": 24_780_000,
    "currency": "INR",
}
IMPORT = {
    "id": ID,
    "status": "DONE",
    "dryRun": False,
    "total": 2,
    "done": 2,
    "created": 1,
    "updated": 0,
    "unchanged": 0,
    "refused": 1,
    "rows": [
        {"row": 2, "name": "Meera Nair", "email": "meera@example.com", "outcome": "CREATED", "why": ""},
        {
            "row": 3,
            "name": "Gita",
            "email": "gita",
            "outcome": "REFUSED",
            "why": "Mail address: Write a mail address like name@example.com.",
        },
    ],
}
IMPORT_PAGE = {
    **IMPORT,
    "pagination": {"page": 1, "pageSize": 20, "totalPages": 1, "totalCount": 2, "hasNext": False, "hasPrevious": False},
}
