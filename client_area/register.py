"""The register of personal data: every text, file and link to a person in the database, and what erasing does to it.

A test holds it against the models, so that a new field can't be forgotten: name it here, and erase it in its app's
``personal.py`` where it says ERASED. Fields with a fixed list of choices hold nothing personal and aren't named.
"""

from __future__ import annotations

from typing import Final

ERASED: Final = "erased"  # emptied, replaced or redacted when a client's account is deleted
GOES: Final = "goes"  # the whole row is deleted, by itself or with the login
KEPT: Final = "kept"  # personal, and kept because a law or somebody else's right asks for it
NONE: Final = "none"  # of the site, or of a consultant: says nothing of a client

# Whole models first; then, of those whose rows stay, field by field.
MODELS: dict[str, str] = {
    "account.EmailAddress": GOES,
    "account.EmailConfirmation": GOES,
    "accounts.User": GOES,
    "accounts.ApiLogin": GOES,
    "accounts.RefreshToken": GOES,
    "accounts.SocketTicket": GOES,
    "api.KeptAnswer": GOES,
    "mfa.Authenticator": GOES,
    "sessions.Session": GOES,
    "socialaccount.SocialAccount": GOES,
    "socialaccount.SocialToken": GOES,
    "usersessions.UserSession": GOES,
    "notifications.MailOff": GOES,
    "notifications.Preference": GOES,
    "notifications.QuietHours": GOES,
    "consultants.SavedConsultant": GOES,
    "clients.ClientProfile": GOES,
    "clients.ClientAddress": GOES,
    "clients.CustomValue": GOES,
    "clients.ImportRow": GOES,
    "clients.Tag": NONE,  # the consultant's own word
    "clients.CustomField": NONE,
    "dashboard.CalendarFeed": NONE,  # the consultant's own key
    "sessions_app.SessionLink": GOES,
    "sessions_app.Reminder": GOES,
    "sessions_app.Upload": GOES,
    "quotations.QuotationLink": GOES,
    "quotations.QuotationQuestion": GOES,
    "quotations.QuotationView": GOES,
    "bookings.BookingLink": GOES,
    "bookings.WaitlistLink": GOES,
    "admin.LogEntry": NONE,  # an admin's own; deleted with that login
    "auth.Group": NONE,
    "auth.Permission": NONE,
    "contenttypes.ContentType": NONE,
    "django_celery_beat.CrontabSchedule": NONE,
    "django_celery_beat.PeriodicTask": NONE,
    "socialaccount.SocialApp": NONE,
    "web.AttemptCount": NONE,  # keyed hashes that live for a day
    "web.RecentTries": NONE,  # the same, with moments
    "dashboard.FiguresKept": NONE,
    "dashboard.DailyAnalytics": NONE,
    "dashboard.DailyClient": NONE,  # that somebody came; who it was goes with the client's row
    "dashboard.Visit": NONE,  # a hash that nobody can undo, for a day
    "dashboard.VisitSalt": NONE,
    "sessions_app.SavedView": NONE,  # the consultant's own search, and what they call it
    "availability.DateOverride": NONE,
    "availability.Occupancy": NONE,
    "client_area.FileToDelete": NONE,  # names of our own making
    "consultants.ApprovalDocument": NONE,
    "consultants.BankAccount": NONE,
    "consultants.BookingPolicy": NONE,
    "consultants.City": NONE,
    "consultants.Consultant": NONE,
    "consultants.Field": NONE,
    "consultants.Language": NONE,
    "consultants.MailWords": NONE,  # the consultant's own, to all clients alike
    "consultants.Service": NONE,
    "consultants.ServiceQuestion": NONE,
    "consultants.SlugRedirect": NONE,
    "consultants.Suspension": NONE,
    "consultants.Undoing": NONE,  # names of rows, and what an error said of them
    "meetings.Room": NONE,  # a name that nobody can guess, of a session and not of a person
    "notifications.Broadcast": NONE,
    "payments.InvoiceSeries": NONE,
    "quotations.QuotationReminder": NONE,
    "quotations.QuotationSeries": NONE,
    "quotations.QuotedSession": NONE,
    "payments.LedgerTransaction": NONE,
    "payments.Nudge": NONE,  # that a consultant asked for a sum; of whom stands where it is owed
}

