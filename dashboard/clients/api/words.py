"""Clients as the contract words them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from rest_framework import serializers

from clients.details import LONGEST_NOTE, checked, detail_fields, tidy_tags, value_field
from clients.fields import PlainField
from clients.models import Client, ClientImport, CustomField, CustomValue, ImportRow
from consultants.models import Consultant
from dashboard.clients import history
from dashboard.clients.figures import Activity
from dashboard.clients.listing import Line
from naksha.api.errors import refuse
from naksha.api.fields import Enum, Text, Typed
from naksha.api.schema import Pagination
from naksha.api.serializers import Instant, Serializer
from naksha.times import iso

CURRENCY = "INR"
LATEST = 25  # of each kind, in the history


class ClientRow(Serializer):
    """A client in a list. Worded by hand."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    email = serializers.CharField()
    phone = serializers.CharField(help_text="E.164, or empty.")
    tags = serializers.ListField(child=serializers.CharField())
    activity = Enum(Activity)
    sessions_held = serializers.IntegerField()
    last_session_at = Instant(allow_null=True)
    next_session_at = Instant(allow_null=True)
    value_paise = serializers.IntegerField(help_text="Paid, less what was given back or promised back.")
    currency = serializers.CharField()
    has_login = serializers.BooleanField()
    is_archived = serializers.BooleanField()
    created_at = Instant()
    updated_at = Instant()

    def to_representation(self, line: Line) -> dict[str, Any]:
        return row_of(line)


def _moment(moment: Any) -> str | None:
    return iso(moment) if moment else None


def row_of(line: Line) -> dict[str, Any]:
    client, figures = line.client, line.figures
    return {
        "id": str(client.pk),
        "name": client.name,
        "email": client.email,
        "phone": client.phone,
        "tags": line.tags,
        "activity": line.activity.upper(),
        "sessionsHeld": figures.held,
        "lastSessionAt": _moment(figures.last),
        "nextSessionAt": _moment(figures.next),
        "valuePaise": figures.value_paise,
        "currency": CURRENCY,
        "hasLogin": client.user_id is not None,
        "isArchived": client.archived_at is not None,
        "createdAt": iso(client.created_at),
        "updatedAt": iso(client.updated_at),
    }


class ClientOwnField(Serializer):
    label = serializers.CharField()  # type: ignore[assignment]
    kind = Enum(CustomField.Kind)
    value = serializers.CharField(help_text="A number as 12.5, a date as 2026-11-24.")


class ClientNoteData(Serializer):
    id = serializers.UUIDField()
    body = serializers.CharField()
    by = serializers.CharField()
    created_at = Instant()


class ClientMeeting(Serializer):
    session_id = serializers.UUIDField(allow_null=True)
    booking_id = serializers.UUIDField(allow_null=True)
    reference = serializers.CharField()
    title = serializers.CharField()
    starts_at = Instant()
    status = serializers.CharField(help_text="The session's, or the booking's where no session came of it.")
    amount_paise = serializers.IntegerField()
    paid_paise = serializers.IntegerField(help_text="Less what went back.")
    owed_paise = serializers.IntegerField()


class ClientPayment(Serializer):
    id = serializers.UUIDField()
    description = serializers.CharField()
    status = serializers.CharField()
    amount_paise = serializers.IntegerField()
    refunded_paise = serializers.IntegerField(help_text="Given back or promised back.")
    paid_at = Instant(allow_null=True)


class ClientMessage(Serializer):
    id = serializers.UUIDField()
    session_id = serializers.UUIDField()
    by_client = serializers.BooleanField()
    body = serializers.CharField()
    sent_at = Instant()


class ClientFile(Serializer):
    id = serializers.UUIDField()
    session_id = serializers.UUIDField()
    name = serializers.CharField()
    size_bytes = serializers.IntegerField()
    url = serializers.CharField(help_text="A path of this API: GET it with the access token.")
    sent_at = Instant()


