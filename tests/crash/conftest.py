from __future__ import annotations

from collections.abc import Iterator

import pytest

from consultants.models import Service
from naksha.testing import make_consultant, make_service
from tests.installation import Installation
from tests.visitors import Visitor


@pytest.fixture
def product(breakable: Installation) -> Installation:
    return breakable


@pytest.fixture
def visitor(product: Installation) -> Iterator[Visitor]:
    with Visitor(product.address) as visitor:
        yield visitor


@pytest.fixture
def service(product: Installation) -> Service:
    return make_service(make_consultant())
