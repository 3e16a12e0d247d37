"""Money in the admin's hands: to look at, and the few acts that a person may do."""

from payments.admin.events import GatewayEventAdmin
from payments.admin.invoices import InvoiceAdmin
from payments.admin.ledger import LedgerAccountAdmin, LedgerTransactionAdmin
from payments.admin.payments import PaymentAdmin
from payments.admin.refunds import RefundAdmin

__all__ = [
    "GatewayEventAdmin",
    "InvoiceAdmin",
    "LedgerAccountAdmin",
    "LedgerTransactionAdmin",
    "PaymentAdmin",
    "RefundAdmin",
]
