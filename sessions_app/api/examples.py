"""What the document shows: one session, as an app sends it and gets it back."""

from __future__ import annotations

from typing import Any

ID, OTHER_ID = "019aa8f0-6f5e-7c41-9d1e-2b6f0c8a4d11", "019aa8f0-6f5e-7c41-9d1e-2b6f0c8a4d12"
MESSAGE_ID, UPLOAD_ID = "019aa8f1-1111-7c41-9d1e-2b6f0c8a4d13", "019aa8f1-2222-7c41-9d1e-2b6f0c8a4d14"
SENT_ID = "4fd1b1a0-8c3e-4f43-9a2b-0f6c7b3e1d55"

NEW: dict[str, Any] = {
    "title": "Second opinion",
    "sessionType": "PERSONAL",
    "platform": "JITSI",
    "scheduledDate": "2026-11-24",
    "scheduledTime": "11:00",
    "timezone": "Asia/Kolkata",
    "duration": 45,
    "clientEmail": "meera@example.com",
    "clientName": "Meera Nair",
    "amount": "1500.00",
    "notes": "Bring the notice.",
}
WHOLE: dict[str, Any] = {
    "title": "Second opinion",
    "platform": "PHONE",
    "place": "+919800000001",
    "scheduledDate": "2026-11-24",
    "scheduledTime": "16:30",
    "duration": 60,
}
ROW: dict[str, Any] = {
    "id": ID,
    "reference": "NS-7F3K2Q9B",
    "title": "Second opinion",
    "sessionType": "PERSONAL",
    "status": "CONFIRMED",
    "paymentStatus": "PENDING",
    "platform": "JITSI",
    "place": "",
    "startsAt": "2026-11-24T05:30:00Z",
    "endsAt": "2026-11-24T06:15:00Z",
    "scheduledDate": "2026-11-24",
    "scheduledTime": "11:00",
    "timezone": "Asia/Kolkata",
    "duration": 45,
    "consultant": {"id": "019aa8ef-0001-7c41-9d1e-2b6f0c8a4d15", "name": "Asha Rao", "slug": "asha-rao"},
    "client": {
        "id": "019aa8ef-0002-7c41-9d1e-2b6f0c8a4d16",
        "name": "Meera Nair",
        "email": "meera@example.com",
        "phone": "+919800000001",
    },
    "seatsTaken": 0,
    "capacity": 1,
    "amountPaise": 150_000,
    "paidPaise": 0,
    "refundedPaise": 0,
    "elsewherePaise": 0,
    "owedPaise": 150_000,
    "currency": "INR",
    "createdAt": "2026-11-21T06:00:00Z",
    "updatedAt": "2026-11-21T06:00:00Z",
}
DETAIL: dict[str, Any] = {
    **ROW,
    "startedAt": None,
    "endedAt": None,
    "cancelledAt": None,
    "cancelReason": "",
    "notes": "Bring the notice.",
    "sharedNotes": "",
    "summary": "",
    "joinOpensAt": "2026-11-24T05:20:00Z",
    "joinClosesAt": "2026-11-24T07:15:00Z",
    "review": None,
    "cancellation": None,
    "question": None,
    "clientSays": None,
}
MESSAGE: dict[str, Any] = {
    "id": MESSAGE_ID,
    "conversationId": ID,
    "sequence": 12,
    "kind": "TEXT",
    "body": "The notice is attached.",
    "sender": {"side": "CLIENT", "name": "Meera Nair", "isMe": True},
    "clientMessageId": SENT_ID,
    "sentAt": "2026-11-24T05:25:10Z",
    "editedAt": None,
    "isDeleted": False,
    "attachments": [
        {
            "id": "019aa8f1-3333-7c41-9d1e-2b6f0c8a4d17",
            "name": "Notice.pdf",
            "contentType": "application/pdf",
            "sizeBytes": 48_211,
            "url": "/api/v1/chat/attachments/019aa8f1-3333-7c41-9d1e-2b6f0c8a4d17",
        }
    ],
}
CONVERSATION: dict[str, Any] = {
    "id": ID,
    "sessionId": ID,
    "title": "Second opinion",
    "startsAt": "2026-11-24T05:30:00Z",
    "with": "Asha Rao",
    "isOpen": True,
    "closesAt": None,
    "unreadCount": 2,
    "readUpTo": 10,
    "lastSequence": 12,
    "lastMessage": MESSAGE,
}
UPLOAD: dict[str, Any] = {
    "id": UPLOAD_ID,
    "kind": "PDF",
    "name": "Notice.pdf",
    "contentType": "application/pdf",
    "sizeBytes": 48_211,
    "url": f"/api/v1/uploads/{UPLOAD_ID}",
    "expiresAt": "2026-11-25T05:25:00Z",
}
ROOM: dict[str, Any] = {
    "sessionId": ID,
    "status": "READY",
    "opensAt": "2026-11-24T05:20:00Z",
    "closesAt": "2026-11-24T07:15:00Z",
}
