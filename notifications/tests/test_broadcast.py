"""A broadcast reaches everybody it is for, once each, whoever dies in between."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from naksha.errors import DomainError
from naksha.testing import make_consultant, make_user
from notifications import broadcasts, services, tasks
from notifications.errors import BroadcastLeadsAway, NotForYou
from notifications.models import Broadcast, Notification

pytestmark = pytest.mark.django_db
ADD = "admin:notifications_broadcast_add"


def make(actor: Any, **fields: Any) -> Broadcast:
    return services.broadcast(**{"audience": "everybody", "title": "We move tonight", "actor": actor, **fields})


def told(row: Broadcast) -> list[str]:
    return sorted(Notification.objects.filter(broadcast=row).values_list("user__email", flat=True))


@pytest.fixture
def people(consultant: Any, client_user: Any, stranger: Any) -> dict[str, User]:
    return {"consultant": consultant.user, "client": client_user, "stranger": stranger}


@pytest.mark.parametrize(
    ("audience", "who"),
    [
        ("everybody", {"consultant", "client", "stranger", "admin"}),
        ("consultants", {"consultant"}),
        ("clients", {"client", "stranger"}),
    ],
)
def test_everybody_of_the_audience_is_told_once(
    people: dict[str, User], admin_user: Any, audience: str, who: set[str]
) -> None:
    everyone = {**people, "admin": admin_user}
    make_user(is_active=False)
    row = make(admin_user, audience=audience, body="From 1 am", url="/help/")
    assert Notification.objects.count() == 0  # the worker writes them
    make_user()  # joined after it was sent
    tasks.send_broadcast(str(row.pk))
    assert told(row) == sorted(everyone[name].email for name in who)
    row.refresh_from_db()
    assert (row.status, row.told) == ("sent", len(who))
    line = Notification.objects.first()
    assert line is not None
    assert (line.kind, line.title, line.body, line.url) == ("system", "We move tonight", "From 1 am", "/help/")
    tasks.send_broadcast(str(row.pk))
    assert Notification.objects.count() == len(who)


def test_it_is_counted_and_whoever_wants_no_news_finds_it_read(people: dict[str, User], admin_user: Any) -> None:
    services.save_preferences(user=people["client"], on_screen={"system": False}, by_mail={})
    broadcasts.send(make(admin_user).pk)
    assert Notification.objects.filter(user=people["client"]).unread().count() == 0
    assert Notification.objects.filter(user=people["client"]).count() == 1
    assert Notification.objects.filter(user=people["stranger"]).unread().count() == 1


def test_a_worker_that_dies_half_way_is_followed_by_one_that_goes_on(
    admin_user: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(6):
        make_user()
    row = make(admin_user)
    monkeypatch.setattr(broadcasts, "BATCH", 2)
    real, batches = broadcasts._write, []

    def dies(row: Broadcast, batch: list[User]) -> None:
        real(row, batch)
        batches.append(batch)
        if len(batches) == 2:
            raise KeyboardInterrupt  # killed after the lines were written, before the batch was whole

    monkeypatch.setattr(broadcasts, "_write", dies)
    with pytest.raises(KeyboardInterrupt):
        broadcasts.send(row.pk)
    row.refresh_from_db()
    assert (row.status, row.told, Notification.objects.count()) == ("waiting", 2, 2)
    assert broadcasts.send(row.pk) == 5
    assert len(told(row)) == len(set(told(row))) == 7
    row.refresh_from_db()
    assert (row.status, row.told) == ("sent", 7)


def test_the_sweeper_finds_what_a_dead_worker_left(
    admin_user: Any, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(tasks.send_broadcast, "apply_async", lambda args, kwargs, **_: asked.append(args[0]))
    row, done = make(admin_user), make(admin_user, title="Another")
    broadcasts.send(done.pk)
    assert tasks.sweep_broadcasts() == 0
    Broadcast.objects.update(updated_at=timezone.now() - timedelta(minutes=3))
    with django_capture_on_commit_callbacks(execute=True):
        assert tasks.sweep_broadcasts() == 1
    assert asked == [str(row.pk)]


def test_the_database_refuses_the_same_line_twice(client_user: Any, admin_user: Any) -> None:
    row = make(admin_user)
    line = {"user": client_user, "kind": "system", "title": "x", "broadcast": row}
    Notification.objects.create(**line)
    with pytest.raises(IntegrityError), transaction.atomic():
        Notification.objects.create(**line)
    Notification.objects.create(**{**line, "broadcast": None})
    Notification.objects.create(**{**line, "broadcast": None})


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locked", [True, False])
def test_two_workers_at_once_tell_nobody_twice(admin_user: Any, monkeypatch: pytest.MonkeyPatch, locked: bool) -> None:
    """Its twin, with the lock off, is stopped by the constraint alone."""
    for _ in range(11):
        make_user()
    row = make(admin_user)
    monkeypatch.setattr(broadcasts, "BATCH", 3)
    if not locked:
        monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_: self)
    errors: list[Exception] = []
    start = threading.Barrier(4)
    real = broadcasts._write

    def slowly(row: Broadcast, batch: list[User]) -> None:
        threading.Event().wait(0.02)  # let the others read the same place
        real(row, batch)

    monkeypatch.setattr(broadcasts, "_write", slowly)

    def work() -> None:
        try:
            start.wait()
            broadcasts.send(row.pk)
        except IntegrityError as error:
            errors.append(error)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(told(row)) == len(set(told(row)))
    if locked:
        assert errors == []
        row.refresh_from_db()
        assert (row.told, len(told(row)), row.status) == (12, 12, "sent")
    else:
        assert errors != []


# --- who may, and what


def test_only_admins_may(people: dict[str, User]) -> None:
    for user in people.values():
        with pytest.raises(NotForYou):
            make(user)
    assert (Broadcast.objects.count(), AuditEntry.objects.filter(action="broadcast.sent").count()) == (0, 0)


def test_it_leads_nowhere_else_and_says_something(admin_user: Any) -> None:
    for url in ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"):
        with pytest.raises(BroadcastLeadsAway):
            make(admin_user, url=url)
    with pytest.raises(DomainError, match="title"):
        make(admin_user, title="  ")
    with pytest.raises(ValueError, match="nobody"):
        make(admin_user, audience="nobody")
    assert Broadcast.objects.count() == 0


# --- the admin's page


@pytest.fixture
def staff(client: Client, admin_user: Any) -> Client:
    client.force_login(admin_user)
    return client


WORDS = {"audience": "consultants", "title": "Invoices look new", "body": "See the sample.", "url": "/help/"}


def test_an_admin_sees_how_many_it_is_for_before_it_is_sent(staff: Client, consultant: Any, admin_user: Any) -> None:
    make_consultant()
    page = staff.post(reverse(ADD), WORDS).content.decode()
    assert "2 people will read this" in page
    assert "Invoices look new" in page
    assert Broadcast.objects.count() == 0
    answer = staff.post(reverse(ADD), {**WORDS, "confirmed": "consultants:2"}, follow=True)
    row = Broadcast.objects.get()
    assert (row.audience, row.title, row.body, row.url, row.by) == (*WORDS.values(), admin_user)
    assert AuditEntry.objects.get(action="broadcast.sent").subject_id == row.pk
    assert "is being sent" in answer.content.decode()
    broadcasts.send(row.pk)
    page = staff.get(reverse("admin:notifications_broadcast_changelist")).content.decode()
    assert "Invoices look new" in page
    page = staff.get(reverse("admin:notifications_broadcast_change", args=[row.pk])).content.decode()
    assert "See the sample." in page


def test_what_was_changed_after_the_count_is_shown_again(staff: Client, consultant: Any) -> None:
    answer = staff.post(reverse(ADD), {**WORDS, "audience": "everybody", "confirmed": "consultants:1"})
    assert "2 people will read this" in answer.content.decode()
    assert Broadcast.objects.count() == 0


def test_mistakes_are_told_beside_the_field_and_nothing_is_sent(staff: Client) -> None:
    answer = staff.post(
        reverse(ADD), {**WORDS, "title": "", "url": "https://evil.example/", "confirmed": "consultants:0"}
    )
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "This is needed." in page
    assert "starts with /" in page
    assert Broadcast.objects.count() == 0


def test_nobody_else_gets_to_the_page(client: Client, consultant: Any) -> None:
    client.force_login(consultant.user)
    assert client.get(reverse(ADD)).status_code in (302, 403)
    assert client.post(reverse(ADD), {**WORDS, "confirmed": "consultants:1"}).status_code in (302, 403)
    assert Broadcast.objects.count() == 0


def test_what_was_sent_can_be_neither_changed_nor_removed(staff: Client, admin_user: Any) -> None:
    row = make(admin_user)
    change = reverse("admin:notifications_broadcast_change", args=[row.pk])
    assert staff.post(change, {"title": "x"}).status_code == 403
    assert staff.post(reverse("admin:notifications_broadcast_delete", args=[row.pk])).status_code == 403
    row.refresh_from_db()
    assert row.title == "We move tonight"
