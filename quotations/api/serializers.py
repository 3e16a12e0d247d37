"""Quotations as the contract words them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from clients.fields import MailField, NameField, PlainField
from naksha.api.errors import refuse
from naksha.api.fields import Enum, Typed
from naksha.api.naming import camel
from naksha.api.serializers import Instant, Serializer
from naksha.errors import WrongInput
from quotations.models import Quotation, QuotationQuestion
from quotations.services import Draft, LineFacts
from quotations.services.drafting import MOST_LINES, as_sent_now
from quotations.sums import MOST_PAISE, MOST_QUANTITY, WHOLE

# What the services call otherwise.
NAMES = {
    "client": "clientId",
    "discount": "discountPercent",
    "deposit": "depositPercent",
    "body": "question",
    "refund": "refundPaise",
}

READ = "The version that was read: where another counts by now, nothing is done (409)."
ENDING = {"type": ["string", "null"], "enum": [*(name.upper() for name in Quotation.Ending.values), None]}


@contextmanager
def by_our_names() -> Iterator[None]:
    """A service's refusal of one input, under the name that the contract has for it."""
    try:
        yield
    except WrongInput as error:
        raise refuse(NAMES.get(error.about, camel(error.about)), str(error)) from error


@extend_schema_field(OpenApiTypes.NUMBER)
class Hundredths(serializers.DecimalField):
    """A number with at most two decimals outside, hundredths inside."""

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        super().__init__(max_digits=9, decimal_places=2, **kwargs)
        self.most = most

    def to_internal_value(self, data: Any) -> Any:
        found = int(super().to_internal_value(data) * 100)
        if not 0 <= found <= self.most:
            raise serializers.ValidationError(_("Between 0 and %(most)s.") % {"most": f"{self.most // 100:,}"})
        return found

    def to_representation(self, value: Any) -> Any:
        return value // 100 if value % 100 == 0 else value / 100


def _words(longest: int, **kwargs: Any) -> Typed:
    return Typed(PlainField(max_length=longest, required=kwargs.get("required", True)), trim_whitespace=True, **kwargs)


# --- in -------------------------------------------------------------------------------------


class LineInput(Serializer):
    description = _words(200)
    details = _words(1000, required=False, allow_blank=True, default="")
    quantity = Hundredths(most=MOST_QUANTITY, default=100)
    unit_price_paise = serializers.IntegerField(min_value=0, max_value=MOST_PAISE)
    discount_percent = Hundredths(most=WHOLE, default=0)

    def validate_quantity(self, quantity: int) -> int:
        if not quantity:
            raise serializers.ValidationError(_("A quantity is between 0.01 and 10,000."))
        return quantity


class QuotationInput(Serializer):
    """The client is ``clientId``, or whoever has ``clientEmail``; in a change either may be left out."""

    client_id = serializers.UUIDField(required=False)
    client_name = Typed(NameField(required=False), required=False, max_length=200)
    client_email = Typed(MailField(), required=False, max_length=254)
    title = _words(100)
    message = _words(2000, required=False, allow_blank=True, default="")
    terms = _words(5000, required=False, allow_blank=True, default="")
    valid_until = serializers.DateField()
    state_code = serializers.CharField(max_length=2, required=False, allow_blank=True, default="")
    discount_percent = Hundredths(most=WHOLE, default=0)
    deposit_percent = Hundredths(most=WHOLE, default=0)
    lines = LineInput(many=True, min_length=1, max_length=MOST_LINES)  # type: ignore[call-arg]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """What says whom it is for is used or refused by its name."""
        attrs = super().validate(attrs)
        if "client_id" in attrs:
            both = [name for name in ("client_name", "client_email") if name in attrs]
            wrong = {camel(name): [_("Write either this or clientId.")] for name in both}
        elif "client_name" in attrs and "client_email" not in attrs:
            wrong = {"clientName": [_("It goes with clientEmail. A client is renamed among your clients.")]}
        else:
            wrong = {}
        if wrong:
            raise serializers.ValidationError(wrong)
        return attrs


