"""A refusal, with all that Razorpay says of it."""

from __future__ import annotations

from payments.errors import GatewayRefused


class RazorpayRefused(GatewayRefused):
    """The request was understood and refused. ``field`` and ``reason`` are Razorpay's own words, if any."""

    def __init__(self, description: str, error_code: str = "", status: int = 400, field: str = "", reason: str = ""):
        super().__init__(description, error_code, status)
        self.field = field
        self.reason = reason
