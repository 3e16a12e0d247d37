"""The centre: unread first, by kind, taken off and put back; and what the bell of every page asks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from naksha.testing import make_user
from notifications import services
from notifications.centre import mark_of, state_of
from notifications.context import unread
from notifications.models import Notification
from notifications.services import notify
from notifications.tasks import wipe_notifications

pytestmark = pytest.mark.django_db
LIST = "notifications:list"


@pytest.fixture
def owner(client: Client, consultant: Any) -> Client:
    client.force_login(consultant.user)
    return client


def titles(answer: Any) -> list[str]:
    return [line.title for line in answer.context["page"]]


def tell(user: Any, *names: str, kind: str = "booking") -> list[Notification]:
    return [notify(user=user, kind=kind, title=name, url="/dashboard/") for name in names]


def test_what_is_unread_comes_first_and_each_part_has_the_newest_on_top(owner: Client, consultant: Any) -> None:
    a, _b, c, _d = tell(consultant.user, "a", "b", "c", "d")
    services.mark_read(notification=a)
    services.mark_read(notification=c)
    assert titles(owner.get(reverse(LIST))) == ["d", "b", "c", "a"]


def test_the_address_says_which_are_shown(owner: Client, consultant: Any) -> None:
    tell(consultant.user, "booked")
    [paid, refunded] = tell(consultant.user, "paid", "refunded", kind="payment")
    services.mark_read(notification=paid)
    assert titles(owner.get(reverse(LIST), {"kind": "payment"})) == ["refunded", "paid"]
    assert titles(owner.get(reverse(LIST), {"kind": "payment", "show": "unread"})) == ["refunded"]
    assert len(titles(owner.get(reverse(LIST), {"kind": "no-such"}))) == 3
    assert "Nothing of this kind." in owner.get(reverse(LIST), {"kind": "review"}).content.decode()
    assert refunded.read_at is None


def test_one_line_is_taken_off_and_put_back_as_it_was(owner: Client, consultant: Any) -> None:
    [line, _other] = tell(consultant.user, "line", "other")
    answer = owner.post(reverse("notifications:remove", args=[line.pk]), follow=True)
    assert titles(answer) == ["other"]
    assert "Taken off the list." in answer.content.decode()
    assert owner.post(reverse("notifications:open", args=[line.pk])).status_code == 404
    moment = answer.context["removed_at"].isoformat()
    assert titles(owner.post(reverse("notifications:put_back"), {"removed_at": moment}, follow=True)) == [
        "other",
        "line",
    ]
    line.refresh_from_db()
    assert (line.removed_at, line.read_at) == (None, None)


def test_all_that_is_read_is_taken_off_and_the_rest_stays(owner: Client, consultant: Any) -> None:
    [read, also, _waiting] = tell(consultant.user, "read", "also", "waiting")
    shown_at = timezone.now()
    [late] = tell(consultant.user, "late")
    for line in (read, also, late):
        services.mark_read(notification=line)
    answer = owner.post(reverse("notifications:remove_all"), {"shown_at": shown_at.isoformat()}, follow=True)
    assert titles(answer) == ["waiting", "late"]
    owner.post(reverse("notifications:put_back"), {"removed_at": answer.context["removed_at"].isoformat()})
    assert len(titles(owner.get(reverse(LIST)))) == 4


def test_putting_back_touches_nobody_elses_and_takes_no_nonsense(owner: Client, consultant: Any, stranger: Any) -> None:
    [theirs] = tell(stranger, "theirs")
    moment = services.remove(notification=theirs)
    for text in (moment.isoformat(), "", "yesterday", "2026-13-45T99:00:00Z"):
        assert owner.post(reverse("notifications:put_back"), {"removed_at": text}).status_code == 302
    assert owner.get(reverse(LIST), {"removed": "<script>"}).context["removed_at"] is None
    theirs.refresh_from_db()
    assert theirs.removed_at is not None


def test_what_is_anothers_can_be_neither_removed_nor_opened(owner: Client, stranger: Any) -> None:
    [theirs] = tell(stranger, "theirs")
    for name in ("remove", "open"):
        assert owner.post(reverse(f"notifications:{name}", args=[theirs.pk])).status_code == 404
    for name in ("lines", "latest", "state"):
        assert b"theirs" not in owner.get(reverse(f"notifications:{name}")).content
    theirs.refresh_from_db()
    assert (theirs.read_at, theirs.removed_at) == (None, None)


def test_the_acts_are_posts_and_need_a_login(client: Client, consultant: Any) -> None:
    [line] = tell(consultant.user, "line")
    acts = [
        reverse("notifications:remove", args=[line.pk]),
        *(reverse(f"notifications:{name}") for name in ("remove_all", "put_back", "read_all")),
    ]
    for url in acts:
        assert client.post(url)["Location"].startswith("/accounts/login/")
    client.force_login(consultant.user)
    for url in acts:
        assert client.get(url).status_code == 405
    line.refresh_from_db()
    assert (line.read_at, line.removed_at) == (None, None)


# --- what an open page asks


def test_the_list_alone_is_sent_only_when_it_would_look_different(owner: Client, consultant: Any) -> None:
    [line] = tell(consultant.user, "line")
    first = owner.get(reverse("notifications:lines"))
    assert b"line" in first.content
    assert b"<html" not in first.content
    known = {"If-None-Match": first["ETag"]}
    assert owner.get(reverse("notifications:lines"), headers=known).status_code == 304
    services.mark_read(notification=line)
    second = owner.get(reverse("notifications:lines"), headers=known)
    assert second.status_code == 200
    services.remove(notification=line)
    assert owner.get(reverse("notifications:lines"), headers={"If-None-Match": second["ETag"]}).status_code == 200


def test_the_page_and_its_fragment_have_one_version(owner: Client, consultant: Any) -> None:
    tell(consultant.user, "line")
    version = owner.get(reverse(LIST)).context["version"]
    assert owner.get(reverse("notifications:lines"), headers={"If-None-Match": version}).status_code == 304


def test_the_bell_shows_the_few_newest(owner: Client, consultant: Any) -> None:
    tell(consultant.user, *(f"line {n}" for n in range(8)))
    page = owner.get(reverse("notifications:latest")).content.decode()
    assert [f"line {n}" in page for n in range(8)] == [False] * 3 + [True] * 5


def test_the_state_is_what_the_bell_needs(owner: Client, consultant: Any) -> None:
    assert owner.get(reverse("notifications:state")).json() == {"count": 0, "latest": None, "quiet": False}
    tell(consultant.user, "older", "newer")
    state = owner.get(reverse("notifications:state")).json()
    assert (state["count"], state["latest"]["title"], state["quiet"]) == (2, "newer", False)
    hour = timezone.localtime(timezone.now(), timezone.get_fixed_timezone(330))
    services.set_quiet_hours(
        user=consultant.user,
        begins=(hour - timedelta(hours=1)).time(),
        ends=(hour + timedelta(hours=1)).time(),
        timezone="Asia/Kolkata",
    )
    assert owner.get(reverse("notifications:state")).json()["quiet"] is True


def test_the_state_costs_one_question_where_nothing_has_changed(
    owner: Client, consultant: Any, django_assert_num_queries: Any
) -> None:
    [line] = tell(consultant.user, "line")
    known = {"If-None-Match": owner.get(reverse("notifications:state"))["ETag"]}
    with CaptureQueriesContext(connection) as asked:
        assert owner.get(reverse("notifications:state"), headers=known).status_code == 304
    assert sum("notifications_" in query["sql"] for query in asked) == 1
    services.mark_read(notification=line)
    assert owner.get(reverse("notifications:state"), headers=known).json()["count"] == 0


def test_a_visitor_has_no_state(client: Client) -> None:
    answer = client.get(reverse("notifications:state"))
    assert (answer.status_code, answer.json()) == (401, {})
    assert "ETag" not in answer


# --- what it costs


def many(*, people: int, lines: int) -> Any:
    """A table in which one login's unread lines are few among many."""
    users = [make_user() for _ in range(people)]
    now = timezone.now()
    Notification.objects.bulk_create(
        Notification(user=user, kind="system", title="x", read_at=now if n % 10 else None)
        for n in range(lines)
        for user in users
    )
    return users[0]


