"""The standing cast: a client, a stranger, a consultant, another consultant, an admin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from accounts.models import User
    from consultants.models import Consultant

pytest_plugins = [
    "payments.razorpay.emulator.testing",
    "tests.needs",
    "payments.testing",
    "tests.parts",
    "tests.emptying",
    "tests.window",
]


@pytest.fixture(autouse=True)
def _clean_cache() -> None:
    from django.core.cache import cache

    cache.clear()


@pytest.fixture
def client_user(db: None) -> User:
    from naksha.testing import make_user

    return make_user(first_name="Farhan", last_name="Qureshi")


@pytest.fixture
def stranger(db: None) -> User:
    from naksha.testing import make_user

    return make_user(first_name="Stranger")


@pytest.fixture
def consultant(db: None) -> Consultant:
    from naksha.testing import make_consultant

    return make_consultant(slug="asha-rao")


@pytest.fixture
def other_consultant(db: None) -> Consultant:
    from naksha.testing import make_consultant

    return make_consultant(slug="other-person")


@pytest.fixture
def admin_user(db: None) -> User:
    from naksha.testing import make_admin

    return make_admin(first_name="Admin")
