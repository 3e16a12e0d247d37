"""Today, the palette and its keys, and the figures."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from bookings.models import Booking
from bookings.testing import details, make_paid
from consultants.models import Consultant
from dashboard.tests.scene import make_booking
from naksha.testing import make_client, next_slot_start
from tests.acts.walk import SCREENS, Screen, rows_of, walking
from tests.window import meanwhile

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.parametrize("screen", SCREENS)]
LOOK = "document.dispatchEvent(new CustomEvent('naksha:changed', { detail: 'bookings' }))"


def test_today_is_answered_joined_and_left_by_its_keys(
    live_server: Any, consultant: Consultant, fake_gateway: Any, screen: Screen
) -> None:
    now = timezone.now()
    soon = make_booking(consultant, now + timedelta(minutes=5), client=make_client(consultant, name="Nandini Rao"))
    typed = details(name="Meera Iyer", email="meera@example.com")
    asked, _ = make_paid(fake_gateway, consultant, starts_at=next_slot_start(3), details=typed, confirmation="manual")
    make_client(consultant, name="Kabir Shah", email="kabir@example.com")
    late = {"status": "pending", "answer_by": now + timedelta(hours=5)}
    with walking(live_server, consultant.user, screen, "today") as walk:
        page = walk.page
        walk.open("/dashboard/")
        walk.heading("Nandini Rao")
        expect(page.locator("[data-until]")).to_contain_text("min")
        walk.fits("today")
        walk.press(walk.button("Accept Meera Iyer"))
        walk.sees("Accepted. Meera Iyer has been told.")
        assert meanwhile(lambda: Booking.objects.get(pk=asked.pk).status) == "accepted"
        walk.open("/dashboard/")
        meanwhile(lambda: make_booking(consultant, now + timedelta(days=2), **late))
        page.evaluate(LOOK)
        expect(walk.button(re.compile("^Accept"))).to_be_visible()
        expect(page.locator("[data-live-news]")).to_have_text("Something new has come in.")

        page.keyboard.press("/")
        found = page.get_by_role("dialog", name="Search and go")
        expect(found.get_by_label("Search, or where to")).to_be_focused()
        walk.fits("the palette")
        page.keyboard.press("Escape")
        expect(found).to_have_count(0)
        page.keyboard.press("Control+k")
        page.keyboard.insert_text("kabir")
        expect(found.get_by_role("link", name="Kabir Shah")).to_be_visible()
        page.keyboard.press("ArrowDown")
        expect(found.get_by_role("link", name="Kabir Shah")).to_be_focused()
        walk.fits("found")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Kabir Shah", level=1)).to_be_visible()
        for keys, title in (("gs", "Sessions"), ("gl", "Clients"), ("nq", "New quotation"), ("gt", "Today")):
            page.wait_for_load_state()  # with its scripts, which hear the keys
            for key in keys:
                page.keyboard.press(key)
            expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()
        walk.press(walk.link("Join"))
        expect(page).to_have_url(re.compile(f"/sessions/{soon.session_id}/"))
        walk.fits("the room")


def test_figures_follow_the_period_and_are_taken_along(
    live_server: Any, consultant: Consultant, fake_gateway: Any, screen: Screen
) -> None:
    make_paid(fake_gateway, consultant)
    today = timezone.localdate()
    with walking(live_server, consultant.user, screen, "figures") as walk:
        page = walk.page
        walk.open("/dashboard/analytics/")
        before = page.locator(".compared").inner_text()
        walk.press(walk.link("7 days"))
        expect(page).to_have_url(re.compile(r"\?period=7d$"))
        expect(walk.link("7 days")).to_have_attribute("aria-current", "page")
        expect(page.locator(".compared")).not_to_have_text(before)
        expect(page.locator(".figures")).to_contain_text("₹1,500.00")
        table = page.locator(".as-table").first
        walk.press(table.locator("summary"))
        expect(table.get_by_role("table")).to_contain_text("₹1,500.00")
        walk.fits("seven days")
        one = rows_of(walk.fetched(page.locator(".chart-card").first.get_by_role("link", name=re.compile("^CSV"))))
        walk.press(page.locator("summary", has_text="Own dates"))
        page.locator("#id_from").fill(today.isoformat())
        page.locator("#id_to").fill((today - timedelta(days=3)).isoformat())
        walk.press(walk.button("Show these days"))
        walk.told()
        walk.sees("Nothing is shown until the days are right.")
        walk.fits("the wrong way round")
        page.locator("#id_from").fill((today - timedelta(days=40)).isoformat())
        page.locator("#id_to").fill((today - timedelta(days=30)).isoformat())
        walk.press(walk.button("Show these days"))
        walk.sees("No figures for these days")
        walk.fits("own days")
    assert "1500.00" in {value for row in one for value in row.values()}
