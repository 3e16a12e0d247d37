"""Beat's rows follow the list."""

import pytest
from django.db.models import F
from django_celery_beat.models import PeriodicTask

from naksha.celery import app
from naksha.schedule import EVERY, KEPT_HERE, Every, sync

pytestmark = pytest.mark.django_db


def rows():
    return {r.name: (r.interval.every, r.enabled) for r in PeriodicTask.objects.filter(description=KEPT_HERE)}


def test_migrating_made_the_rows():
    assert rows() == {every.task: (every.seconds, True) for every in EVERY}


def test_a_message_that_nobody_took_in_time_is_worth_nothing():
    assert not PeriodicTask.objects.filter(description=KEPT_HERE).exclude(expire_seconds=F("interval__every")).exists()


def test_every_task_of_the_list_exists():
    app.loader.import_default_modules()
    assert {every.task for every in EVERY} <= set(app.tasks)


def test_a_second_sync_writes_nothing(django_assert_num_queries):
    with django_assert_num_queries(1):
        sync()


def test_a_changed_interval_is_changed_a_dropped_task_goes_and_a_switch_stays_off():
    sync((Every(30, "a"), Every(30, "b")))
    PeriodicTask.objects.filter(name="a").update(enabled=False)
    sync((Every(60, "a"),))
    assert rows() == {"a": (60, False)}


def test_a_task_somebody_made_in_the_admin_is_left_alone():
    sync((Every(30, "a"),))
    mine = PeriodicTask.objects.create(name="mine", task="x", interval=PeriodicTask.objects.get(name="a").interval)
    sync(())
    assert PeriodicTask.objects.filter(pk=mine.pk).exists()
