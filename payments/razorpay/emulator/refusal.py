"""How Razorpay says no."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """An answer other than 200, in Razorpay's form."""

    def __init__(
        self,
        description: str,
        *,
        status: int = 400,
        code: str = "BAD_REQUEST_ERROR",
        field: str = "",
        reason: str = "input_validation_failed",
        source: str = "business",
        step: str = "payment_initiation",
        metadata: dict[str, str] | None = None,
    ) -> None:
        super().__init__(description)
        self.status = status
        self.error: dict[str, Any] = {
            "code": code,
            "description": description,
            "source": source,
            "step": step,
            "reason": reason,
            "metadata": metadata or {},
        }
        if field:
            self.error["field"] = field

    @property
    def body(self) -> dict[str, Any]:
        return {"error": self.error}


def unknown_id() -> Refusal:
    return Refusal("The id provided does not exist", field="id")


def not_authenticated() -> Refusal:
    refusal = Refusal("Authentication failed", status=401)
    refusal.error = {"code": "BAD_REQUEST_ERROR", "description": "Authentication failed"}
    return refusal
