from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from availability.picker import can_be_chosen
from bookings.facts import has_room, place_of
from bookings.models import Booking
from bookings.services import quote_cancellation, terms
from naksha.api.fields import Days, Enum, Text, Zone
from naksha.api.serializers import Instant, Serializer
from payments.api.serializers import Order

# --- what is sent -----------------------------------------------------------------------------------


def chosen(start: datetime) -> datetime:
    if not can_be_chosen(start):
        raise serializers.ValidationError(_("Choose a whole minute within the next year."))
    return start


class ClientInput(Serializer):
    """Who books. A login books under its own mail address. What an invoice has to
    name (State, PIN code, address, GSTIN) is asked for where GST is charged."""

    name = serializers.CharField(required=False, max_length=200)
    email = serializers.CharField(required=False, max_length=254)
    phone = Text(required=False, max_length=40)
    state_code = Text(required=False, max_length=2, help_text="GST's code of the State; 96 outside India.")
    pin_code = Text(required=False, max_length=10)
    billing_name = Text(required=False, max_length=200, help_text="The business that the invoice is made out to.")
    billing_address = Text(required=False, max_length=300, help_text="Asked for from ₹50,000, and of a business.")
    gstin = Text(required=False, max_length=20, help_text="The business's, where one books.")


@extend_schema_field(
    {
        "oneOf": [
            {"type": "object", "additionalProperties": {"type": "string"}},
            {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"questionId": {"type": "string"}, "answer": {"type": "string"}},
                    "required": ["questionId", "answer"],
                },
            },
        ]
    }
)
class Answers(serializers.Field):
    """Answers by the id of their question: an object of texts, or a list of ``{"questionId", "answer"}``."""

    def to_internal_value(self, data: Any) -> dict[str, str]:
        if isinstance(data, list):
            rows = [row if isinstance(row, dict) else {} for row in data]
            if any(set(row) != {"questionId", "answer"} for row in rows):
                raise serializers.ValidationError(_("Each answer has a questionId and an answer."))
            data = {str(row["questionId"]): row["answer"] for row in rows}
        if not isinstance(data, dict) or not all(isinstance(text, str) for text in data.values()):
            raise serializers.ValidationError(_("Send the answers by the ids of their questions."))
        return {str(name): text for name, text in data.items()}

    def to_representation(self, value: Any) -> Any:
        return value


class BookInput(Serializer):
    consultant_slug = serializers.CharField(max_length=110)
    service_id = serializers.UUIDField()
    start = Instant(help_text="A free slot of the service, or the start of a webinar's date.")
    client = ClientInput(required=False)
    answers = Answers(required=False)
    timezone = Zone(required=False, help_text="In which the client is told of times; the consultant's if left out.")
    coupon_code = Text(required=False, max_length=40, allow_null=True, help_text="No coupon is known yet.")
    redeem_points = serializers.IntegerField(
        required=False, min_value=0, allow_null=True, help_text="Nobody has points yet."
    )

    def validate_start(self, start: datetime) -> datetime:
        return chosen(start)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        wrong: dict[str, list[str]] = {}
        if attrs.pop("coupon_code", None):
            wrong["couponCode"] = [_("There is no such coupon.")]
        if attrs.pop("redeem_points", None):
            wrong["redeemPoints"] = [_("You have no points to redeem.")]
        if wrong:
            raise serializers.ValidationError(wrong)
        return attrs


class ReasonInput(Serializer):
    reason = Text(required=False, max_length=1000, help_text="The other side reads it; a consultant has to say why.")


class CancelInput(ReasonInput):
    shown_refund_paise = serializers.IntegerField(
        required=False,
        min_value=0,
        help_text="The refund that the client was shown: where less comes back by now, nothing is cancelled.",
    )


class MoveInput(Serializer):
    start = Instant()

    def validate_start(self, start: datetime) -> datetime:
        return chosen(start)


class BookingFilters(Serializer, Days):
    status = Enum(Booking.Status, required=False)
    search = serializers.CharField(required=False, max_length=80, help_text="The number, the title or the client.")


# --- what is told -----------------------------------------------------------------------------------


class Consulting(Serializer):
    id = serializers.UUIDField()
    slug = serializers.CharField()
    name = serializers.CharField(source="display_name")


class Booker(Serializer):
    id = serializers.UUIDField(source="client_id")
    name = serializers.SerializerMethodField()
    email = serializers.EmailField(source="client.email")
    phone = serializers.CharField(source="contact_phone")

    def get_name(self, booking: Booking) -> str:
        return booking.contact_name or booking.client.name


class Answer(Serializer):
    question = serializers.CharField()
    answer = serializers.CharField()


class BookingShown(Serializer):
    """``owedPaise`` is what is still asked for, ``place`` told once it is confirmed."""

    id = serializers.UUIDField()
    reference = serializers.CharField()
    status = Enum(Booking.Status)
    consultant = Consulting()
    client = Booker(source="*")
    service_id = serializers.UUIDField()
    title = serializers.CharField()
    start = Instant(source="starts_at")
    end = Instant(source="ends_at")
    minutes = serializers.IntegerField()
    timezone = serializers.CharField()
    platform = serializers.SerializerMethodField()
    place = serializers.SerializerMethodField()
    answers = Answer(many=True)
    price_paise = serializers.IntegerField()
    tax_paise = serializers.IntegerField()
    total_paise = serializers.IntegerField()
    due_now_paise = serializers.IntegerField()
    paid_paise = serializers.IntegerField()
    refunded_paise = serializers.IntegerField()
    owed_paise = serializers.IntegerField()
    currency = serializers.CharField()
    session_id = serializers.SerializerMethodField()
    hold_expires_at = Instant(allow_null=True)
    answer_by = Instant(allow_null=True)
    closed_at = Instant(allow_null=True)
    close_reason = serializers.CharField()
    created_at = Instant()
    updated_at = Instant()

    def get_platform(self, booking: Booking) -> str:
        return booking.platform.upper()

    def get_place(self, booking: Booking) -> str:
        return place_of(booking)

    def get_session_id(self, booking: Booking) -> str | None:
        return str(booking.session_id) if has_room(booking) else None


class Cancellation(Serializer):
    """What the client gets back by cancelling now, under the terms that were frozen when it was booked."""

    can_cancel = serializers.BooleanField()
    can_reschedule = serializers.BooleanField()
    refund_percent = serializers.IntegerField()
    refund_paise = serializers.IntegerField()
    sentence = serializers.CharField()
    free_until = Instant(allow_null=True)


class BookingDetail(BookingShown):
    cancellation = serializers.SerializerMethodField()

    def get_cancellation(self, booking: Booking) -> dict[str, Any]:
        now = timezone.now()
        quote = quote_cancellation(booking, now)
        told: dict[str, Any] = Cancellation(
            {
                "can_cancel": terms.can_be_cancelled(booking, now),
                "can_reschedule": terms.can_be_moved_by_client(booking, now),
                "refund_percent": quote.percent,
                "refund_paise": quote.refund_paise,
                "sentence": quote.sentence,
                "free_until": terms.free_cancel_until(booking),
            }
        ).data
        return told


class Booked(Serializer):
    """``manageToken`` is the secret of the link: it opens the booking without a login and can't be read back."""

    booking = BookingShown()
    manage_token = serializers.CharField()
    manage_url = serializers.URLField()
    payment = Order(allow_null=True)
