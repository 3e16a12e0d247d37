"""Two devices change a part of the same thing at the same moment: neither loses what the other has written. Each race
has a twin without the lock, which loses it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

import consultants.api.profile
from accounts.models import User
from consultants.services import offers
from naksha.api.testing import Answer, api_of
from naksha.kept import Kept
from naksha.testing import make_consultant, make_service
from sessions_app.services import machine, revising
from sessions_app.testing import make_recorded

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL: SQLite has one writer at a time"),
]
PATIENCE = 60  # seconds, on a machine that has other things to do
BLOCKED = "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))"


class Gate:
    """Holds whoever has read what is there and has not written yet, until the other has come as far, or waits for a
    lock of the first."""

    def __init__(self) -> None:
        self.came, self.counting = 0, threading.Lock()

    def __call__(self) -> None:
        with self.counting:
            self.came += 1
            first = self.came == 1
        until = time.monotonic() + PATIENCE
        while first and self.came < 2 and not self._is_waited_for():
            assert time.monotonic() < until, "the other came neither here nor to the lock"
            time.sleep(0.01)

    def _is_waited_for(self) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(BLOCKED)
            (waited_for,) = cursor.fetchone()
        return bool(waited_for)


@dataclass(frozen=True)
class Race:
    """``make`` says whose a thing is and where it stands; ``module.between`` is called after the look and before the
    write."""

    make: Callable[[], tuple[User, str]]
    changes: tuple[dict[str, Any], dict[str, Any]]
    module: Any
    between: str


def a_profile() -> tuple[User, str]:
    return make_consultant().user, "/consultant/profile"


def a_service() -> tuple[User, str]:
    consultant = make_consultant()
    return consultant.user, f"/consultant/services/{make_service(consultant).pk}"


def a_session() -> tuple[User, str]:
    consultant = make_consultant()
    session = make_recorded(consultant)
    return consultant.user, f"/sessions/{session.pk}"


PHONE = {"platform": "PHONE", "place": "+919800000001"}
RACES = {
    "profile": Race(
        a_profile, ({"headline": "Mine"}, {"languages": [], "bio": "Theirs"}), consultants.api.profile, "update_profile"
    ),
    "service": Race(a_service, ({"title": "Mine"}, {"pricePaise": 180_000}), offers, "check_service"),
    "session": Race(a_session, ({"title": "Mine"}, PHONE), revising, "check_what"),
}
each_race = pytest.mark.parametrize("race", RACES.values(), ids=RACES)


def run(race: Race, monkeypatch: pytest.MonkeyPatch) -> tuple[list[Answer], dict[str, Any]]:
    """Both changes at once: their answers, and what is kept in the end of what they wrote."""
    (user, path), gate, write = race.make(), Gate(), getattr(race.module, race.between)

    def gated(*args: Any, **kwargs: Any) -> Any:
        gate()
        return write(*args, **kwargs)

    monkeypatch.setattr(race.module, race.between, gated)
    devices, answers = [api_of(user), api_of(user)], []

    def change(device: Any, part: dict[str, Any]) -> None:
        try:
            answers.append(device.patch(path, part))
        finally:
            connection.close()

    threads = [threading.Thread(target=change, args=pair) for pair in zip(devices, race.changes, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(2 * PATIENCE)
    kept = devices[0].get(path).data
    return answers, {name: kept[name] for part in race.changes for name in part}


@each_race
def test_what_each_wrote_is_kept(race: Race, monkeypatch: pytest.MonkeyPatch) -> None:
    answers, kept = run(race, monkeypatch)
    assert [answer.status for answer in answers] == [200, 200]
    assert kept == race.changes[0] | race.changes[1]


@each_race
def test_without_the_lock_it_would_not_be(race: Race, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, *args, **kwargs: rows.all())
    monkeypatch.setattr(machine, "_WAITED_FOR", Kept(lambda: machine._locked(skip_locked=False)))
    _answers, kept = run(race, monkeypatch)
    assert kept != race.changes[0] | race.changes[1]


def test_a_service_that_is_deleted_meanwhile_is_one_that_there_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    user, path = a_service()
    locked = offers.locked

    def late(consultant: Any) -> Any:
        monkeypatch.setattr(offers, "locked", locked)
        assert api_of(user).delete(path).status == 200
        return locked(consultant)

    for method in ("put", "patch"):
        user, path = a_service()
        monkeypatch.setattr(offers, "locked", late)
        changed = getattr(api_of(user), method)(path, {"title": "Mine", "minutes": 30, "pricePaise": 0})
        assert (changed.status, changed.code) == (404, "NOT_FOUND")