class QuotationChange(QuotationInput):
    """``edition`` is the one that was read: where the draft has another by now, nothing is written (409)."""

    edition = serializers.IntegerField(min_value=1, max_value=2**31 - 1, required=False)


class SendInput(Serializer):
    by_mail = serializers.BooleanField(default=True, help_text="False: nobody is mailed, only the link is made.")
    edition = serializers.IntegerField(
        min_value=1,
        max_value=2**31 - 1,
        required=False,
        help_text="The one that was read: where the draft has another by now, nothing is sent (409).",
    )
    total_paise = serializers.IntegerField(
        min_value=0,
        max_value=2**31 - 1,
        required=False,
        help_text="The total that was read; left out, the one that was written down. Where it comes to another by now, "
        "nothing is sent (409).",
    )


class AcceptInput(Serializer):
    name = Typed(NameField(), max_length=200)
    version = serializers.IntegerField(min_value=1, max_value=32_000, help_text=READ)


class DeclineInput(Serializer):
    reason = Typed(PlainField(max_length=1000), max_length=1000)
    version = serializers.IntegerField(min_value=1, max_value=32_000, help_text=READ)


class CallOffInput(Serializer):
    reason = Typed(PlainField(max_length=300), max_length=300, help_text="The client reads it.")
    refund_paise = serializers.IntegerField(
        min_value=0, max_value=2**31 - 1, required=False, help_text="What goes back; left out: all that was paid."
    )


def draft_of(data: dict[str, Any]) -> Draft:
    """What was sent, for the services."""
    return Draft(
        title=data["title"],
        valid_until=data["valid_until"],
        lines=tuple(
            LineFacts(
                line["description"],
                line["quantity"],
                line["unit_price_paise"],
                line["discount_percent"],
                line["details"],
            )
            for line in data["lines"]
        ),
        message=data["message"],
        terms=data["terms"],
        state_code=data["state_code"],
        discount_points=data["discount_percent"],
        deposit_points=data["deposit_percent"],
    )


def as_sent(quotation: Quotation) -> dict[str, Any]:
    """A draft as it would be sent in anew: what a change of a part begins with."""
    return {
        "title": quotation.title,
        "message": quotation.message,
        "terms": quotation.terms,
        "valid_until": quotation.valid_until,
        "state_code": quotation.state_code,
        "discount_percent": quotation.discount_points,
        "deposit_percent": quotation.deposit_points,
        "lines": [
            {
                "description": line.description,
                "details": line.details,
                "quantity": line.quantity,
                "unit_price_paise": line.unit_paise,
                "discount_percent": line.discount_points,
            }
            for line in quotation.lines.all()
        ],
    }


# --- out ------------------------------------------------------------------------------------