class ClientHistory(Serializer):
    """The latest 25 of each kind."""

    sessions = ClientMeeting(many=True, help_text="Sessions, and bookings that none has come of.")
    payments = ClientPayment(many=True)
    messages = ClientMessage(many=True)
    files = ClientFile(many=True)


class ClientDetail(ClientRow):
    address = serializers.CharField()
    state_code = serializers.CharField(help_text="The GST code of the State: 27.")
    pin_code = serializers.CharField()
    gstin = serializers.CharField()
    timezone = serializers.CharField()
    earlier_emails = serializers.ListField(child=serializers.CharField(), help_text="Of rows merged into this one.")
    custom_fields = ClientOwnField(many=True)
    notes = ClientNoteData(many=True)
    history = ClientHistory()


def detail_of(line: Line, now: Any) -> dict[str, Any]:
    """A client with everything. Eleven queries."""
    client = line.client
    values = CustomValue.objects.filter(client=client).select_related("field").order_by("field__position")
    return {
        **row_of(line),
        "address": client.address,
        "stateCode": client.state_code,
        "pinCode": client.pin_code,
        "gstin": client.gstin,
        "timezone": client.timezone,
        "earlierEmails": sorted(client.addresses.values_list("email", flat=True)),
        "customFields": [
            {"label": each.field.label, "kind": each.field.kind.upper(), "value": each.value} for each in values
        ],
        "notes": [
            {
                "id": str(note.pk),
                "body": note.body,
                "by": note.by.name if note.by else "",
                "createdAt": iso(note.created_at),
            }
            for note in client.notes.select_related("by")[:LATEST]
        ],
        "history": _history(client, now),
    }


def _history(client: Client, now: Any) -> dict[str, Any]:
    return {
        "sessions": [
            {
                "sessionId": str(each.session.pk) if each.session else None,
                "bookingId": str(each.booking.pk) if each.booking else None,
                "reference": each.reference,
                "title": each.title,
                "startsAt": iso(each.at),
                "status": (each.session or each.booking).status.upper(),  # type: ignore[union-attr]
                "amountPaise": each.total_paise,
                "paidPaise": each.paid_paise,
                "owedPaise": each.owed_paise,
            }
            for each in history.latest_meetings(client, LATEST, now)
        ],
        "payments": [
            {
                "id": str(payment.pk),
                "description": payment.description,
                "status": payment.status.upper(),
                "amountPaise": payment.amount_paise,
                "refundedPaise": payment.refunding_paise,
                "paidAt": _moment(payment.captured_at),
            }
            for payment in history.payments_of(client)[:LATEST]
        ],
        "messages": [
            {
                "id": str(message.pk),
                "sessionId": str(message.conversation.session_id),
                "byClient": bool(message.member and message.member.client_id == client.pk),
                "body": message.body,
                "sentAt": iso(message.sent_at),
            }
            for message in history.messages_of(client)[:LATEST]
        ],
        "files": [
            {
                "id": str(file.pk),
                "sessionId": str(file.message.conversation.session_id),
                "name": file.original_name,
                "sizeBytes": file.size,
                "url": f"/api/v1/chat/attachments/{file.pk}",
                "sentAt": iso(file.message.sent_at),
            }
            for file in history.files_of(client)[:LATEST]
        ],
    }


class ClientsSummary(Serializer):
    total = serializers.IntegerField(help_text="Those who are not archived.")
    archived = serializers.IntegerField()
    active = serializers.IntegerField()
    new = serializers.IntegerField()
    quiet = serializers.IntegerField()
    lost = serializers.IntegerField()
    value_paise = serializers.IntegerField(help_text="Of all clients, archived too.")
    currency = serializers.CharField()


# --- in -------------------------------------------------------------------------------------


