"""What a request and an answer of each endpoint looks like, for the document."""

from __future__ import annotations

from typing import Any

ID = "01934c2e-6b1a-7c3e-9d0f-2a5b8c7e4f10"
MOMENT = "2026-11-20T10:00:00Z"

PROFILE_INPUT: dict[str, Any] = {
    "name": "Asha Rao",
    "slug": "asha-rao",
    "headline": "Tax for founders, in plain words",
    "bio": "Fourteen years of notices answered.",
    "expertise": ["tax"],
    "languages": ["en", "hi"],
    "city": "pune",
    "experienceYears": 14,
    "credentials": "FCA",
    "links": ["https://www.linkedin.com/in/asha-rao"],
    "timezone": "Asia/Kolkata",
    "isListed": True,
}
PROFILE = {
    "id": ID,
    "email": "asha@example.com",
    "pageUrl": "https://naksha.example/asha-rao/",
    **PROFILE_INPUT,
    "photoUrl": None,
    "status": "APPROVED",
    "isApprovedByAdmin": True,
    "isPublic": True,
    "profileCompleted": True,
    "completion": [{"key": "headline", "title": "Write a headline", "done": True, "needed": True}],
    "createdAt": MOMENT,
    "updatedAt": MOMENT,
}
QUESTION = {"label": "What is it about?", "kind": "SHORT", "choices": [], "required": True}
SERVICE_INPUT: dict[str, Any] = {
    "kind": "PERSONAL",
    "title": "First call",
    "description": "What you owe, what you don't.",
    "minutes": 30,
    "pricePaise": 150000,
    "depositPaise": 0,
    "currency": "INR",
    "platform": "JITSI",
    "place": "",
    "confirmation": "INSTANT",
    "capacity": 1,
    "isActive": True,
    "questions": [QUESTION],
}
SERVICE = {
    "id": ID,
    **SERVICE_INPUT,
    "archivedAt": None,
    "questions": [{"id": ID, **QUESTION}],
    "createdAt": MOMENT,
    "updatedAt": MOMENT,
}
POLICY = {
    "minNoticeMinutes": 120,
    "horizonDays": 60,
    "bufferBeforeMinutes": 0,
    "bufferAfterMinutes": 10,
    "slotIntervalMinutes": 30,
    "dailyLimit": None,
    "freeCancelHours": 24,
    "partialCancelHours": 4,
    "partialRefundPercent": 50,
    "rescheduleHours": 4,
    "maxReschedules": 2,
    "answerHours": 24,
    "reminderMinutes": [1440, 60],
}
BANK_INPUT = {
    "accountHolderName": "Asha Rao",
    "accountNumber": "123456784321",
    "ifsc": "HDFC0001234",
    "accountType": "SAVINGS",
    "pan": "AAPPV1234K",
}
BANK = {**BANK_INPUT, "accountNumber": "XXXXXXXX4321", "pan": "AAPPVXXXXK", "updatedAt": MOMENT}
SLUG = {"slug": "asha-rao", "available": False, "reason": "This address is taken."}