FIELDS: dict[str, dict[str, str]] = {
    "accounts.AuditEntry": {
        "actor": ERASED,
        "actor_label": ERASED,
        "subject_label": ERASED,
        "reason": ERASED,
        "data": ERASED,
        "action": NONE,
        "subject_kind": NONE,
        "request_id": NONE,
    },
    "notifications.Notification": {"user": GOES, "title": ERASED, "body": ERASED, "url": NONE},
    "notifications.OutgoingMail": {
        "to": ERASED,
        "to_name": ERASED,
        "subject": ERASED,
        "reply_to": ERASED,
        "sealed_context": ERASED,
        "calendar": ERASED,
        "last_error": ERASED,
        "on_behalf_of": NONE,
        "template": NONE,
        "calendar_method": NONE,
        "dedupe_key": NONE,
    },
    "clients.Client": dict.fromkeys(
        ("user", "name", "email", "phone", "timezone", "address", "state_code", "pin_code", "gstin"), ERASED
    ),
    "clients.ClientImport": {
        "source": ERASED,
        "samples": ERASED,
        **dict.fromkeys(("by", "filename", "delimiter", "header", "columns", "tag_names"), NONE),
    },
    "clients.ClientNote": {"client": NONE, "by": NONE, "body": ERASED},
    "payments.Payment": {
        "payer_name": ERASED,
        "payer_email": ERASED,
        "payer_phone": ERASED,
        "description": ERASED,
        "attention": ERASED,
        **dict.fromkeys(("payable_kind", "currency", "order_id", "failure_code", "failure_text"), NONE),
    },
    "payments.PaymentAttempt": dict.fromkeys(
        ("gateway_payment_id", "currency", "method", "error_code", "error_reason", "error_description", "answer"), NONE
    ),
    "payments.Refund": {
        "reason": ERASED,
        "actor": ERASED,
        **dict.fromkeys(("currency", "key", "gateway_refund_id", "answer", "last_error"), NONE),
    },
    "payments.GatewayEvent": {
        "body": ERASED,
        **dict.fromkeys(("event_id", "kind", "order_id", "gateway_payment_id", "last_error"), NONE),
    },
    "payments.Invoice": {
        "recipient": KEPT,  # CGST Act s. 36, Income-tax Act: eight years
        "details": KEPT,
        "lines": KEPT,
        **dict.fromkeys(
            (
                "supplier",
                "financial_year",
                "code",
                "number",
                "payable_kind",
                "reference",
                "place_of_supply",
                "currency",
            ),
            NONE,
        ),
    },
    "sessions_app.Session": {
        "title": ERASED,
        "place": ERASED,
        "cancel_reason": ERASED,
        "client": KEPT,  # the row that was erased
        **dict.fromkeys(("platform", "reference", "recorded_by", "currency"), NONE),
    },
    "sessions_app.SessionNotes": {"private": ERASED, "shared": ERASED, "summary": ERASED},
    "sessions_app.Seat": {"client": KEPT},
    "sessions_app.JoinEvent": {"client": KEPT},
    "sessions_app.Member": {"client": KEPT},
    "sessions_app.Message": {"body": ERASED},
    "sessions_app.MessageTrace": {"body": ERASED, "by": ERASED},
    "sessions_app.Attachment": {"file": GOES, "original_name": ERASED, "content_type": GOES},
    "sessions_app.Review": {
        "author_name": ERASED,
        "comment": ERASED,
        "reply": ERASED,
        "hidden_reason": ERASED,
        "client": KEPT,
        "hidden_by": NONE,
    },
    "quotations.Quotation": {
        **dict.fromkeys(
            (
                "title",
                "message",
                "terms",
                "state_code",
                "gstin",
                "accepted_name",
                "accepted_from",
                "close_reason",
            ),
            ERASED,
        ),
        "client": KEPT,
        **dict.fromkeys(("number", "place_of_supply", "currency"), NONE),
    },
    "quotations.QuotationLine": {"description": ERASED, "details": ERASED},
    "bookings.Booking": {
        **dict.fromkeys(
            (
                "contact_name",
                "contact_phone",
                "answers",
                "state_code",
                "pin_code",
                "billing_name",
                "billing_address",
                "gstin",
                "origin",
                "request_hash",
                "close_reason",
                "booked_by",
                "closed_by",
                "place",
            ),
            ERASED,
        ),
        "client": KEPT,
        **dict.fromkeys(("reference", "timezone", "title", "platform", "currency"), NONE),
    },
    "bookings.WaitlistEntry": {"name": ERASED, "email": ERASED, "phone": ERASED, "timezone": NONE},
}
