"""While another machine is asked, the database connection is somebody else's."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from naksha import http
from naksha.db import give_back_connection


@pytest.fixture
def given_back(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What happened, in order, as if the connection came from a pool."""
    happened: list[str] = []
    connection.ensure_connection()  # one that is opened later would come from a real pool, whose others nobody closes
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", {"pool": True})
    monkeypatch.setattr(connection, "close", lambda: happened.append("given back"))
    return happened


@pytest.mark.django_db(transaction=True)
def test_it_goes_back_to_the_pool(given_back: list[str]) -> None:
    give_back_connection()
    assert given_back == ["given back"]


@pytest.mark.django_db(transaction=True)
def test_but_not_out_of_a_transaction(given_back: list[str]) -> None:
    with transaction.atomic():
        give_back_connection()
    assert given_back == []


@pytest.mark.django_db(transaction=True)
def test_nor_where_there_is_no_pool(given_back: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", {})
    give_back_connection()
    assert given_back == []


@pytest.mark.django_db(transaction=True)
def test_before_a_page_elsewhere_is_asked_for(given_back: list[str]) -> None:
    with pytest.raises(http.Unreachable):
        http.get("https://nowhere.invalid/")
    assert given_back == ["given back"]
