"""A name of one word and a hundred letters is shown whole, and widens no page."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from availability.picker import start_text
from bookings.testing import details, make_held, make_paid, make_webinar
from naksha.testing import make_consultant, make_service, make_user, next_slot_start
from tests.window import browser

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
LONG = "Venkatanarasimharajuvaripeta" * 4
NAME, TITLE = LONG[:100], "Kapitalertragsteuererstattung" * 3
WIDER = """width => [...document.querySelectorAll('body *')].filter(e => e.checkVisibility()
  && !e.closest('.visually-hidden, .table-in') && e.getBoundingClientRect().right > width + 1)
  .slice(-3).map(e => e.tagName + ' ' + e.className + ' ' + e.textContent.trim().slice(0, 30))"""


@pytest.fixture
def addresses(fake_gateway: Any) -> list[tuple[str, str]]:
    """Who opens which page: each of the kinds on which the names stand."""
    user = make_user(role=User.Role.CONSULTANT, first_name=NAME, last_name=NAME[:99], email="desk@example.com")
    consultant = make_consultant(slug="long-name", user=user, headline="H" * 120)
    service = make_service(consultant, title=TITLE, confirmation="manual")
    service.questions.create(label="Q" * 80)
    me = make_user(first_name=NAME, last_name=NAME, email="me@example.com")
    typed = details(name=NAME, email=me.email)
    booking, token = make_paid(fake_gateway, consultant, service=service, details=typed)
    _held, held = make_held(consultant, service=service, details=typed, starts_at=next_slot_start(3))
    webinar = make_webinar(consultant, title=TITLE)
    book = reverse("bookings:time", args=[consultant.slug, service.pk])
    pages = {
        "": [
            consultant.get_absolute_url(),
            reverse("public:directory"),
            reverse("public:webinars"),
            book,
            f"{book}details/?start={start_text(next_slot_start(4))}",
            reverse("bookings:pay", args=[held]),
            reverse("bookings:manage", args=[token]),
            reverse("bookings:cancel", args=[token]),
            reverse("bookings:reschedule", args=[token]),
        ],
        "desk@example.com": [
            "/dashboard/",
            reverse("bookings:requests"),
            reverse("bookings:request", args=[booking.pk]),
            reverse("bookings:decline", args=[booking.pk]),
            reverse("bookings:webinar", args=[webinar.pk]),
            "/dashboard/sessions/",
            "/dashboard/services/",
        ],
        "me@example.com": ["/me/", "/me/sessions/", "/me/payments/", "/me/profile/", "/me/delete/"],
    }
    return [(who, path) for who, paths in pages.items() for path in paths]


def cookies_of(mail: str, url: str) -> list[Any]:
    if not mail:
        return []
    client = Client()
    client.force_login(User.objects.get(email=mail))
    return [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}]


def test_no_page_is_widened(live_server: Any, addresses: list[tuple[str, str]]) -> None:
    jars = {who: cookies_of(who, live_server.url) for who, _path in addresses}
    wide = []
    with browser() as opened:
        for who, jar in jars.items():
            context = opened.new_context()
            context.add_cookies(jar)
            page = context.new_page()
            for path in [path for mail, path in addresses if mail == who]:
                answer = page.goto(live_server.url + path)
                assert answer is not None
                assert answer.status == 200, path
                for width in (360, 1280):
                    page.set_viewport_size({"width": width, "height": 800})
                    if page.evaluate("document.documentElement.scrollWidth") > width:
                        wide.append((width, path, page.evaluate(WIDER, width)))
            context.close()
        page = opened.new_page(viewport={"width": 360, "height": 800})
        page.goto(live_server.url + addresses[0][1])
        heading = page.get_by_role("heading", level=1)
        assert heading.inner_text() == f"{NAME} {NAME[:99]}"
        assert heading.evaluate("e => e.scrollWidth <= e.clientWidth")
    assert not wide, "\n".join(map(str, wide))
