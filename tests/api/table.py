"""Who may call what. Each route and method under ``/api/v1/`` is one row; a missing one fails the suite.

A mark for each column:

    +  may: the sample request is answered with less than 400
    ~  may ask, and a rule of the domain refuses the sample request (400, 409, 422)
    1  401    3  403
    4  404, in the same bytes as for an id that doesn't exist
    =  may, and is answered as if the things that are named did not exist

``ids`` and ``body`` name things of the world (tests/api/world.py): ``ids={"pk": "booking"}`` puts the booking's id into
the address, ``"$booking"`` anywhere in a body the same. The guest holds the link that a thing's token is of; whoever is
nobody has a token that is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from naksha.testing import PASSWORD, next_slot_start
from naksha.times import iso

ROLES = (
    "anonymous",
    "guest",
    "client",
    "other_client",
    "consultant",
    "other_consultant",
    "unapproved",
    "suspended",
    "admin",
    "super_admin",
)


@dataclass(frozen=True)
class Row:
    call: str  # "PUT /bookings/{pk}/accept", as the URLconf names its parts
    marks: str
    ids: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] | None = None
    query: dict[str, Any] = field(default_factory=dict)

    @property
    def method(self) -> str:
        return self.call.split()[0]

    @property
    def path(self) -> str:
        return self.call.split()[1]

    @property
    def of_roles(self) -> dict[str, str]:
        return dict(zip(ROLES, self.marks.split(), strict=True))


IN_A_WEEK = iso(next_slot_start(days=7))
OF_SESSION = {"pk": "session"}
SOME_ID = "4fd1b1a0-8c3e-4f43-9a2b-0f6c7b3e1d55"
WISHES: dict[str, Any] = {
    "preferences": [
        {"type": kind, "onScreen": True, "byMail": True}
        for kind in ("BOOKING", "SESSION", "MESSAGE", "PAYMENT", "REVIEW", "SYSTEM")
    ],
    "quietHours": None,
}
IN_NINE_DAYS = iso(next_slot_start(days=9))
NEW_SESSION: dict[str, Any] = {
    "title": "Second opinion",
    "platform": "JITSI",
    "start": IN_A_WEEK,
    "duration": 30,
    "clientName": "Meera Nair",
    "clientEmail": "meera@example.com",
}
WHOLE_SESSION: dict[str, Any] = {"title": "Third opinion", "platform": "JITSI", "start": IN_A_WEEK, "duration": 60}

#                 anon guest client other  consultant other unapproved suspended admin super
ANYBODY = "       +    +     +      +      +          +     +          1         +     +"
WITHOUT_TOKEN = " +    +     +      +      +          +     +          +         +     +"
LOGGED_IN = "     1    1     +      +      +          +     +          1         +     +"
ADMINS = "        1    1     3      3      3          3     3          1         +     +"
SUPER_ADMINS = "  1    1     3      3      3          3     3          1         3     +"
SIDES = "         1    1     +      +      +          +     3          1         3     3"  # each their own
PRACTICE = "      1    1     3      3      +          +     3          1         3     3"
#                 anon guest client other  consultant other unapproved suspended admin super
BOTH = "          1    1     +      4      +          4     3          1         3     3"  # the two of one session
HERS = "          1    1     3      4      +          4     3          1         3     3"  # its consultant's
NOT_YET = "       1    1     3      4      ~          4     3          1         3     3"

MEMBERS = "       1    1     +      +      +          +     3          1         +     +"
OWN_BOOKING = "   1    1     +      4      +          4     3          1         +     +"
ITS_CONSULTANT = "1    1     3      3      +          4     3          1         3     3"
NO_PAPER = "      1    1     4      4      4          4     3          1         4     4"  # nothing was paid
NOTHING_OWED = "  1    1     ~      4      4          4     4          1         4     4"
OWN_TRY = "       1    1     +      4      4          4     4          1         4     4"  # whoever pays
NOT_PAID = "      1    1     3      3      ~          4     3          1         ~     ~"
BY_LOGIN = "      ~    ~     +      +      +          +     +          1         +     +"  # a guest has to say who
PROFILE = "       1    1     3      3      +          +     +          1         3     3"
BY_LINK = "       4    +     +      +      +          +     +          1         +     +"  # whoever has it
OWN_PRACTICE = "  1    1     3      3      +          4     3          1         3     3"

# Bodies that are too long to stand in a row.
WHOLE_PROFILE: dict[str, Any] = {
    "name": "Asha Rao",
    "headline": "Tax",
    "bio": "Years.",
    "expertise": ["tax"],
    "languages": ["en"],
    "city": "pune",
    "experienceYears": 15,
    "credentials": "",
    "links": [],
    "timezone": "Asia/Kolkata",
    "isListed": True,
}
SERVICE = {"title": "First call", "minutes": 45, "pricePaise": 200_000}
MONDAY = {"type": "WEEKLY", "weekday": "MONDAY", "start": "10:00", "end": "11:00"}
DAY_OFF = {"type": "DATE", "date": str(date.today() + timedelta(days=30)), "isDayOff": True}
TERMS = {
    "minNoticeMinutes": 60,
    "horizonDays": 30,
    "bufferBeforeMinutes": 5,
    "bufferAfterMinutes": 10,
    "slotIntervalMinutes": 15,
    "dailyLimit": 4,
    "freeCancelHours": 48,
    "partialCancelHours": 12,
    "partialRefundPercent": 25,
    "rescheduleHours": 6,
    "maxReschedules": 1,
    "answerHours": 12,
    "reminderMinutes": [60],
}
QUOTATION: dict[str, Any] = {
    "clientName": "Meera Nair",
    "clientEmail": "meera@example.com",
    "title": "Audit of the year",
    "validUntil": str(date.today() + timedelta(days=30)),
    "lines": [{"description": "Books", "quantity": 2.5, "unitPricePaise": 100_000}],
}
BOOKING = {
    "consultantSlug": "$slug",
    "serviceId": "$free_service",
    "start": IN_NINE_DAYS,
    "client": {"name": "Farhan Qureshi"},
}
UNSIGNED = {"razorpayOrderId": "order_1", "razorpayPaymentId": "pay_1", "razorpaySignature": "00"}
BANK = {"accountHolderName": "Asha Rao", "accountNumber": "123456784321", "ifsc": "HDFC0001234"}
BECAUSE = {"reason": "Asked by phone."}
PAGE = {
    "displayName": "Asha Rao",
    "headline": "Tax",
    "bio": "",
    "credentials": "",
    "experienceYears": 3,
    "isListed": True,
    **BECAUSE,
}
CLIENTS_OWN = "   1    1     +      4      4          4     4          1         4     4"

TABLE: tuple[Row, ...] = (
    # --- health ---------------------------------------------------------------------------------
    Row("GET /health", ANYBODY),
    # --- auth -----------------------------------------------------------------------------------
    Row("POST /auth/signup", WITHOUT_TOKEN, body={"name": "New", "email": "new@example.com", "password": PASSWORD}),
    Row("POST /auth/login", WITHOUT_TOKEN, body={"email": "$client_email", "password": PASSWORD}),
    Row("POST /auth/admin/login", WITHOUT_TOKEN, body={"email": "$admin_email", "password": PASSWORD}),
    Row("POST /auth/refresh", WITHOUT_TOKEN, body={"refreshToken": "$refresh_token"}),
    Row("POST /auth/logout", LOGGED_IN),
    Row("GET /auth/me", LOGGED_IN),
    Row("POST /auth/forgot-password", WITHOUT_TOKEN, body={"email": "$client_email"}),
    Row("POST /auth/reset-password", WITHOUT_TOKEN, body={"token": "$reset_token", "password": "Cyclone-2027#"}),
    Row("POST /auth/change-password", LOGGED_IN, body={"currentPassword": PASSWORD, "newPassword": "Cyclone-2027#"}),
    Row("GET /auth/verify-email/{token}", WITHOUT_TOKEN, ids={"token": "mail_token"}),
    Row("POST /auth/resend-verification", WITHOUT_TOKEN, body={"email": "$client_email"}),
    Row("POST /auth/ws-ticket", LOGGED_IN),
    # --- public ---------------------------------------------------------------------------------
    Row("GET /consultants", ANYBODY),
    Row("GET /consultants/{slug}", ANYBODY, {"slug": "slug"}),
    Row("GET /consultant/{slug}", ANYBODY, {"slug": "slug"}),
    Row("GET /consultants/{slug}/availability", ANYBODY, {"slug": "slug"}),
    Row("GET /consultants/{slug}/slots", ANYBODY, {"slug": "slug"}, query={"service": "$service"}),
    Row("GET /consultants/{slug}/reviews", ANYBODY, {"slug": "slug"}),
    Row("POST /book", BY_LOGIN, body=BOOKING),
    Row("GET /webinars", ANYBODY),
    Row("GET /webinars/{pk}", ANYBODY, {"pk": "webinar"}),
    # --- consultant -----------------------------------------------------------------------------
    Row("GET /consultant/profile", PROFILE),
    Row("PUT /consultant/profile", PROFILE, body=WHOLE_PROFILE),
    Row("PATCH /consultant/profile", PROFILE, body={"headline": "Tax"}),
    Row("POST /consultant/profile/photo", PROFILE.replace("+", "~"), body={"photo": "no file"}),
    Row("DELETE /consultant/profile/photo", PROFILE),
    Row("GET /consultant/slug-availability", PROFILE, query={"slug": "asha"}),
    Row("GET /consultant/availability", PRACTICE),
    Row("POST /consultant/availability", PRACTICE, body=DAY_OFF),
    Row("PUT /consultant/availability/{pk}", OWN_PRACTICE, {"pk": "hours"}, MONDAY),
    Row("PATCH /consultant/availability/{pk}", OWN_PRACTICE, {"pk": "hours"}, {"end": "17:30"}),
    Row("DELETE /consultant/availability/{pk}", OWN_PRACTICE, {"pk": "hours"}),
    Row("GET /consultant/services", PRACTICE),
    Row("POST /consultant/services", PRACTICE, body=SERVICE),
    Row("GET /consultant/services/{pk}", OWN_PRACTICE, {"pk": "service"}),
    Row("PUT /consultant/services/{pk}", OWN_PRACTICE, {"pk": "service"}, SERVICE),
    Row("PATCH /consultant/services/{pk}", OWN_PRACTICE, {"pk": "service"}, {"pricePaise": 180_000}),
    Row("DELETE /consultant/services/{pk}", OWN_PRACTICE, {"pk": "spare_service"}),
    Row("GET /consultant/booking-policy", PRACTICE),
    Row("PUT /consultant/booking-policy", PRACTICE, body=TERMS),
    Row("PATCH /consultant/booking-policy", PRACTICE, body={"freeCancelHours": 36}),
    Row("GET /consultant/bank-account", PRACTICE),
    Row("PUT /consultant/bank-account", PRACTICE, body=BANK),
    Row("PATCH /consultant/bank-account", PRACTICE, body=BANK),  # none is kept yet
    # --- dashboard ------------------------------------------------------------------------------
    Row("GET /dashboard/metrics", PRACTICE),
    Row("GET /dashboard/charts", PRACTICE),
    Row("GET /dashboard/recent-activity", PRACTICE),
    Row("GET /dashboard/summary", PRACTICE),
    # --- bookings -------------------------------------------------------------------------------
    Row("GET /bookings", MEMBERS),
    Row("POST /bookings", SIDES, body=BOOKING),
    Row("GET /bookings/{pk}", OWN_BOOKING, {"pk": "booking"}),
    Row("PUT /bookings/{pk}/accept", ITS_CONSULTANT, {"pk": "request"}),
    Row("PATCH /bookings/{pk}/accept", ITS_CONSULTANT, {"pk": "request"}),
    Row("PUT /bookings/{pk}/reject", ITS_CONSULTANT, {"pk": "request"}, BECAUSE),
    Row("PATCH /bookings/{pk}/reject", ITS_CONSULTANT, {"pk": "request"}, BECAUSE),
    Row("PUT /bookings/{pk}/cancel", BOTH, {"pk": "booking"}, BECAUSE),
    Row("PATCH /bookings/{pk}/cancel", BOTH, {"pk": "booking"}, BECAUSE),
    Row("PUT /bookings/{pk}/reschedule", BOTH, {"pk": "booking"}, {"start": IN_NINE_DAYS}),
    Row("PATCH /bookings/{pk}/reschedule", BOTH, {"pk": "booking"}, {"start": IN_NINE_DAYS}),
    # --- sessions -------------------------------------------------------------------------------
    Row("GET /sessions", SIDES),
    Row("POST /sessions", PRACTICE, body=NEW_SESSION),
    Row("POST /sessions/bulk", PRACTICE, body={"ids": ["$session"], "action": "cancel", "reason": "Ill."}),
    Row("GET /sessions/export.csv", SIDES),
    Row("GET /sessions/{pk}", BOTH, ids=OF_SESSION),
    Row("PUT /sessions/{pk}", HERS, ids=OF_SESSION, body=WHOLE_SESSION),
    Row("PATCH /sessions/{pk}", HERS, ids=OF_SESSION, body={"notes": "Mine."}),
    Row("DELETE /sessions/{pk}", BOTH, ids=OF_SESSION, body={"reason": "Ill."}),
    Row("POST /sessions/{pk}/start", NOT_YET, ids=OF_SESSION),
    Row("POST /sessions/{pk}/complete", NOT_YET, ids=OF_SESSION, body={"summary": "File the reply."}),
    Row("POST /sessions/{pk}/no-show", NOT_YET, ids=OF_SESSION),
    Row(
        "POST /sessions/{pk}/held",
        "         1    1     ~      4      ~          4     3          1         3     3",
        ids=OF_SESSION,
        body={"tookPlace": True},
    ),
    Row(
        "POST /sessions/{pk}/cancel",
        BOTH,
        ids=OF_SESSION,
        body={"reason": "Ill."},
    ),
    Row(
        "POST /sessions/{pk}/reschedule",
        BOTH,
        ids=OF_SESSION,
        body={"start": IN_A_WEEK},
    ),
    Row(
        "PUT /sessions/{pk}/rate",
        "         1    1     ~      4      3          4     3          1         3     3",
        ids=OF_SESSION,
        body={"rating": 5},
    ),
    Row(
        "PATCH /sessions/{pk}/rate",
        "         1    1     ~      4      3          4     3          1         3     3",
        ids=OF_SESSION,
        body={"rating": 5},
    ),
    Row("GET /sessions/{pk}/calendar.ics", BOTH, ids=OF_SESSION),
    # --- chat -----------------------------------------------------------------------------------
    Row("GET /sessions/{pk}/messages", BOTH, ids=OF_SESSION),
    Row("POST /sessions/{pk}/messages", BOTH, ids=OF_SESSION, body={"clientMessageId": SOME_ID, "body": "Hello."}),
    Row("GET /chat/conversations", SIDES),
    Row("POST /chat/conversations", BOTH, body={"sessionId": "$session"}),
    Row("GET /chat/conversations/{pk}/messages", BOTH, ids=OF_SESSION),
    Row("POST /chat/messages", BOTH, body={"conversationId": "$session", "clientMessageId": SOME_ID, "body": "Hello."}),
    Row("PUT /chat/messages/{pk}/read", BOTH, ids={"pk": "message"}),
    Row("PATCH /chat/messages/{pk}/read", BOTH, ids={"pk": "message"}),
    Row("GET /chat/attachments/{pk}", BOTH, ids={"pk": "attachment"}),
    # --- clients --------------------------------------------------------------------------------
    Row("GET /clients", PRACTICE),
    Row("POST /clients", PRACTICE, body={"name": "Meera Nair", "email": "meera@example.com"}),
    Row("GET /clients/summary", PRACTICE),
    Row("GET /clients/export.csv", PRACTICE),
    Row("POST /clients/import", PRACTICE.replace("+", "~"), body={}),
    Row("GET /clients/import/{pk}", OWN_PRACTICE, {"pk": "client_import"}),
    Row("GET /clients/{pk}", OWN_PRACTICE, {"pk": "client"}),
    Row("PUT /clients/{pk}", OWN_PRACTICE, {"pk": "client"}, {"name": "Farhan Q", "email": "$client_email"}),
    Row("PATCH /clients/{pk}", OWN_PRACTICE, {"pk": "client"}, {"tags": ["Regular"]}),
    Row("DELETE /clients/{pk}", OWN_PRACTICE, {"pk": "client"}),
    # --- quotations -----------------------------------------------------------------------------
    Row("GET /quotations", PRACTICE),
    Row("POST /quotations", PRACTICE, body=QUOTATION),
    Row("GET /quotations/{pk}", OWN_PRACTICE, {"pk": "quotation"}),
    Row("PUT /quotations/{pk}", OWN_PRACTICE, {"pk": "quotation"}, QUOTATION),
    Row("PATCH /quotations/{pk}", OWN_PRACTICE, {"pk": "quotation"}, {"discountPercent": 5}),
    Row("DELETE /quotations/{pk}", OWN_PRACTICE, {"pk": "quotation"}),
    Row("POST /quotations/{pk}/send", OWN_PRACTICE, {"pk": "quotation"}, {"byMail": True}),
    Row("POST /quotations/{pk}/link", OWN_PRACTICE, {"pk": "sent_quotation"}, {}),
    Row("POST /quotations/{pk}/call-off", OWN_PRACTICE, {"pk": "accepted_quotation"}, BECAUSE),
    Row("GET /quotations/{pk}/pdf", OWN_PRACTICE, {"pk": "quotation"}),
    Row("GET /quotations/public/{token}", BY_LINK, {"token": "quotation_link"}),
    Row(
        "POST /quotations/public/{token}/accept",
        BY_LINK,
        {"token": "quotation_link"},
        {"name": "Farhan Qureshi", "version": 1},
    ),
    Row("POST /quotations/public/{token}/decline", BY_LINK, {"token": "quotation_link"}, {**BECAUSE, "version": 1}),
    # --- payments -------------------------------------------------------------------------------
    Row("GET /payments", MEMBERS),
    Row("GET /payments/{pk}", OWN_BOOKING, {"pk": "payment"}),
    Row("GET /payments/{pk}/invoice.pdf", NO_PAPER, {"pk": "payment"}),
    Row("POST /payments/initiate", NOTHING_OWED, body={"bookingId": "$request"}),
    Row("POST /payments/complete", ANYBODY.replace("+", "~"), body=UNSIGNED),
    Row("POST /payments/fail", OWN_TRY, body={"paymentId": "$payment"}),
    Row("POST /payments/refund", NOT_PAID, body={"paymentId": "$payment"}),
    Row("POST /payments/webhook", WITHOUT_TOKEN.replace("+", "~"), body={"event": "payment.captured"}),
    Row("GET /payments/payouts", PRACTICE),
    Row("GET /payments/balance", PRACTICE),
    # --- meetings -------------------------------------------------------------------------------
    Row("POST /jitsi/create-room", BOTH, body={"sessionId": "$session"}),
    Row(
        "GET /jitsi/room/{pk}",
        "         1    1     ~      4      ~          4     3          1         3     3",
        ids=OF_SESSION,
    ),
    # --- notifications --------------------------------------------------------------------------
    Row("GET /notifications", LOGGED_IN),
    Row("DELETE /notifications", LOGGED_IN),
    Row("GET /notifications/unread/count", LOGGED_IN),
    Row("POST /notifications/mark-all-read", LOGGED_IN),
    Row("PUT /notifications/read-all", LOGGED_IN),
    Row("PATCH /notifications/read-all", LOGGED_IN),
    Row("POST /notifications/send", ADMINS, body={"audience": "CLIENTS", "title": "News"}),
    Row("GET /notifications/preferences", LOGGED_IN),
    Row("PUT /notifications/preferences", LOGGED_IN, body=WISHES),
    Row("PATCH /notifications/preferences", LOGGED_IN, body={"preferences": WISHES["preferences"][1:2]}),
    Row("PUT /notifications/{pk}/read", CLIENTS_OWN, ids={"pk": "notification"}),
    Row("PATCH /notifications/{pk}/read", CLIENTS_OWN, ids={"pk": "notification"}),
    Row("DELETE /notifications/{pk}", CLIENTS_OWN, ids={"pk": "notification"}),
    # --- resources ------------------------------------------------------------------------------
    # --- loyalty --------------------------------------------------------------------------------
    # --- support --------------------------------------------------------------------------------
    # --- admin ----------------------------------------------------------------------------------
    Row("GET /admin/dashboard", ADMINS),
    Row("GET /admin/stats", ADMINS),
    Row("GET /admin/consultants", ADMINS),
    Row("GET /admin/consultants/{pk}", ADMINS, ids={"pk": "applicant"}),
    Row("PUT /admin/consultants/{pk}", ADMINS, ids={"pk": "applicant"}, body=PAGE),
    Row("PATCH /admin/consultants/{pk}", ADMINS, ids={"pk": "applicant"}, body={"headline": "Tax", **BECAUSE}),
    Row("POST /admin/consultants/approve", ADMINS, body={"consultantId": "$applicant", "action": "approve"}),
    Row("GET /admin/users", ADMINS),
    Row("GET /admin/users/pending", ADMINS),
    Row("GET /admin/users/{pk}", ADMINS, ids={"pk": "leaver"}),
    Row("PUT /admin/users/{pk}", ADMINS, ids={"pk": "leaver"}, body={"name": "Gita", "isActive": False, **BECAUSE}),
    Row("PATCH /admin/users/{pk}", ADMINS, ids={"pk": "leaver"}, body={"isActive": False, **BECAUSE}),
    Row("DELETE /admin/users/{pk}", ADMINS, ids={"pk": "leaver"}, body=BECAUSE),
    Row("POST /admin/users/{pk}/approve", ADMINS, ids={"pk": "applicant_user"}, body=BECAUSE),
    Row("POST /admin/users/{pk}/reject", ADMINS, ids={"pk": "applicant_user"}, body=BECAUSE),
    Row("GET /admin/audit-log", ADMINS),
    Row("GET /admin/system/health", ADMINS),
    Row("GET /admin/admins", SUPER_ADMINS),
    Row("POST /admin/admins", SUPER_ADMINS, body={"email": "$leaver_email", **BECAUSE}),
    # --- uploads, Telegram ----------------------------------------------------------------------
    Row("POST /uploads", "1    1     ~      ~      ~          ~     3          1         3     3", body={}),
    Row(
        "GET /uploads/{pk}",
        "         1    1     +      4      4          4     3          1         3     3",
        ids={"pk": "upload"},
    ),
    Row(
        "DELETE /uploads/{pk}",
        "         1    1     +      4      4          4     3          1         3     3",
        ids={"pk": "upload"},
    ),
)
