"""Payments, refunds, what the gateway said, and the ledger."""

from payments.models.event import GatewayEvent
from payments.models.invoice import Invoice, InvoiceSeries
from payments.models.ledger import EARNED, LedgerAccount, LedgerEntry, LedgerTransaction
from payments.models.nudge import Nudge
from payments.models.payment import Payment, PaymentAttempt
from payments.models.refund import Refund

__all__ = [
    "EARNED",
    "GatewayEvent",
    "Invoice",
    "InvoiceSeries",
    "LedgerAccount",
    "LedgerEntry",
    "LedgerTransaction",
    "Nudge",
    "Payment",
    "PaymentAttempt",
    "Refund",
]