class QuotedClient(Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    email = serializers.EmailField()


class QuotationRow(Serializer):
    id = serializers.UUIDField()
    number = serializers.SerializerMethodField(help_text="QT/2627/00012; null until it is sent.")
    version = serializers.IntegerField()
    status = Enum(Quotation.Status)
    ending = serializers.SerializerMethodField(help_text="Of an expired one: LAPSED, REVISED, WITHDRAWN or CALLED_OFF.")
    title = serializers.CharField()
    client = QuotedClient()
    valid_until = serializers.DateField()
    lapses_at = Instant(allow_null=True)
    currency = serializers.CharField()
    total_paise = serializers.IntegerField(help_text="With GST.")
    deposit_paise = serializers.IntegerField(help_text="What is paid first; 0: all at once.")
    paid_paise = serializers.IntegerField()
    refunded_paise = serializers.IntegerField()
    created_at = Instant()
    sent_at = Instant(allow_null=True)
    viewed_at = Instant(allow_null=True, help_text="When its client opened it for the first time.")
    accepted_at = Instant(allow_null=True)

    def to_representation(self, instance: Quotation) -> Any:
        return super().to_representation(as_sent_now(instance))

    @extend_schema_field({"type": ["string", "null"]})
    def get_number(self, quotation: Quotation) -> str | None:
        return quotation.label or None

    @extend_schema_field(ENDING)
    def get_ending(self, quotation: Quotation) -> str | None:
        return quotation.ending.upper() or None


class QuotationLineShown(Serializer):
    description = serializers.CharField()
    details = serializers.CharField()
    quantity = Hundredths(most=MOST_QUANTITY)
    unit_price_paise = serializers.IntegerField(source="unit_paise")
    discount_percent = Hundredths(most=WHOLE, source="discount_points")
    amount_paise = serializers.IntegerField(source="net_paise", help_text="After its discount, before GST.")


class QuestionShown(Serializer):
    question = serializers.CharField(source="body")
    asked_at = Instant(source="created_at")
    answer = serializers.CharField()
    answered_at = Instant(allow_null=True)

    class Meta:
        model = QuotationQuestion


class QuotationTerms(Serializer):
    """What is offered, and what it comes to."""

    message = serializers.CharField()
    terms = serializers.CharField()
    place_of_supply = serializers.CharField(help_text="State code, GST's.")
    subtotal_paise = serializers.IntegerField(help_text="The lines together, each after its discount.")
    discount_percent = Hundredths(most=WHOLE, source="discount_points")
    discount_paise = serializers.IntegerField()
    gst_percent = Hundredths(most=WHOLE, source="gst_points")
    cgst_paise = serializers.IntegerField(source="split.cgst")
    sgst_paise = serializers.IntegerField(source="split.sgst")
    igst_paise = serializers.IntegerField(source="split.igst")
    deposit_percent = Hundredths(most=WHOLE, source="deposit_points")
    lines = QuotationLineShown(many=True)
    questions = QuestionShown(many=True)


class QuotationShown(QuotationRow, QuotationTerms):
    state_code = serializers.CharField(help_text="Where the place of supply is not the client's own State.")
    edition = serializers.IntegerField()
    accepted_by = serializers.CharField(source="accepted_name")
    close_reason = serializers.CharField()


class QuotationSent(QuotationShown):
    url = serializers.SerializerMethodField(help_text="The client's page. It is told this once: only its hash is kept.")

    def get_url(self, _quotation: Quotation) -> str:
        return str(self.context["url"])


class QuotedBy(Serializer):
    name = serializers.CharField(source="display_name")
    slug = serializers.CharField()


class QuotationPublic(QuotationTerms):
    """What the link's holder reads."""

    id = serializers.UUIDField()
    number = serializers.CharField(source="label")
    version = serializers.IntegerField()
    status = Enum(Quotation.Status)
    ending = serializers.SerializerMethodField()
    title = serializers.CharField()
    valid_until = serializers.DateField()
    lapses_at = Instant()
    sent_at = Instant()
    accepted_at = Instant(allow_null=True)
    accepted_by = serializers.CharField(source="accepted_name")
    can_be_answered = serializers.SerializerMethodField()
    currency = serializers.CharField()
    total_paise = serializers.IntegerField()
    deposit_paise = serializers.IntegerField()
    paid_paise = serializers.IntegerField()
    refunded_paise = serializers.IntegerField()
    owed_paise = serializers.IntegerField(
        source="payable_paise", help_text="Paid by POST /payments/initiate with this token as manageToken."
    )
    client_name = serializers.CharField(source="client.name")
    consultant = QuotedBy()

    @extend_schema_field(ENDING)
    def get_ending(self, quotation: Quotation) -> str | None:
        return quotation.ending.upper() or None

    def get_can_be_answered(self, quotation: Quotation) -> bool:
        return quotation.is_open_at(self.context["now"]) and quotation.consultant.is_approved
