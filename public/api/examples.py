"""What an answer of each public endpoint looks like, for the document."""

from __future__ import annotations

from typing import Any

ID = "01934c2e-6b1a-7c3e-9d0f-2a5b8c7e4f10"
HOST = {"id": ID, "slug": "asha-rao", "name": "Asha Rao", "photoUrl": None}
PERSON: dict[str, Any] = {
    "id": ID,
    "slug": "asha-rao",
    "name": "Asha Rao",
    "headline": "Tax for founders, in plain words",
    "photoUrl": None,
    "city": {"slug": "pune", "name": "Pune"},
    "expertise": [{"slug": "tax", "name": "Tax"}],
    "languages": [{"code": "en", "name": "English", "ownName": "English"}],
    "experienceYears": 14,
    "rating": {"average": 4.9, "count": 31},
    "pageUrl": "https://naksha.example/asha-rao/",
}
CARD = {**PERSON, "fromPricePaise": 150000, "currency": "INR", "nextAvailable": "2026-11-24T05:30:00Z"}
OFFER: dict[str, Any] = {
    "id": ID,
    "kind": "PERSONAL",
    "title": "First call",
    "description": "What you owe, what you don't.",
    "minutes": 30,
    "pricePaise": 150000,
    "taxPaise": 0,
    "totalPaise": 150000,
    "dueNowPaise": 150000,
    "currency": "INR",
    "platform": "JITSI",
    "place": "",
    "confirmation": "INSTANT",
    "capacity": 1,
    "questions": [{"id": ID, "label": "What is it about?", "kind": "SHORT", "choices": [], "required": True}],
}
PAGE = {
    **PERSON,
    "bio": "Fourteen years of notices answered.",
    "credentials": "FCA",
    "timezone": "Asia/Kolkata",
    "links": [{"label": "LinkedIn", "url": "https://www.linkedin.com/in/asha-rao"}],
    "services": [OFFER],
    "rating": {"average": 4.9, "count": 31, "breakdown": {"5": 29, "4": 1, "3": 1, "2": 0, "1": 0}},
    "bookingPolicy": {
        "minNoticeMinutes": 120,
        "horizonDays": 60,
        "freeCancelHours": 24,
        "partialCancelHours": 4,
        "partialRefundPercent": 50,
        "rescheduleHours": 4,
        "maxReschedules": 2,
    },
}
_STRETCH = {"start": "09:00", "end": "17:00"}
HOURS = {
    "timezone": "Asia/Kolkata",
    "week": [{"weekday": "MONDAY", "hours": "9:00 am to 5:00 pm", "stretches": [_STRETCH]}],
    "dates": [{"first": "2026-11-30", "last": "2026-12-01", "hours": "", "stretches": []}],
}
SLOTS = {
    "timezone": "Asia/Kolkata",
    "serviceId": ID,
    "minutes": 30,
    "days": [{"date": "2026-11-24", "slots": [{"start": "2026-11-24T05:30:00Z", "end": "2026-11-24T06:00:00Z"}]}],
}
REVIEW = {
    "id": ID,
    "rating": 5,
    "comment": "She read the notice with me, line by line.",
    "authorName": "Farhan Q.",
    "serviceTitle": "First call",
    "reviewedAt": "2026-11-20T10:00:00Z",
    "reply": "",
    "repliedAt": None,
}
WEBINAR = {
    "id": ID,
    "title": "GST for makers",
    "description": "What to charge, what to file.",
    "start": "2026-11-28T12:30:00Z",
    "end": "2026-11-28T13:30:00Z",
    "minutes": 60,
    "platform": "JITSI",
    "serviceId": ID,
    "consultant": HOST,
    "pricePaise": 50000,
    "taxPaise": 0,
    "totalPaise": 50000,
    "currency": "INR",
    "capacity": 40,
    "seatsLeft": 12,
}
