"""What a request and an answer of each endpoint looks like, for the document."""

from __future__ import annotations

from typing import Any

ID = "01934c2e-6b1a-7c3e-9d0f-2a5b8c7e4f10"
MOMENT = "2026-11-24T05:30:00Z"
BRIEF: dict[str, Any] = {
    "id": ID,
    "type": "FULL",
    "status": "PAID",
    "payableType": "BOOKING",
    "payableId": ID,
    "orderId": "order_Nk5gA1s2D3f4G5",
    "amountPaise": 150000,
    "paidPaise": 150000,
    "refundedPaise": 0,
    "refundingPaise": 0,
    "currency": "INR",
    "failureCode": "",
}
PAYER = {"name": "Farhan Qureshi", "email": "farhan@example.com", "phone": "+919800000001"}
SHOWN: dict[str, Any] = {
    **BRIEF,
    "description": "First call with Asha Rao",
    "payer": PAYER,
    "consultant": {"slug": "asha-rao", "name": "Asha Rao"},
    "feePaise": 15000,
    "feeTaxPaise": 2700,
    "refunds": [],
    "createdAt": MOMENT,
    "paidAt": MOMENT,
}
DETAIL = {
    **SHOWN,
    "documents": [{"number": "INV/26-27/00001", "kind": "INVOICE", "issuedOn": "2026-11-24", "totalPaise": 150000}],
}
ORDER = {
    "paymentId": ID,
    "orderId": "order_Nk5gA1s2D3f4G5",
    "keyId": "rzp_test_1DP5mmOlF5G5ag",
    "amountPaise": 150000,
    "currency": "INR",
    "description": "First call with Asha Rao",
    "prefill": {"name": "Farhan Qureshi", "email": "farhan@example.com", "contact": "+919800000001"},
    "expiresAt": MOMENT,
}
COMPLETE = {
    "razorpayOrderId": "order_Nk5gA1s2D3f4G5",
    "razorpayPaymentId": "pay_Nk5hQ2b7ZxCvB3",
    "razorpaySignature": "d8f35aaecfebb3d81d02cc3544ee4a7bb9118f31ebb6ada03f738de473e877fc",
}
BALANCE = {
    "currency": "INR",
    "receivedPaise": 300000,
    "refundedPaise": 150000,
    "earnedPaise": 150000,
    "feePaise": 15000,
    "feeTaxPaise": 2700,
    "chargedPaise": 17700,
    "netPaise": 132300,
    "paidOutPaise": 0,
    "clearingPaise": 0,
    "availablePaise": 132300,
    "nextPayoutOn": "2026-11-25",
}
PAYOUT = {"id": ID, "amountPaise": 132300, "currency": "INR", "createdAt": MOMENT}
EVENT = {
    "entity": "event",
    "event": "payment.captured",
    "payload": {"payment": {"entity": {"id": "pay_Nk5hQ2b7ZxCvB3", "order_id": "order_Nk5gA1s2D3f4G5"}}},
}
