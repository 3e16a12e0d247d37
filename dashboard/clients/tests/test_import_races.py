"""A list that is written while two of its clients are merged: each waits for all of the other, never for a half."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from clients.models import Client, ClientAddress, ClientImport
from clients.services import importing, merge
from clients.services.importing.life import KEPT_FOR
from clients.testing import make_import
from consultants.models import Consultant
from naksha.errors import InvalidState
from naksha.testing import make_client

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL: SQLite has one writer at a time"),
]


class Worker(threading.Thread):
    """Does ``act`` on a connection of its own; ``result`` is what it came to, or its error."""

    def __init__(self, act: Callable[[], Any]) -> None:
        super().__init__()
        self.act, self.pid, self.result = act, 0, None

    def run(self) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                self.pid = cursor.fetchone()[0]
            self.result = self.act()
        except Exception as error:  # noqa: BLE001 - it is what is asked about
            self.result = error
        finally:
            connection.close()

    def until_it_waits(self) -> None:
        """Begin, and return once it waits for somebody's lock."""
        self.start()
        until = time.monotonic() + 20
        while time.monotonic() < until:
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND pid = %s", [self.pid])
                if cursor.fetchone()[0]:
                    return
        raise AssertionError(f"it never waited: {self.result!r}")


def test_a_merge_and_a_list_never_hold_what_the_other_waits_for(consultant: Consultant) -> None:
    kept = make_client(consultant, email="kept@x.example", phone="")
    gone = make_client(consultant, email="gone@x.example", phone="")
    ClientAddress.objects.create(consultant=consultant, client=kept, email="once@x.example")
    rows = "Meera Nair,gone@x.example,9820012345\nMeera Nair,once@x.example,9820012346\n"
    job = make_import(consultant, f"Name,Mail address,Phone\n{rows}")
    importing.work(job.pk)
    importing.confirm(job=job, actor=consultant.user)
    merging = Worker(lambda: merge(kept=kept, gone=gone, actor=consultant.user))
    writing = Worker(lambda: importing.run_batch(job.pk))
    with transaction.atomic():  # both have begun before either can go on: the merge at the kept row, the list behind it
        Client.objects.select_for_update(no_key=True).get(pk=kept.pk)
        merging.until_it_waits()
        writing.until_it_waits()
    merging.join(30)
    writing.join(30)
    assert (merging.result, writing.result) == (kept, 2)
    assert Client.objects.get().phone == "+919820012346"


def test_a_list_that_goes_on_and_one_that_is_sent_at_the_same_moment_take_turns(consultant: Consultant) -> None:
    stopped = make_import(consultant)
    importing.work(stopped.pk)
    ClientImport.objects.update(status="failed")
    going_on = Worker(lambda: importing.go_on(job=stopped))
    with transaction.atomic():
        other = make_import(consultant)
        going_on.until_it_waits()
    going_on.join(30)
    assert isinstance(going_on.result, InvalidState)
    assert dict(ClientImport.objects.values_list("pk", "status")) == {stopped.pk: "failed", other.pk: "checking"}


@pytest.mark.parametrize("status", ["failed", "checked"])
def test_a_list_that_is_taken_up_at_the_moment_of_its_forgetting_is_kept(consultant: Consultant, status: str) -> None:
    job = make_import(consultant)
    importing.work(job.pk)
    ClientImport.objects.update(status=status, updated_at=timezone.now() - 2 * KEPT_FOR)
    forgetting = Worker(importing.forget_old)
    with transaction.atomic():
        if status == "checked":
            importing.confirm(job=job, actor=consultant.user)
        else:
            importing.go_on(job=job)
        forgetting.until_it_waits()
    forgetting.join(30)
    job.refresh_from_db()
    assert (forgetting.result, job.status, job.rows_left().count()) == (0, "running", 1)


def test_a_list_that_is_confirmed_as_another_is_sent_is_not_thrown_away(consultant: Consultant) -> None:
    job = make_import(consultant)
    importing.work(job.pk)
    sending = Worker(lambda: make_import(consultant))
    with transaction.atomic():
        importing.confirm(job=job, actor=consultant.user)
        sending.until_it_waits()
    sending.join(30)
    assert isinstance(sending.result, InvalidState)
    job.refresh_from_db()
    assert (job.status, job.rows_left().count()) == ("running", 1)
