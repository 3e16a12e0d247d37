"""Switches for what goes wrong: the next n calls of a path fail in a chosen way."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from typing import Any

# What is answered instead. hang: nothing is done and nothing comes for ``seconds``; commit_then_hang: it is done, but
# the answer comes too late; commit_then_drop: it is done, and a broken answer comes at once.
KINDS = frozenset(
    {
        "429",
        "500",
        "gateway_error",
        "html_502",
        "unauthorized",
        "refuse",
        "hang",
        "slow",
        "commit_then_hang",
        "commit_then_drop",
    }
)


@dataclass
class Fault:
    path: str  # with the method, * for anything: "POST /v1/orders", "* /v1/payments/*/refund"
    kind: str
    times: int = 1
    seconds: float = 30.0
    description: str = "The request was refused"
    reason: str = "input_validation_failed"

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no fault is called {self.kind!r}")


class Faults:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self.calls: deque[str] = deque(maxlen=2000)  # what was asked, the newest last

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._faults.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()
            self.calls.clear()

    def take(self, call: str) -> Fault | None:
        """The fault that this call meets, counted down; and the call, written down."""
        self.calls.append(call)
        if not self._faults:
            return None
        with self._lock:
            for fault in self._faults:
                if fault.times > 0 and fnmatchcase(call, fault.path):
                    fault.times -= 1
                    if not fault.times:
                        self._faults.remove(fault)
                    return fault
        return None

    def shown(self) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(fault) for fault in self._faults]


def answer(fault: Fault) -> tuple[int, Any]:
    """Status and body of a fault; a body that is text is HTML."""
    if fault.kind == "html_502":
        return 502, "<html><body><h1>502 Bad Gateway</h1></body></html>"
    code, status, description = {
        "429": ("BAD_REQUEST_ERROR", 429, "Request failed. Please try after sometime."),
        "500": ("SERVER_ERROR", 500, "We are facing some trouble completing your request at the moment."),
        "gateway_error": ("GATEWAY_ERROR", 502, "The gateway request timed out"),
        "unauthorized": ("BAD_REQUEST_ERROR", 401, "Authentication failed"),
        "refuse": ("BAD_REQUEST_ERROR", 400, fault.description),
        "hang": ("SERVER_ERROR", 504, "The server took too long"),
    }[fault.kind]
    if fault.kind == "unauthorized":
        return status, {"error": {"code": code, "description": description}}
    details = {"source": "business", "step": "payment_initiation", "reason": fault.reason, "metadata": {}}
    return status, {"error": {"code": code, "description": description, **details}}
