"""A list that stops in the middle of its work: by its consultant, a crash or a row, and how it comes to its end."""

from __future__ import annotations

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from clients.importing.known import Overtaken
from clients.models import Client, ClientImport, ImportRow, Tag
from clients.services import importing
from clients.services.importing import batches, confirm, forget_old, left_behind, run_batch, work
from clients.services.importing.job import LEFT_BEHIND, MOST_FAILURES
from clients.services.importing.life import KEPT_FOR
from dashboard.clients.tests.scene import checked, many, taken, written
from naksha.errors import InvalidState

pytestmark = pytest.mark.django_db
S = ClientImport.Status


def half_way(consultant, monkeypatch):
    """A list of ten, of which four are written."""
    monkeypatch.setattr(batches, "BATCH", 4)
    job = checked(consultant, many(10))
    confirm(job=job, actor=consultant.user)
    assert run_batch(job.pk) == 4
    return job


def test_a_worker_that_dies_half_way_leaves_whole_batches_and_the_next_goes_on(consultant, monkeypatch):
    monkeypatch.setattr(batches, "BATCH", 4)
    job = taken(consultant, many(10))
    real = batches.check_batch
    calls = iter(range(100))

    def dies(*args):
        if next(calls) == 1:
            raise SystemExit
        return real(*args)

    monkeypatch.setattr(batches, "check_batch", dies)
    with pytest.raises(SystemExit):
        work(job.pk)
    assert ImportRow.objects.count() == 4
    work(job.pk)
    job.refresh_from_db()
    assert (job.status, job.checked, ImportRow.objects.count()) == (S.CHECKED, 10, 10)
    confirm(job=job, actor=consultant.user)
    assert run_batch(job.pk) == 4
    assert Client.objects.count() == 4
    ClientImport.objects.update(updated_at=timezone.now() - LEFT_BEHIND * 2)
    assert left_behind() == [job.pk]
    work(job.pk)
    job.refresh_from_db()
    assert (job.status, job.created, Client.objects.count()) == (S.DONE, 10, 10)


def test_a_batch_that_fails_half_way_writes_nothing_and_is_given_up_in_the_end(consultant, monkeypatch):
    job = checked(consultant, many(3))
    confirm(job=job, actor=consultant.user)

    def fails(*args):
        raise ValueError("broken")

    with monkeypatch.context() as patch:
        patch.setattr("clients.importing.writing._tags", fails)
        for _ in range(MOST_FAILURES):
            with pytest.raises(ValueError, match="broken"):
                work(job.pk)
    job.refresh_from_db()
    assert (job.status, Client.objects.count(), Tag.objects.count()) == (S.FAILED, 0, 0)
    importing.go_on(job=job)
    work(job.pk)
    job.refresh_from_db()
    assert (job.status, Client.objects.count()) == (S.DONE, 3)


def test_stopped_by_its_consultant_it_says_what_is_written_and_goes_on_to_its_end(consultant, monkeypatch):
    job = half_way(consultant, monkeypatch)
    for _ in range(2):
        importing.stop(job=job, actor=consultant.user)
    work(job.pk)
    job.refresh_from_db()
    assert (job.status, job.is_stopped, job.created, Client.objects.count()) == (S.FAILED, True, 4, 4)
    assert job.rows_left().count() == 6
    assert [row[3] for row in importing.report_rows(job)] == ["New"] * 4 + ["Not taken in yet"] * 6
    assert AuditEntry.objects.get(action="clients.import_stopped").data == {"written": 4, "left": 6}
    importing.go_on(job=job)
    work(job.pk)
    job.refresh_from_db()
    assert (job.status, job.created, Client.objects.count()) == (S.DONE, 10, 10)
    assert {row[3] for row in importing.report_rows(job)} == {"New"}
    with pytest.raises(InvalidState):
        importing.stop(job=job, actor=consultant.user)


def test_what_is_not_being_written_is_not_stopped(consultant):
    job = checked(consultant, many(2))
    with pytest.raises(InvalidState):
        importing.stop(job=job, actor=consultant.user)
    job.refresh_from_db()
    assert job.status == S.CHECKED


def test_what_is_all_written_is_not_stopped_but_done(consultant, monkeypatch):
    job = checked(consultant, many(2))
    confirm(job=job, actor=consultant.user)
    assert run_batch(job.pk) == 2
    importing.stop(job=job, actor=consultant.user)
    work(job.pk)
    job.refresh_from_db()
    assert (job.status, job.created) == (S.DONE, 2)


