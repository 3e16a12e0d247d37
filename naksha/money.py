"""Money is integer paise. These helpers are the only place where it meets text."""

from __future__ import annotations

import re
from decimal import Decimal

_RUPEES = re.compile(r"^\d{1,15}(\.\d{1,2})?$")


def rupees(paise: int) -> str:
    """``12345600`` paise as people in India write it: ``₹1,23,456.00``."""
    sign = "-" if paise < 0 else ""
    whole, part = divmod(abs(paise), 100)
    if whole < 100_000:  # as elsewhere
        return f"{sign}₹{whole:,}.{part:02d}"
    digits = str(whole)
    head, tail = digits[:-3], digits[-3:]
    groups: list[str] = []
    while head:
        groups.insert(0, head[-2:])
        head = head[:-2]
    return f"{sign}₹{','.join([*groups, tail])}.{part:02d}"


def to_paise(text: str) -> int:
    """Rupees as typed (``1,500`` or ``1500.50``) as paise. Raises ValueError for anything else.

    What is far too much is an amount, too: whoever asks says how much may be.
    """
    plain = text.replace(",", "").replace("₹", "").strip()
    if not _RUPEES.match(plain):
        raise ValueError("not an amount in rupees with at most two decimals")
    return int(Decimal(plain) * 100)


def share(paise: int, basis_points: int) -> int:
    """``basis_points`` hundredths of a percent of an amount, rounded half up to the paisa."""
    return (paise * basis_points + 5_000) // 10_000
