"""Sessions from before meetings had rooms of their own keep their meeting when the database is brought up to date."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from naksha.testing import make_client, make_consultant

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
BEFORE, AFTER = ("sessions_app", "0004_rooms"), ("sessions_app", "0005_rooms_of_their_own")
WHERE = "https://meet.jit.si/naksha-" + "a" * 32


def migrate(*targets: tuple[str, str]) -> Any:
    """Bring the database to ``targets``, forwards or back; the models as they are there."""
    executor = MigrationExecutor(connection)
    executor.migrate(list(targets))
    return MigrationExecutor(connection).loader.project_state(list(targets)).apps


@pytest.fixture
def migrated() -> Iterator[Callable[..., Any]]:
    yield migrate
    executor = MigrationExecutor(connection)
    migrate(*executor.loader.graph.leaf_nodes())
    connection.close()  # what it has prepared was made for the tables of before


@pytest.fixture
def make_old(migrated: Callable[..., Any]) -> Callable[..., Any]:
    consultant = make_consultant()
    client = make_client(consultant)
    start = timezone.now().replace(microsecond=0) + timedelta(days=2)
    apps = migrated(BEFORE)

    def make(*, platform: str, place: str, starts_at: datetime = start) -> Any:
        return apps.get_model("sessions_app", "Session").objects.create(
            consultant_id=consultant.pk,
            client_id=client.pk,
            title="First call",
            platform=platform,
            place=place,
            status="confirmed",
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=30),
        )

    return make


def test_a_meetings_address_becomes_its_room_and_other_places_stay(
    migrated: Callable[..., Any], make_old: Callable[..., Any]
) -> None:
    meeting = make_old(platform="jitsi", place=WHERE)
    bare = make_old(platform="jitsi", place="")
    visit = make_old(platform="in_person", place="4 Karve Road, Pune")
    own = make_old(platform="other", place="https://zoom.example/j/1")
    apps = migrated(AFTER)
    places = dict(apps.get_model("sessions_app", "Session").objects.values_list("pk", "place"))
    assert places == {meeting.pk: "", bare.pk: "", visit.pk: visit.place, own.pk: own.place}
    room = apps.get_model("meetings", "Room").objects.get()
    assert (room.subject_id, room.provider, room.status) == (meeting.pk, "jitsi", "ready")
    assert (room.url, room.name) == (WHERE, WHERE.rpartition("/")[2])


def test_it_may_be_run_again_after_a_room_was_made(migrated: Callable[..., Any], make_old: Callable[..., Any]) -> None:
    meeting = make_old(platform="jitsi", place=WHERE)
    apps = migrated(AFTER)
    apps.get_model("sessions_app", "Session").objects.update(place=WHERE)  # as a process of before would write
    migrated(BEFORE)
    apps = migrated(AFTER)
    assert apps.get_model("meetings", "Room").objects.get().subject_id == meeting.pk
    assert apps.get_model("sessions_app", "Session").objects.get().place == ""


def test_it_can_be_taken_back(migrated: Callable[..., Any], make_old: Callable[..., Any]) -> None:
    meeting = make_old(platform="jitsi", place=WHERE)
    visit = make_old(platform="in_person", place="4 Karve Road, Pune")
    migrated(AFTER)
    apps = migrated(BEFORE)
    places = dict(apps.get_model("sessions_app", "Session").objects.values_list("pk", "place"))
    assert places == {meeting.pk: WHERE, visit.pk: visit.place}


def test_more_than_one_batch_is_moved(
    migrated: Callable[..., Any], make_old: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    migration = __import__("sessions_app.migrations.0005_rooms_of_their_own", fromlist=["BATCH"])
    monkeypatch.setattr(migration, "BATCH", 2)
    start = timezone.now() + timedelta(days=2)
    for n in range(5):
        make_old(platform="jitsi", place=f"{WHERE}{n}", starts_at=start + timedelta(hours=n))
    apps = migrated(AFTER)
    assert apps.get_model("meetings", "Room").objects.count() == 5