class WrittenClient(Serializer):
    """What is written down of a client."""

    def get_fields(self) -> dict[str, Any]:
        rules = detail_fields()
        typed = {name: Typed(rules[name]) for name in ("name", "email")}
        more = {name: Typed(rules[name], required=False, allow_blank=True) for name in rules if name not in typed}
        self._declared_fields |= {**typed, **more}  # type: ignore[misc]
        return super().get_fields()

    tags = serializers.ListField(child=serializers.CharField(max_length=200), required=False, max_length=100)
    custom_fields = serializers.DictField(
        child=Text(max_length=2000),
        required=False,
        help_text='By the labels of your fields: {"Plan": "Gold"}. Empty takes a value away.',
    )

    def validate_tags(self, names: list[str]) -> list[str]:
        return tidy_tags(name.replace(",", " ") for name in names)


class NewClient(WrittenClient):
    note = Typed(PlainField(required=False, max_length=LONGEST_NOTE), required=False, allow_blank=True)


def values_by_label(consultant: Consultant, given: Mapping[str, str] | None) -> dict[UUID, str]:
    """What was given for the consultant's own fields, checked, by their keys. Raises a 400 that names the label."""
    if not given:
        return {}
    own = {field.label.casefold(): field for field in CustomField.objects.filter(consultant=consultant)}
    found: dict[UUID, str] = {}
    for label, text in given.items():
        field = own.get(label.strip().casefold())
        if field is None:
            raise refuse("customFields", _("You have no field “%(label)s”.") % {"label": label[:60]})
        taken, wrong = checked({"value": value_field(field)}, {"value": text})
        if wrong:
            raise refuse(f"customFields.{field.label}", " ".join(wrong["value"]))
        found[field.pk] = taken["value"]
    return found


# --- lists that are taken in ----------------------------------------------------------------


class NewClientImport(Serializer):
    file = serializers.FileField(help_text="CSV, UTF-8, at most 10 MB and 50,000 rows; the head names the columns.")
    dry_run = serializers.BooleanField(required=False, help_text="Only say what would be made, changed and refused.")


class ClientImportRow(Serializer):
    row = serializers.IntegerField(help_text="As a spreadsheet counts; the head is 1.")
    name = serializers.CharField()
    email = serializers.CharField()
    outcome = serializers.ChoiceField(choices=["CREATED", "UPDATED", "UNCHANGED", "REFUSED"])
    why = serializers.CharField(help_text="Why it was refused, or what it changes.")


class ClientImportData(Serializer):
    id = serializers.UUIDField()
    status = Enum(ClientImport.Status)
    dry_run = serializers.BooleanField(help_text="Whether nothing was written.")
    total = serializers.IntegerField()
    done = serializers.IntegerField(
        help_text="Rows that are looked through; while RUNNING, and once that has FAILED, those that are written."
    )
    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    refused = serializers.IntegerField()
    rows = ClientImportRow(many=True)


class ClientImportPage(ClientImportData):
    """With a page of its rows."""

    pagination = Pagination()


OUTCOMES = {"create": "CREATED", "update": "UPDATED", "same": "UNCHANGED", "refuse": "REFUSED"}


def import_of(job: ClientImport, rows: list[ImportRow]) -> dict[str, Any]:
    S = ClientImport.Status  # noqa: N806
    written = job.stopped_writing or job.status in (S.RUNNING, S.DONE)
    return {
        "id": str(job.pk),
        "status": job.status.upper(),
        "dryRun": not written,
        "total": job.total,
        "done": job.done if job.status == S.RUNNING or job.stopped_writing else job.checked,
        "created": job.created if written else job.to_create,
        "updated": job.updated if written else job.to_update,
        "unchanged": job.unchanged,
        "refused": job.refused,
        "rows": [
            {
                "row": row.number,
                "name": row.name,
                "email": row.email,
                "outcome": OUTCOMES[row.outcome],
                "why": str(row.words_in(job)) if row.is_left_in(job) else row.why,
            }
            for row in rows
        ],
    }
