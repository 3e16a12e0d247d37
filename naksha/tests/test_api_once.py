"""``Idempotency-Key``: what is asked twice under one key is done once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.api import tokens
from accounts.models import User
from naksha.api.models import KeptAnswer
from naksha.testing import make_user
from naksha.tests import api_site
from naksha.tests.api_site import WORKED, bearer, nothing_worked, post

__all__ = ["nothing_worked"]
pytestmark = [pytest.mark.django_db, pytest.mark.urls("naksha.tests.api_site")]


def test_the_same_key_and_body_get_the_first_answer():
    first, again = (post({"firstName": "Asha"}, **{"Idempotency-Key": "k"}) for _ in range(2))
    assert first.json() == again.json()
    assert again.status_code == 201
    assert WORKED == ["Asha"]


def test_another_body_under_the_same_key_is_a_conflict():
    post({"firstName": "Asha"}, **{"Idempotency-Key": "k"})
    other = post({"firstName": "Usha"}, **{"Idempotency-Key": "k"})
    assert (other.status_code, other.json()["code"]) == (422, "IDEMPOTENCY_CONFLICT")
    assert WORKED == ["Asha"]


def test_a_refusal_is_kept_and_a_failure_is_not():
    for _ in range(2):
        assert post({"firstName": "refused"}, **{"Idempotency-Key": "k"}).status_code == 409
    assert WORKED == ["refused"]
    for _ in range(2):
        assert post({"firstName": "broken"}, **{"Idempotency-Key": "b"}).status_code == 500
    assert WORKED == ["refused", "broken", "broken"]


def test_work_whose_answer_could_not_be_kept_has_not_been_done(monkeypatch):
    """So whoever asks again, by the same key, has it done once."""
    monkeypatch.setattr("naksha.api.idempotency._store", lambda *_: 1 / 0)
    assert post({"firstName": "kept"}, **{"Idempotency-Key": "k"}).status_code == 500
    assert not User.objects.filter(first_name="kept").exists()
    monkeypatch.undo()
    assert post({"firstName": "kept"}, **{"Idempotency-Key": "k"}).status_code == 201
    assert post({"firstName": "kept"}, **{"Idempotency-Key": "k"})["Idempotent-Replayed"] == "true"
    assert User.objects.filter(first_name="kept").count() == 1


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL: SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_work_that_was_taken_over_meanwhile_is_left_to_the_other():
    answer = post({"firstName": "overtaken"}, **{"Idempotency-Key": "k"})
    assert (answer.status_code, answer.json()["code"]) == (409, "INVALID_STATE")
    assert not User.objects.filter(first_name="overtaken").exists()
    assert KeptAnswer.objects.get().status is None


@pytest.mark.django_db(transaction=True)
def test_a_failure_after_the_work_was_done_leaves_its_answer(monkeypatch):
    """What is told on commit is told when nothing can be taken back any more."""
    make = make_user

    def made(**named):
        transaction.on_commit(lambda: 1 / 0)
        return make(**named)

    monkeypatch.setattr(api_site, "make_user", made)
    assert post({"firstName": "kept"}, **{"Idempotency-Key": "k"}).status_code == 500
    assert post({"firstName": "kept"}, **{"Idempotency-Key": "k"}).status_code == 201
    assert User.objects.filter(first_name="kept").count() == 1


def test_after_a_day_the_key_is_new():
    post({"firstName": "Asha"}, **{"Idempotency-Key": "k"})
    KeptAnswer.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert post({"firstName": "Usha"}, **{"Idempotency-Key": "k"}).status_code == 201


def test_the_key_is_each_accounts_own():
    for user in (make_user(), make_user()):
        _login, pair = tokens.begin(user=user)
        assert post({"firstName": "Asha"}, **{"Idempotency-Key": "k"}, **bearer(pair.access)).status_code == 201
    assert len(WORKED) == 2
