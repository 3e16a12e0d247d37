"""The world of a file is whole, or it is not there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.api import conftest


def test_a_world_that_could_not_be_made_leaves_nothing_behind_and_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []

    @contextmanager
    def block() -> Iterator[None]:
        said.append("begun")
        yield
        said.append("undone")

    worlds = iter([RuntimeError("no row for that"), "whole"])

    def build() -> str:
        made = next(worlds)
        if isinstance(made, Exception):
            raise made
        return str(made)

    monkeypatch.setattr(conftest, "undone", block)
    monkeypatch.setattr(conftest, "build", build)
    once = conftest.Once()
    with pytest.raises(RuntimeError, match="no row for that"):
        once.world()
    assert said == ["begun", "undone"]
    assert once.world() == once.world() == "whole"  # type: ignore[comparison-overlap]
    once.end()
    assert said == ["begun", "undone"] * 2
