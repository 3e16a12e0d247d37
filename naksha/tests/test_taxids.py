"""PAN and GSTIN: the published samples pass, one wrong sign does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from naksha import taxids

GOOD = [
    "27AAPFU0939F1ZV",
    "29AAGCB7383J1Z4",
    "09AAAUP8175A1ZG",
    "32AADCK5978M1Z0",
    "29AABCN1234F1ZS",
    "27AABCN1234F1ZW",
    "07AAKPS9876Q1ZA",
    "24AAFFN4321L1ZD",
]


@pytest.mark.parametrize("gstin", GOOD)
def test_a_true_gstin_passes(gstin: str) -> None:
    assert taxids.is_gstin(gstin)


@given(st.sampled_from(GOOD), st.integers(0, 14), st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
def test_one_wrong_sign_is_noticed(gstin: str, place: int, sign: str) -> None:
    changed = gstin[:place] + sign + gstin[place + 1 :]
    assert changed == gstin or not taxids.is_gstin(changed)


@pytest.mark.parametrize("text", ["", "27AAPFU0939F1Z", "27aapfu0939f1zv", "27AAPFU0939F1ZV ", "२७AAPFU0939F1ZV"])
def test_anything_else_is_no_gstin(text: str) -> None:
    assert not taxids.is_gstin(text)


def test_it_is_tidied_as_people_write_it() -> None:
    assert taxids.tidy(" 27 aapfu-0939f 1zv ") == "27AAPFU0939F1ZV"


@pytest.mark.parametrize(
    ("pan", "right"),
    [("AAPPV1234K", True), ("AAPFU0939F", True), ("AAP1V1234K", False), ("AAPPV0000K", False), ("AAPPV123K", False)],
)
def test_a_pan_has_its_form(pan: str, right: bool) -> None:
    assert taxids.is_pan(pan) is right


def test_a_pan_is_shown_masked() -> None:
    assert taxids.masked_pan("AAPPV1234K") == "AAPPVXXXXK"
    assert taxids.masked_pan("") == ""


@pytest.mark.parametrize(
    ("code", "right"),
    [
        ("HDFC0000123", True),
        ("SBIN0ABC123", True),
        ("HDFC1000123", False),
        ("HDF00000123", False),
        ("hdfc0000123", False),
    ],
)
def test_an_ifsc_has_a_zero_in_the_fifth_place(code: str, right: bool) -> None:
    assert taxids.is_ifsc(code) is right
