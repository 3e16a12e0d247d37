"""What can go wrong with money, as services raise it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from naksha.errors import DomainError, InvalidState


class PaymentError(DomainError):
    sentence = _("This payment can't be made.")


class GatewayUnavailable(PaymentError):
    """The gateway didn't answer, or not usefully: nobody knows whether it did what it was asked. Ask again later."""

    sentence = _("The payment service does not answer just now. Please try again in a minute.")
    code, http_status = "GATEWAY_UNAVAILABLE", 502


class GatewayRefused(PaymentError):
    """The gateway understood and said no. ``description`` and ``error_code`` are its own words, not for the payer."""

    sentence = _("The payment service did not accept this. Please try again, or pay in another way.")
    code, http_status = "GATEWAY_UNAVAILABLE", 502

    def __init__(self, description: str, error_code: str = "", status: int = 400) -> None:
        super().__init__()
        self.description = description
        self.error_code = error_code
        self.status = status


class SignatureInvalid(PaymentError):
    """A payment answer that the gateway did not sign."""

    sentence = _("This payment answer could not be verified. Nothing has been changed.")
    code, http_status = "PAYMENT_SIGNATURE_INVALID", 400


class NotAnEvent(PaymentError):
    """A signed body that is no event: not text, not JSON, not an object with a name."""

    sentence = _("This is no event.")
    code, http_status = "VALIDATION_ERROR", 400


class EventTooLarge(PaymentError):
    """More than any event of the gateway's has; it was not read to its end."""

    sentence = _("This request is too large.")
    code, http_status = "VALIDATION_ERROR", 400


class PaymentMismatch(PaymentError):
    """A payment that belongs to another order, or isn't of the amount and currency that are owed."""

    sentence = _("This payment does not belong to what is to be paid. Nothing has been changed.")
    code, http_status = "VALIDATION_ERROR", 400


class RefundNotPossible(PaymentError):
    """More is to go back than has come in."""

    sentence = _("This can't be refunded.")


class AskedAlready(PaymentError):
    """The client was asked for the same within a day."""

    sentence = _("Your client was asked less than a day ago.")
    code, http_status = "RATE_LIMIT_EXCEEDED", 429


__all__ = [
    "AskedAlready",
    "DomainError",
    "EventTooLarge",
    "GatewayRefused",
    "GatewayUnavailable",
    "InvalidState",
    "NotAnEvent",
    "PaymentError",
    "PaymentMismatch",
    "RefundNotPossible",
    "SignatureInvalid",
]
