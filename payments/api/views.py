from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.auth import Anybody, ApprovedConsultant, Member, PracticeOrAdmin
from accounts.api.base import LoginView
from accounts.models import User
from naksha.api import filters, paging
from naksha.api.errors import ApiError, refuse
from naksha.api.idempotency import name_of
from naksha.api.naming import camel
from naksha.api.schema import ROLE, operation
from naksha.api.views import ApiView, FileView
from payments import documents, payable
from payments.api import examples
from payments.api import serializers as shown
from payments.api.base import due_of, opens, ordered, payments_of
from payments.clearing import schedule_of
from payments.listing import NEWEST, ORDERS, Wanted, chosen
from payments.models import Invoice, Payment
from payments.services import complete, give_up, refund_by_hand
from payments.views import take_event


class MemberView(LoginView):
    permission_classes = [Member]


class Payments(MemberView):
    @operation(
        "payments_list",
        "Payments that you made, or had as a consultant",
        tag="Payments",
        answer=shown.PaymentShown,
        listed="payments",
        errors=ROLE,
        parameters=[
            shown.PaymentFilters,  # type: ignore[list-item]
            OpenApiParameter("ordering", str, enum=sorted(ORDERS), description="With a minus: the other way round."),
        ],
        example=examples.SHOWN,
        description="`from` and `to` are dates in UTC on which the payment was begun.",
    )
    def get(self, request: Request) -> Response:
        given = self.filters(shown.PaymentFilters)
        wanted = Wanted(
            standing=given.get("status", ""),
            purpose=given.get("type", ""),
            way=given.get("way", ""),
            first=given.get("from"),
            last=given.get("to"),
            words=given.get("search", ""),
        )
        rows = chosen(payments_of(self.user), wanted)
        return self.page("payments", paging.ordered(request, rows, ORDERS, NEWEST), shown.PaymentShown)


class OnePayment(MemberView):
    @operation(
        "payments_retrieve",
        "One payment, with its refunds and documents",
        tag="Payments",
        answer=shown.PaymentDetail,
        errors=[*ROLE, "NOT_FOUND"],
        example=examples.DETAIL,
    )
    def get(self, request: Request, pk: UUID) -> Response:
        payment = get_object_or_404(payments_of(self.user), pk=pk)
        return self.ok(shown.PaymentDetail(payment, context={"request": request}).data)


class InvoicePdf(FileView, MemberView):
    @operation(
        "payments_invoice_pdf",
        "The invoice of what was paid for, or the voucher of this payment until there is one",
        tag="Payments",
        produces="application/pdf",
        errors=[*ROLE, "NOT_FOUND"],
    )
    def get(self, request: Request, pk: UUID) -> HttpResponse:
        payment = get_object_or_404(payments_of(self.user), pk=pk)
        issued = Invoice.objects.for_payable(payment.payable_kind, payment.payable_id)
        invoice = issued.final().first() or issued.filter(payment=payment, refund__isnull=True).first()
        if invoice is None or not payment.is_paid:
            raise Http404
        return documents.attached(documents.invoice_facts(invoice), invoice.filename)


# --- paying -----------------------------------------------------------------------------------------


def _not_logged_in() -> ApiError:
    return ApiError("NOT_AUTHENTICATED", 401, _("Log in first."))


class Initiate(ApiView):
    permission_classes = [Anybody]
    idempotent = frozenset({"post"})
    in_steps = True

    @operation(
        "payments_initiate",
        "Make the gateway order of what is to be paid now",
        tag="Payments",
        request=shown.InitiateInput,
        answer=shown.Order,
        status=201,
        errors=["NOT_FOUND", "INVALID_STATE", "GATEWAY_UNAVAILABLE"],
        login=False,
        idempotent=True,
        request_example={"bookingId": examples.ID},
        example=examples.ORDER,
        description="By a guest's `manageToken`, or logged in by the id of what is owed for. The amount is the "
        "server's alone. Asked again, it is the same order.",
    )
    def post(self, request: Request) -> Response:
        due = ordered(due_of(request.user, self.checked(shown.InitiateInput), _not_logged_in()))
        return self.ok(shown.Order(due).data, status=201)


class Complete(ApiView):
    permission_classes = [Anybody]  # the gateway's signature is the proof
    idempotent = frozenset({"post"})
    in_steps = True

    @operation(
        "payments_complete",
        "Bring the gateway's signed answer",
        tag="Payments",
        request=shown.CompleteInput,
        answer=shown.PaymentBrief,
        errors=["PAYMENT_SIGNATURE_INVALID", "GATEWAY_UNAVAILABLE"],
        idempotent=True,
        request_example=examples.COMPLETE,
        example=examples.BRIEF,
        login=False,
        description=(
            "Verified, asked for at the gateway, then captured. `status` is PENDING while the bank still thinks: the "
            "gateway tells us later. Brought again, it is the same answer."
        ),
    )
    def post(self, request: Request) -> Response:
        given = self._checked(request)
        payment = complete(
            order_id=given["razorpay_order_id"],
            gateway_payment_id=given["razorpay_payment_id"],
            signature=given["razorpay_signature"],
        )
        message = _("Paid.") if payment.is_paid else _("The bank has not answered yet.")
        return self.ok(shown.PaymentBrief(payment).data, message)

    def _checked(self, request: Request) -> dict[str, Any]:
        data = request.data
        if isinstance(data, dict):
            spelled = {name: camel(name) if str(name).startswith("razorpay_") else name for name in data}
            ours = list(spelled.values())
            if twice := [name for name in ours if ours.count(name) > 1]:
                raise refuse(twice[0], _("This is sent twice, in two spellings."))
            data = {spelled[name]: value for name, value in data.items()}
        taken = shown.CompleteInput(data=data)
        taken.is_valid(raise_exception=True)
        return dict(taken.validated_data)


