from quotations.models.parts import (
    QuotationLine,
    QuotationLink,
    QuotationQuestion,
    QuotationReminder,
    QuotationSeries,
    QuotationView,
    QuotedSession,
)
from quotations.models.quotation import LEFT_TO_PAY, OWES, Quotation

__all__ = [
    "LEFT_TO_PAY",
    "OWES",
    "Quotation",
    "QuotationLine",
    "QuotationLink",
    "QuotationQuestion",
    "QuotationReminder",
    "QuotationSeries",
    "QuotationView",
    "QuotedSession",
]
