"""Who opens a page is counted once, without a cookie, and nothing of them is kept."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from consultants.models import Consultant
from dashboard.figures import keeping, visits
from dashboard.figures.period import Period
from dashboard.figures.reading import Views, views
from dashboard.models import DailyViews, Visit, VisitSalt
from naksha.testing import make_consultant, make_service

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
DAY = date(2026, 11, 20)
PHONE = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"
LAPTOP = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"


@pytest.fixture(autouse=True)
def _no_salt_of_another_test() -> None:
    visits._salts.clear()


def see(consultant: Any, client: Client | None = None, *, what: str = "page", **changes: Any) -> Any:
    headers = {"User-Agent": PHONE, "Sec-Fetch-Site": "same-origin", **changes.pop("headers", {})}
    url = reverse(f"counting:{what}", args=[getattr(consultant, "pk", consultant)])
    return (client or Client()).post(url, headers=headers, **changes)


def counted(consultant: Consultant) -> tuple[int, int, int, int]:
    (found,) = views(consultant, Period("own", DAY - timedelta(days=5), DAY + timedelta(days=5)))
    return found.visitors, found.page_views, found.booking_views, found.booking_visitors


def test_views_are_counted_and_visitors_once_a_day(consultant: Consultant) -> None:
    with time_machine.travel(NOON, tick=False):
        for _ in range(3):
            assert see(consultant).status_code == 204
        see(consultant, what="booking")
        see(consultant, headers={"User-Agent": LAPTOP})
        see(consultant, REMOTE_ADDR="203.0.113.9")
    assert counted(consultant) == (3, 5, 1, 1)


def test_the_answer_is_empty_and_sets_nothing(consultant: Consultant) -> None:
    client = Client()
    answer = see(consultant, client)
    assert (answer.content, dict(client.cookies)) == (b"", {})


@pytest.mark.parametrize(
    "headers",
    [
        {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {"User-Agent": "WhatsApp/2.23.20.0 A very long name of a thing"},
        {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/130.0.0.0 Safari/537.36"},
        {"User-Agent": "curl/8.5.0"},
        {"User-Agent": ""},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
def test_programs_and_other_sites_are_not_counted(consultant: Consultant, headers: dict[str, str]) -> None:
    assert see(consultant, headers=headers).status_code == 204
    assert not Visit.objects.exists()


def test_ones_own_page_is_not_counted_and_another_consultants_is(
    consultant: Consultant, other_consultant: Consultant, client: Client
) -> None:
    client.force_login(consultant.user)
    see(consultant, client)
    assert not Visit.objects.exists()
    see(other_consultant, client)
    assert Visit.objects.get().consultant == other_consultant


def test_what_is_not_public_is_not_counted(consultant: Consultant) -> None:
    hidden = make_consultant(is_listed=False)
    for pk in (hidden.pk, "0190b5f0-0000-7000-8000-000000000000"):
        assert see(pk).status_code == 204
    assert not Visit.objects.exists()


def test_reading_the_address_counts_nothing(consultant: Consultant, client: Client) -> None:
    assert client.get(reverse("counting:page", args=[consultant.pk])).status_code == 405


def test_one_address_counts_for_60_views_a_minute(consultant: Consultant) -> None:
    for _ in range(63):
        assert see(consultant).status_code == 204
    assert Visit.objects.get().page_views == 60


def test_a_visitor_can_be_told_from_nobody_by_address_and_not_across_consultants(
    consultant: Consultant, other_consultant: Consultant
) -> None:
    see(consultant)
    see(other_consultant)
    one, two = Visit.objects.values_list("visitor", flat=True)
    assert one != two
    assert "127.0.0.1" not in one


def test_a_day_that_is_over_is_added_up_and_its_visitors_forgotten(consultant: Consultant) -> None:
    with time_machine.travel(NOON, tick=False):
        see(consultant)
        see(consultant, what="booking", headers={"User-Agent": LAPTOP})
        before = counted(consultant)
        keeping.keep_due()
        assert Visit.objects.count() == 2  # today's stay
    with time_machine.travel(NOON + timedelta(days=1), tick=False):
        keeping.keep_due()
        see(consultant)
    assert DailyViews.objects.get().visitors == 2
    assert Visit.objects.count() == 1
    assert before == (2, 1, 1, 1)
    assert counted(consultant) == (3, 2, 1, 1)
    assert VisitSalt.objects.filter(day=DAY).exists()  # it is still that day somewhere
    keeping.keep_due(now=NOON + timedelta(days=3))
    assert not VisitSalt.objects.filter(day=DAY).exists()
    assert DailyViews.objects.count() == 2


def test_the_same_visitor_is_somebody_else_tomorrow(consultant: Consultant) -> None:
    for day in (0, 1):
        with time_machine.travel(NOON + timedelta(days=day), tick=False):
            see(consultant)
    assert len(set(Visit.objects.values_list("visitor", flat=True))) == 2


def test_a_sum_of_nothing_is_nothing(consultant: Consultant) -> None:
    assert views(consultant, Period("own", DAY, DAY)) == [Views()]


# --- the pages that say so


def test_public_and_booking_pages_say_where_they_count_and_to_whom_not(client: Client, consultant: Consultant) -> None:
    service = make_service(consultant)
    make_service(consultant, title="Another")
    page = f'<meta name="seen" content="{reverse("counting:page", args=[consultant.pk])}">'
    booking = f'<meta name="seen" content="{reverse("counting:booking", args=[consultant.pk])}">'
    paths = {
        reverse("public:consultant", args=[consultant.slug]): page,
        reverse("bookings:start", args=[consultant.slug]): booking,
        reverse("bookings:time", args=[consultant.slug, service.pk]): booking,
    }
    for path, mark in paths.items():
        assert mark in client.get(path).content.decode(), path
    client.force_login(consultant.user)
    for path in (*paths, reverse("public:preview")):
        assert 'name="seen"' not in client.get(path).content.decode(), path