class Fail(ApiView):
    permission_classes = [Anybody]

    @operation(
        "payments_fail",
        "Say that a try came to nothing",
        tag="Payments",
        request=shown.FailInput,
        answer=shown.PaymentBrief,
        errors=["NOT_FOUND", "GATEWAY_UNAVAILABLE"],
        login=False,
        request_example={"paymentId": examples.ID, "code": "payment_cancelled"},
        example={**examples.BRIEF, "status": "FAILED", "paidPaise": 0, "failureCode": "payment_cancelled"},
        description="By whoever pays alone: a guest with `manageToken`, or its client logged in. The gateway is asked "
        "first: what it has captured stays paid. Another try may still be made.",
    )
    def post(self, request: Request) -> Response:
        given = self.checked(shown.FailInput)
        token = given.get("manage_token")
        if token is None and not isinstance(request.user, User):
            raise _not_logged_in()
        if token is None:
            user = cast(User, request.user)  # the payer's own alone: neither the other side's word nor an admin's
            payment = get_object_or_404(payments_of(user).filter(payable.owned_by(user)), pk=given["payment_id"])
        else:
            payment = get_object_or_404(Payment, pk=given["payment_id"])
            if not opens(token, payment):
                raise Http404
        payment = give_up(payment.pk, code=given.get("code", "payment_failed"), text=given.get("description", ""))
        return self.ok(shown.PaymentBrief(payment).data)


class Refunds(MemberView):
    permission_classes = [PracticeOrAdmin]
    idempotent = frozenset({"post"})

    @operation(
        "payments_refund",
        "Give part or all of a payment back",
        tag="Payments",
        request=shown.RefundInput,
        answer=shown.RefundShown,
        status=201,
        errors=[*ROLE, "NOT_FOUND", "INVALID_STATE"],
        idempotent=True,
        request_example={"paymentId": examples.ID, "amountPaise": 50000, "reason": "Cut short"},
        example={
            "id": examples.ID,
            "status": "PENDING",
            "amountPaise": 50000,
            "currency": "INR",
            "reason": "Cut short",
            "createdAt": examples.MOMENT,
            "processedAt": None,
        },
        description="Promised at once and sent to the gateway after it; a credit note is issued with it. "
        "What was booked stays booked; accepted work is called off once all that was paid for it goes back, and the "
        "message says so.",
    )
    def post(self, request: Request) -> Response:
        given = self.checked(shown.RefundInput)
        had = payments_of(self.user)
        had = had if self.user.is_staff else had.filter(consultant__user=self.user)
        payment = get_object_or_404(had, pk=given["payment_id"])
        amount_paise = given.get("amount_paise")  # without one: all that is left
        ends = payable.ended_by_refund(payment, payment.refundable_paise if amount_paise is None else amount_paise)
        refund = refund_by_hand(
            payment=payment,
            amount_paise=amount_paise,
            seen_refunding_paise=payment.refunding_paise,
            reason=given.get("reason", ""),
            actor=self.user,
            press=name_of(request),
            ends=bool(ends),
        )
        said = (_("The refund is on its way."), ends)
        return self.ok(shown.RefundShown(refund).data, " ".join(filter(None, said)), status=201)


class AnyBody(BaseParser):
    """Leaves the body alone: a signature is over its bytes."""

    media_type = "*/*"


class Webhook(ApiView):
    permission_classes = [Anybody]
    authentication_classes = []
    parser_classes = [AnyBody]

    @operation(
        "payments_webhook",
        "What the gateway calls",
        tag="Payments",
        request={"application/json": OpenApiTypes.OBJECT},
        errors=["PAYMENT_SIGNATURE_INVALID"],
        login=None,
        counted=False,
        request_example=examples.EVENT,
        description="`X-Razorpay-Signature` is over the raw body. Kept once for each `X-Razorpay-Event-Id`.",
    )
    def post(self, request: Request) -> Response:
        take_event(request._request)
        return self.ok(None)


# --- earnings ---------------------------------------------------------------------------------------


PAYOUT_ORDERS = {"createdAt": "created_at", "amount": "amount_paise"}


class Payouts(MemberView):
    permission_classes = [ApprovedConsultant]

    @operation(
        "payments_payouts",
        "What was paid out to you",
        tag="Payments",
        answer=shown.Payout,
        listed="payouts",
        errors=ROLE,
        parameters=[filters.SEARCH, filters.ordering(*PAYOUT_ORDERS)],
        example=examples.PAYOUT,
    )
    def get(self, request: Request) -> Response:
        # The ledger has no movement by which anything could have been paid out so far.
        filters.words(request)
        none = paging.ordered(request, Payment.objects.none(), PAYOUT_ORDERS, "-createdAt")
        return self.page("payouts", none, shown.Payout)


class Balance(MemberView):
    permission_classes = [ApprovedConsultant]

    @operation(
        "payments_balance",
        "What you have earned, were charged, and have been paid",
        tag="Payments",
        answer=shown.Balance,
        errors=ROLE,
        example=examples.BALANCE,
    )
    def get(self, request: Request) -> Response:
        consultant = self.user.consultant  # type: ignore[attr-defined]
        return self.ok(shown.Balance(schedule_of(consultant)).data)
