"""The test cards, UPI ids and reasons of failure that Razorpay documents for test mode."""

from __future__ import annotations

from dataclasses import dataclass

from payments.razorpay.emulator.store import new_id

# reason: (code, what the payer reads, source, step)
FAILURES: dict[str, tuple[str, str, str, str]] = {
    "payment_failed": (
        "BAD_REQUEST_ERROR",
        "Your payment was not completed. Try again or use another way to pay.",
        "customer",
        "payment_authentication",
    ),
    "payment_cancelled": (
        "BAD_REQUEST_ERROR",
        "You cancelled the payment.",
        "customer",
        "payment_authentication",
    ),
    "payment_timed_out": (
        "BAD_REQUEST_ERROR",
        "The payment took too long and was stopped.",
        "customer",
        "payment_authentication",
    ),
    "insufficient_funds": (
        "BAD_REQUEST_ERROR",
        "Your account does not hold enough for this payment.",
        "customer",
        "payment_authorization",
    ),
    "card_declined": (
        "BAD_REQUEST_ERROR",
        "Your bank declined the payment. Try another card.",
        "issuer_bank",
        "payment_authorization",
    ),
    "card_disabled_for_online_payments": (
        "BAD_REQUEST_ERROR",
        "This card is not switched on for payments on the internet.",
        "issuer_bank",
        "payment_authorization",
    ),
    "card_number_invalid": (
        "BAD_REQUEST_ERROR",
        "This card number is not right. Check its digits.",
        "customer",
        "payment_initiation",
    ),
    "incorrect_otp": (
        "BAD_REQUEST_ERROR",
        "The one-time password was not right.",
        "customer",
        "payment_authentication",
    ),
    "invalid_vpa": (
        "BAD_REQUEST_ERROR",
        "This UPI id does not exist here. Use success@razorpay or failure@razorpay.",
        "customer",
        "payment_initiation",
    ),
    "gateway_technical_error": (
        "GATEWAY_ERROR",
        "The bank could not be reached. Try again in a minute.",
        "gateway",
        "payment_authorization",
    ),
    "authentication_failed": (
        "GATEWAY_ERROR",
        "The bank could not make sure that it is you.",
        "issuer_bank",
        "payment_authentication",
    ),
}


def failure(reason: str) -> dict[str, str]:
    code, description, source, step = FAILURES[reason]
    return {"code": code, "description": description, "source": source, "step": step, "reason": reason}


@dataclass(frozen=True)
class TestCard:
    network: str
    fails: str = ""  # with this reason, once the bank's page is sent
    international: bool = False

    def entity(self, number: str, holder: str) -> dict[str, object]:
        return {
            "id": new_id("card"),
            "entity": "card",
            "name": holder,
            "last4": number[-4:],
            "network": self.network,
            "type": "credit",
            "issuer": None,
            "international": self.international,
            "emi": False,
            "sub_type": "consumer",
        }


_WORKING = {
    "4100280000001007": ("Visa", False),
    "5500670000001002": ("MasterCard", False),
    "6527658900001005": ("RuPay", False),
    "36082800091007": ("Diners Club", False),
    "340256000401007": ("American Express", False),
    "5555555555554444": ("MasterCard", True),
    "5105105105105100": ("MasterCard", True),
    "5104060000000008": ("MasterCard", True),
    "4012888888881881": ("Visa", True),
}
_FAILING = {
    "payment_timed_out": ("4100280000090000", "5305620000060000"),
    "insufficient_funds": ("4100280000080001", "5305620000050001"),
    "payment_cancelled": ("4100280000070002", "5305620000040002"),
    "card_declined": ("4100280000060003", "5305620000030003"),
    "card_disabled_for_online_payments": ("4100280000030006", "5305620000000006"),
    "card_number_invalid": ("4100280000010008", "5305620000080008"),
    "gateway_technical_error": ("4100280000020007", "5305620000090007"),
    "authentication_failed": ("4100280000000009", "5305620000070009"),
}
CARDS: dict[str, TestCard] = {
    **{number: TestCard(network, international=abroad) for number, (network, abroad) in _WORKING.items()},
    **{
        number: TestCard("Visa" if number.startswith("4") else "MasterCard", fails=reason)
        for reason, numbers in _FAILING.items()
        for number in numbers
    },
}
UPI_SUCCESS, UPI_FAILURE = "success@razorpay", "failure@razorpay"