def test_the_count_is_one_question_and_none_where_nobody_asks(rf: Any, django_assert_num_queries: Any) -> None:
    request = rf.get("/")
    request.user = many(people=2, lines=20)
    with django_assert_num_queries(0):
        context = unread(request)
    with django_assert_num_queries(1):
        assert [str(context["unread_notifications"]) for _ in range(3)] == ["2"] * 3


@pytest.mark.postgres
def test_the_count_and_the_newest_are_answered_by_their_index() -> None:
    user = many(people=20, lines=500)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE notifications_notification")
    with CaptureQueriesContext(connection) as asked:
        assert Notification.objects.of(user).unread().count() == 50
        assert mark_of(user.pk).count == 50
        assert state_of(user.pk)["count"] == 50
    questions = [query["sql"] for query in asked if "notifications_notification" in query["sql"]]
    assert len(questions) == 4
    for question in questions:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {question}")
            plan = "\n".join(row[0] for row in cursor.fetchall())
        assert "notification_waiting" in plan, f"{question}\n{plan}"
        assert "Seq Scan" not in plan, plan


def test_a_page_costs_the_same_for_none_as_for_many(owner: Client, consultant: Any) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert owner.get(reverse(LIST)).status_code == 200
        return len(asked)

    owner.get(reverse(LIST))
    tell(consultant.user, "one")
    few = cost()
    tell(consultant.user, *(f"line {n}" for n in range(70)))
    assert cost() == few


def test_what_was_read_long_ago_is_forgotten_and_what_waits_is_not(consultant: Any) -> None:
    old, waiting, fresh, removed, just_removed = tell(consultant.user, "old", "waiting", "fresh", "removed", "undo")
    now = timezone.now()
    Notification.objects.filter(pk__in=[old.pk, waiting.pk]).update(created_at=now - timedelta(days=400))
    Notification.objects.filter(pk=old.pk).update(read_at=now - timedelta(days=181))
    Notification.objects.filter(pk=fresh.pk).update(read_at=now - timedelta(days=179))
    Notification.objects.filter(pk=removed.pk).update(removed_at=now - timedelta(hours=25))
    services.remove(notification=just_removed)
    assert wipe_notifications() == 2
    left = set(Notification.objects.values_list("title", flat=True))
    assert left == {"waiting", "fresh", "undo"}
    with time_machine.travel(now + timedelta(days=2)):
        assert wipe_notifications() == 2
    assert set(Notification.objects.values_list("title", flat=True)) == {"waiting"}
