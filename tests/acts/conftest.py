"""The windows of the walks are closed after the last of them: whoever comes next finds none."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.acts.walk import close_windows


@pytest.fixture(autouse=True, scope="package")
def _windows() -> Iterator[None]:
    yield
    close_windows()
