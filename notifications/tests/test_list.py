"""What somebody was told is theirs, is counted while it is new, and leads on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from notifications.models import Notification
from notifications.services import mark_all_read, notify

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(consultant: Any) -> Notification:
    return notify(user=consultant.user, kind="booking", title="Farhan booked you", body="First call", url="/dashboard/")


@pytest.fixture
def owner(client: Client, consultant: Any) -> Client:
    client.force_login(consultant.user)
    return client


def test_a_visitor_is_sent_to_log_in(client: Client) -> None:
    assert client.get(reverse("notifications:list")).status_code == 302


def test_the_list_shows_what_was_told_and_the_header_counts_it(owner: Client, told: Notification) -> None:
    page = owner.get(reverse("notifications:list")).content.decode()
    assert "Farhan booked you" in page
    assert "Notifications, 1 new" in page


def test_a_time_is_said_as_of_the_reading_not_of_the_writing(
    owner: Client, consultant: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
    line = notify(user=consultant.user, kind="booking", title="New booking", body="Asha: First call", moment=moment)
    assert "23" not in line.title + line.body
    for day, words in ((22, "tomorrow, 2:00 pm"), (23, "today, 2:00 pm"), (25, "Mon 23 Nov, 2:00 pm")):
        monkeypatch.setattr("naksha.times.timezone.now", lambda day=day: datetime(2026, 11, day, 6, tzinfo=UTC))
        page = owner.get(reverse("notifications:list")).content.decode()
        assert "Asha: First call, <time" in page
        assert words in page


def test_another_person_sees_nothing_and_can_open_nothing(client: Client, stranger: Any, told: Notification) -> None:
    client.force_login(stranger)
    page = client.get(reverse("notifications:list")).content.decode()
    assert "Farhan booked you" not in page
    assert "Nothing to tell yet." in page
    assert client.post(reverse("notifications:open", args=[told.pk])).status_code == 404
    told.refresh_from_db()
    assert told.read_at is None


def test_opening_marks_it_read_and_goes_where_it_leads(owner: Client, told: Notification) -> None:
    response = owner.post(reverse("notifications:open", args=[told.pk]))
    assert (response.status_code, response["Location"]) == (302, "/dashboard/")
    told.refresh_from_db()
    first = told.read_at
    assert first is not None
    owner.post(reverse("notifications:open", args=[told.pk]))
    told.refresh_from_db()
    assert told.read_at == first


def test_opening_is_a_post(owner: Client, told: Notification) -> None:
    assert owner.get(reverse("notifications:open", args=[told.pk])).status_code == 405


def test_all_read_leaves_what_came_since(consultant: Any, told: Notification) -> None:
    shown_at = timezone.now()
    later = notify(user=consultant.user, kind="system", title="Later")
    Notification.objects.filter(pk=later.pk).update(created_at=shown_at + timedelta(seconds=1))
    assert mark_all_read(user=consultant.user, until=shown_at) == 1
    later.refresh_from_db()
    assert later.read_at is None


@pytest.mark.parametrize("shown_at", ["", "yesterday", "2026-13-45T99:00:00Z", "2026-11-20T10:00:00"])
def test_all_read_takes_no_nonsense(owner: Client, told: Notification, shown_at: str) -> None:
    assert owner.post(reverse("notifications:read_all"), {"shown_at": shown_at}).status_code == 302
    told.refresh_from_db()
    assert told.read_at is not None


def test_only_unread_can_be_shown(owner: Client, consultant: Any, told: Notification) -> None:
    mark_all_read(user=consultant.user, until=timezone.now())
    notify(user=consultant.user, kind="payment", title="Paid")
    page = owner.get(reverse("notifications:list") + "?show=unread").content.decode()
    assert "Paid" in page
    assert "Farhan booked you" not in page


def test_the_list_costs_the_same_for_one_as_for_thirty(
    owner: Client, consultant: Any, django_assert_max_num_queries: Any
) -> None:
    for n in range(31):
        notify(user=consultant.user, kind="system", title=f"Line {n}")
    with django_assert_max_num_queries(8):
        page = owner.get(reverse("notifications:list") + "?page=999").content.decode()
    assert "Line 0" in page  # the last page, and not an error


def test_a_line_leads_nowhere_else(consultant: Any) -> None:
    for url in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        with pytest.raises(ValueError, match="path on this site"):
            notify(user=consultant.user, kind="system", title="x", url=url)
    assert Notification.objects.count() == 0


def test_a_script_in_a_line_is_text(owner: Client, consultant: Any) -> None:
    notify(user=consultant.user, kind="system", title="<script>alert(1)</script>")
    assert b"<script>alert(1)" not in owner.get(reverse("notifications:list")).content


def test_the_count_asks_nothing_of_a_visitor(client: Client, django_assert_num_queries: Any, rf: Any) -> None:
    from django.contrib.auth.models import AnonymousUser

    from notifications.context import unread

    request = rf.get("/")
    request.user = AnonymousUser()
    with django_assert_num_queries(0):
        assert str(unread(request)["unread_notifications"]) == "0"
