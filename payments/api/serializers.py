from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import serializers

from naksha.api.fields import Days, Enum, Text
from naksha.api.serializers import Instant, Serializer
from payments import payable
from payments.listing import STANDING, Standing, Way
from payments.models import Invoice, Payment, Refund
from payments.payable import Due


class PaymentFilters(Serializer, Days):
    type = Enum(Payment.Purpose, required=False)
    status = Enum(Standing, required=False)
    way = Enum(Way, required=False, help_text="How it was paid or, where nothing came, last tried.")
    search = serializers.CharField(
        required=False, max_length=80, help_text="Words of the description or the payer, or the gateway's id."
    )


# --- payments ---------------------------------------------------------------------------------------


class PaymentBrief(Serializer):
    """What anybody who has made a payment may know of it. ``payableId`` is that of the booking or session."""

    id = serializers.UUIDField()
    type = Enum(Payment.Purpose, source="purpose")
    status = serializers.SerializerMethodField()
    payable_type = serializers.SerializerMethodField()
    payable_id = serializers.UUIDField()
    order_id = serializers.CharField(allow_null=True)
    amount_paise = serializers.IntegerField()
    paid_paise = serializers.IntegerField(source="captured_paise")
    refunded_paise = serializers.IntegerField(help_text="What has gone back.")
    refunding_paise = serializers.IntegerField(help_text="What is promised back, gone or not.")
    currency = serializers.CharField()
    failure_code = serializers.CharField()

    def get_status(self, payment: Payment) -> str:
        return STANDING[payment.status].upper()

    def get_payable_type(self, payment: Payment) -> str:
        return payment.payable_kind.upper()


class RefundShown(Serializer):
    id = serializers.UUIDField()
    status = Enum(Refund.Status)
    amount_paise = serializers.IntegerField()
    currency = serializers.CharField()
    reason = serializers.CharField()
    created_at = Instant()
    processed_at = Instant(allow_null=True)


class Payer(Serializer):
    name = serializers.CharField(source="payer_name")
    email = serializers.CharField(source="payer_email")
    phone = serializers.CharField(source="payer_phone")


class Payee(Serializer):
    slug = serializers.CharField()
    name = serializers.CharField(source="display_name")


class PaymentShown(PaymentBrief):
    description = serializers.CharField()
    payer = Payer(source="*")
    consultant = Payee()
    fee_paise = serializers.IntegerField(allow_null=True, help_text="The platform's; null for the client.")
    fee_tax_paise = serializers.IntegerField(allow_null=True)
    refunds = RefundShown(many=True, source="shown_refunds")
    created_at = Instant()
    paid_at = Instant(source="captured_at", allow_null=True)

    def to_representation(self, payment: Payment) -> dict[str, Any]:
        told: dict[str, Any] = super().to_representation(payment)
        user = self.context["request"].user
        if payment.consultant.user_id != user.pk and not user.is_staff:
            told |= {"feePaise": None, "feeTaxPaise": None}
        return told


class PaymentDocument(Serializer):
    number = serializers.CharField()
    kind = Enum(Invoice.Kind)
    issued_on = serializers.DateField()
    total_paise = serializers.IntegerField()


class PaymentDetail(PaymentShown):
    documents = PaymentDocument(many=True, source="invoices.all")


# --- paying -----------------------------------------------------------------------------------------


class InitiateInput(Serializer):
    """What is to be paid: exactly one of a booking, a session (by its client's login) or the secret of a link."""

    manage_token = serializers.CharField(required=False, max_length=64, help_text="A guest's, from POST /book.")

    def get_fields(self) -> dict[str, Any]:
        kinds = {f"{kind}Id": serializers.UUIDField(required=False) for kind in payable.doors()}
        return {**kinds, **super().get_fields()}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) != 1:
            ways = ", ".join(self.fields)
            raise serializers.ValidationError(_("Say what is to be paid, in one way: %(ways)s.") % {"ways": ways})
        return attrs


class Prefill(Serializer):
    name = serializers.CharField(source="payer_name")
    email = serializers.CharField(source="payer_email")
    contact = serializers.CharField(source="payer_phone")


class Order(Serializer):
    """What the gateway's checkout is opened with."""

    payment_id = serializers.UUIDField(source="payment.id")
    order_id = serializers.CharField(source="payment.order_id")
    key_id = serializers.SerializerMethodField()
    amount_paise = serializers.IntegerField(source="payment.amount_paise")
    currency = serializers.CharField(source="payment.currency")
    description = serializers.CharField(source="payment.description")
    prefill = Prefill(source="payment")
    expires_at = Instant(source="until", allow_null=True, help_text="When the time is given to others.")

    def get_key_id(self, due: Due) -> str:
        return str(settings.RAZORPAY_KEY_ID)


class CompleteInput(Serializer):
    """Checkout's three fields, as it hands them over (``razorpay_order_id`` …) or in this contract's spelling."""

    razorpay_order_id = serializers.CharField(max_length=40)
    razorpay_payment_id = serializers.CharField(max_length=40)
    razorpay_signature = serializers.CharField(max_length=200)


class FailInput(Serializer):
    """A try that came to nothing: of a payment of one's own, or of the one that a link's secret opens."""

    payment_id = serializers.UUIDField()
    manage_token = serializers.CharField(required=False, max_length=64)
    code = serializers.CharField(required=False, max_length=80, help_text="The gateway's reason: payment_cancelled …")
    description = Text(required=False, max_length=300)


class RefundInput(Serializer):
    payment_id = serializers.UUIDField()
    amount_paise = serializers.IntegerField(required=False, min_value=1, help_text="Left out: all that is left.")
    reason = Text(required=False, max_length=300, help_text="The client reads it.")


# --- earnings ---------------------------------------------------------------------------------------


class Balance(Serializer):
    """Since the beginning. ``earned`` is what clients paid and did not get back, ``charged`` the platform's fee with
    its GST, ``net`` what is left of it; of that ``paidOut`` has gone, ``clearing`` is not cleared yet (days after the
    session), and ``available`` goes out on ``nextPayoutOn``."""

    currency = serializers.CharField(default="INR")
    received_paise = serializers.IntegerField(source="earnings.received")
    refunded_paise = serializers.IntegerField(source="earnings.refunded")
    earned_paise = serializers.IntegerField(source="earnings.earned")
    fee_paise = serializers.IntegerField(source="earnings.fee")
    fee_tax_paise = serializers.IntegerField(source="earnings.fee_tax")
    charged_paise = serializers.IntegerField(source="earnings.charged")
    net_paise = serializers.IntegerField(source="earnings.net")
    paid_out_paise = serializers.IntegerField(source="earnings.paid_out")
    clearing_paise = serializers.IntegerField()
    available_paise = serializers.IntegerField(source="available")
    next_payout_on = serializers.DateField(source="next_payday", help_text="A day in India.")


class Payout(Serializer):
    id = serializers.UUIDField()
    amount_paise = serializers.IntegerField()
    currency = serializers.CharField()
    created_at = Instant()