def test_rows_that_were_left_too_long_are_not_told_as_taken_in(consultant, monkeypatch):
    job = half_way(consultant, monkeypatch)
    importing.stop(job=job, actor=consultant.user)
    ClientImport.objects.update(updated_at=timezone.now() - KEPT_FOR * 2)
    forget_old()
    with pytest.raises(InvalidState, match="forgotten by now"):
        importing.go_on(job=job)
    job.refresh_from_db()
    assert job.status == S.FAILED
    again = written(consultant, many(10))  # the same file: who is there stays, the others come
    assert (again.created, again.unchanged, Client.objects.count()) == (6, 4, 10)


def test_a_list_that_failed_when_all_was_written_goes_on_to_its_end(consultant):
    job = checked(consultant, many(2))
    confirm(job=job, actor=consultant.user)
    run_batch(job.pk)
    ClientImport.objects.update(status=S.FAILED, failures=MOST_FAILURES)
    importing.go_on(job=job)
    work(job.pk)
    job.refresh_from_db()
    assert (job.status, job.created, Client.objects.count()) == (S.DONE, 2, 2)


def test_a_crash_in_the_middle_of_writing_ends_with_every_row_once(consultant, monkeypatch):
    job = half_way(consultant, monkeypatch)
    real, calls = batches.write, iter(range(100))

    def dies(*args):
        done = real(*args)
        if next(calls) == 0:
            raise SystemExit  # its clients are made, and not committed
        return done

    monkeypatch.setattr(batches, "write", dies)
    with pytest.raises(SystemExit):
        work(job.pk)
    job.refresh_from_db()
    assert (job.status, job.created, Client.objects.count()) == (S.RUNNING, 4, 4)
    ClientImport.objects.update(updated_at=timezone.now() - LEFT_BEHIND * 2)
    assert left_behind() == [job.pk]
    work(job.pk)
    job.refresh_from_db()
    assert (job.status, job.created, Client.objects.count()) == (S.DONE, 10, 10)


def test_a_row_that_can_not_be_written_is_refused_and_keeps_no_other_from_its_end(consultant, monkeypatch):
    job = half_way(consultant, monkeypatch)
    real = batches.write

    def fails(job, rows):
        if any(row.email == "p6@x.example" for row in rows):
            raise ValueError("broken")
        return real(job, rows)

    monkeypatch.setattr(batches, "write", fails)
    for _ in range(MOST_FAILURES - 1):
        with pytest.raises(ValueError, match="broken"):
            work(job.pk)
    assert Client.objects.count() == 4
    work(job.pk)
    job.refresh_from_db()
    assert (job.status, job.created, job.refused, Client.objects.count()) == (S.RUNNING, 7, 1, 7)
    work(job.pk)  # as it has told the queue
    job.refresh_from_db()
    assert (job.status, job.created, job.to_create, job.refused) == (S.DONE, 9, 9, 1)
    row = job.rows.get(email="p6@x.example")
    assert (row.outcome, row.values) == ("refuse", {})
    assert "Write this client down by hand" in row.why


def test_a_row_that_is_overtaken_as_it_is_written_by_itself_finds_who_came_and_is_not_refused(consultant, monkeypatch):
    job = half_way(consultant, monkeypatch)
    real, overtaken = batches.write, iter([True])

    def fails(job, rows):
        if len(rows) > 1:
            raise ValueError("broken")
        if rows[0].email == "p6@x.example" and next(overtaken, False):
            raise Overtaken
        return real(job, rows)

    monkeypatch.setattr(batches, "write", fails)
    for _ in range(MOST_FAILURES - 1):
        with pytest.raises(ValueError, match="broken"):
            work(job.pk)
    work(job.pk)
    job.refresh_from_db()
    assert (job.status, job.created, job.refused) == (S.RUNNING, 8, 0)


def test_a_short_list_that_fails_at_once_is_told_as_going_on(consultant, monkeypatch):
    real, calls = batches.write, iter(range(100))

    def fails(*args):
        if next(calls) == 0:
            raise ValueError("broken")
        return real(*args)

    monkeypatch.setattr(batches, "write", fails)
    job = importing.take_in(
        consultant=consultant, actor=consultant.user, filename="a.csv", data=many(3).encode(), writes=True
    )
    assert (job.status, job.is_going, Client.objects.count()) == (S.RUNNING, True, 0)
    work(job.pk)
    job.refresh_from_db()
    assert (job.status, Client.objects.count()) == (S.DONE, 3)
