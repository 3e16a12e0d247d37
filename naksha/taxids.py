"""The numbers by which a business in India is known. A right form and check character do not prove that one exists."""

from __future__ import annotations

import re

_PAN = re.compile(r"[A-Z]{5}[0-9]{4}[A-Z]")
_GSTIN = re.compile(r"[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][1-9A-Z]Z[0-9A-Z]")
_IFSC = re.compile(r"[A-Z]{4}0[A-Z0-9]{6}")
_ACCOUNT = re.compile(r"[0-9]{9,18}")
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def tidy(text: str) -> str:
    """As it is printed: capitals, no spaces or dashes."""
    return re.sub(r"[\s-]", "", text).upper()


def is_pan(text: str) -> bool:
    """Five letters, four digits that are never all zero, one letter. What the letters mean has exceptions."""
    return bool(_PAN.fullmatch(text)) and text[5:9] != "0000"


def masked_pan(pan: str) -> str:
    """``AAPPV1234K`` as ``AAPPVXXXXK``; empty for none."""
    return f"{pan[:5]}XXXX{pan[9:]}" if pan else ""


def is_gstin(text: str) -> bool:
    """Fifteen signs of a regular or composition taxpayer: State, PAN, entity number, Z, check character."""
    return bool(_GSTIN.fullmatch(text)) and is_pan(text[2:12]) and text[14] == gstin_check(text[:14])


def gstin_check(first: str) -> str:
    """The 15th sign of a GSTIN from the first 14: Luhn's sum over 36 signs, weights 1, 2, 1, 2 …"""
    total = 0
    for place, sign in enumerate(first):
        product = _DIGITS.index(sign) * (1 + place % 2)
        total += product // 36 + product % 36
    return _DIGITS[-total % 36]


def gstin_state(gstin: str) -> str:
    return gstin[:2]


def gstin_pan(gstin: str) -> str:
    return gstin[2:12]


def is_ifsc(text: str) -> bool:
    """A bank's branch: four letters, a zero, six letters or digits."""
    return bool(_IFSC.fullmatch(text))


def is_account_number(text: str) -> bool:
    """A bank account in India: 9 to 18 digits. There is no check digit that all banks share."""
    return bool(_ACCOUNT.fullmatch(text)) and bool(text.strip("0"))
