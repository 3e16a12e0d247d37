"""What a password must hold."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.models import User


def codes(password: str, user: User | None = None) -> set[str]:
    try:
        validate_password(password, user)
    except ValidationError as error:
        return {e.code for e in error.error_list}
    return set()


@pytest.mark.parametrize("password", ["Monsoon-2026!", "Aa1 aaaa", "Äö9€ßßßß", "Aa1!" + "x" * 124])
def test_a_password_with_all_four_kinds_passes(password):
    assert codes(password) == set()


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("Aa1!aaa", "password_too_short"),
        ("Aa1!" + "x" * 125, "password_too_long"),
        ("monsoon-2026!", "password_no_upper"),
        ("MONSOON-2026!", "password_no_lower"),
        ("Monsoon-rain!", "password_no_digit"),
        ("Monsoon2026", "password_no_special"),
        ("P@ssw0rd", "password_too_common"),
    ],
)
def test_each_rule_that_is_broken_is_named(password, code):
    assert code in codes(password)


def test_everything_missing_is_said_at_once():
    assert {"password_no_upper", "password_no_digit", "password_no_special"} <= codes("monsoonrain")


def test_the_mail_address_is_no_password():
    assert "password_too_similar" in codes(
        "Asha.rao99@Example.com", User(email="asha.rao99@example.com", first_name="Asha")
    )
