"""The calendar: by mouse on a laptop, and everything that a mouse can do there by keyboard too, also on a phone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from availability.models import Occupancy
from consultants.models import Consultant
from dashboard.calendar.models import CalendarFeed
from naksha.testing import make_client, next_slot_start
from notifications.models import OutgoingMail
from sessions_app.models import Session
from sessions_app.services import record_session
from tests.acts.walk import SCREENS, Screen, Walk, walking
from tests.window import meanwhile

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ELEVEN = next_slot_start(days=3)  # 11:00 am in India, within the hours
DAY = ELEVEN.astimezone(ZoneInfo("Asia/Kolkata")).date().isoformat()
HOUR = timedelta(hours=1)


def recorded(consultant: Consultant, name: str, starts_at: datetime, title: str = "Review call") -> Session:
    return record_session(
        consultant=consultant, actor=consultant.user, title=title, platform="jitsi", minutes=60, starts_at=starts_at,
        client=make_client(consultant, name=name),
    )  # fmt: skip


def box_of(page: Page, name: str) -> Any:
    """Where its event is, once the calendar, which draws all anew after each change, has drawn it."""
    for _ in range(200):
        if box := page.locator(".cal-event", has_text=name).bounding_box():
            return box
        page.wait_for_timeout(25)
    pytest.fail(f"{name} is not drawn")


def closed(walk: Walk, button: str) -> None:
    """The dialog, by this button; the calendar asks then how everything stands."""
    with walk.page.expect_response("**/calendar/events/**"):
        walk.press(walk.button(button))
    expect(walk.page.get_by_role("dialog")).to_have_count(0)


def drag(page: Page, name: str, minutes: int, *, edge: bool = False) -> None:
    """An event of an hour down by so many minutes, by its middle or by its lower edge."""
    page.locator(".cal-event", has_text=name).hover()
    box = box_of(page, name)
    x, y = box["x"] + box["width"] / 2, box["y"] + (box["height"] - 2 if edge else box["height"] / 2)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 8, steps=3)
    page.mouse.move(x, y + minutes * box["height"] / 60, steps=6)
    page.mouse.up()


def test_by_mouse_it_is_moved_stretched_kept_free_and_written_down(live_server: Any, consultant: Consultant) -> None:
    nandini = recorded(consultant, "Nandini Rao", ELEVEN)
    recorded(consultant, "Om Nair", ELEVEN + 4 * HOUR, "Board meeting")

    def as_it_is() -> tuple[datetime, int]:
        def look() -> tuple[datetime, int]:
            session = Session.objects.get(pk=nandini.pk)
            return session.starts_at, session.minutes

        return meanwhile(look)  # type: ignore[no-any-return]

    with walking(live_server, consultant.user, (1280, "light"), "mouse") as walk:
        page = walk.page
        walk.open(f"/dashboard/calendar/?from={DAY}&view=week")
        page.locator(".cal-event", has_text="Nandini").wait_for()
        drag(page, "Nandini", 210)
        walk.sees("“Board meeting” is there already")
        walk.fits("taken")
        closed(walk, "All right")
        drag(page, "Nandini", 120)
        walk.sees("1:00 to 2:00 pm IST")
        walk.sees("Moved: Review call with")
        walk.fits("what it means")
        assert as_it_is() == (ELEVEN, 60)
        closed(walk, "Move it and send the mail")
        walk.sees("Moved. Nandini Rao is told by mail.")
        assert as_it_is() == (ELEVEN + 2 * HOUR, 60)
        page.locator(".cal-event", has_text="1:00 to 2:00 pm").wait_for()
        drag(page, "Nandini", 30, edge=True)
        walk.sees("Make “Review call” last 1 h 30 min?")
        closed(walk, "Change it and send the mail")
        page.locator(".cal-event", has_text="1:00 to 2:30 pm").wait_for()
        assert as_it_is() == (ELEVEN + 2 * HOUR, 90)

        box = box_of(page, "Nandini")
        x, hour = box["x"] + box["width"] / 2, box["height"] / 1.5
        page.mouse.click(x, box["y"] - 1.9 * hour)
        walk.sees("11:00 to 11:30 am")
        walk.fits("free time")
        walk.type(page.get_by_label("Keep it free for"), "Dentist")
        walk.press(walk.button("Block this time"))
        page.locator(".cal-event", has_text="Dentist").wait_for()
        page.mouse.click(x, box["y"] - 0.9 * hour)
        walk.press(page.get_by_role("link", name="Record a session"))
        expect(page.get_by_label("Start")).to_have_value("12:00")
    block = Occupancy.objects.get(kind="block")
    assert (block.starts_at, block.minutes, block.note) == (ELEVEN, 30, "Dentist")
    assert OutgoingMail.objects.filter(template="session_moved_client").count() == 2


@pytest.mark.parametrize("screen", SCREENS)
def test_without_a_mouse_it_is_moved_stretched_and_kept_free_too(
    live_server: Any, consultant: Consultant, screen: Screen
) -> None:
    nandini = recorded(consultant, "Nandini Rao", ELEVEN)
    recorded(consultant, "Om Nair", ELEVEN + 4 * HOUR, "Board meeting")
    with walking(live_server, consultant.user, screen, "calendar") as walk:
        page = walk.page
        walk.open(f"/dashboard/calendar/?from={DAY}")
        expect(page.locator(".cal-view-list" if screen[0] == 360 else ".cal-view-week")).to_be_visible()
        event = page.locator(".cal-event", has_text="Nandini")
        stop = event if event.get_attribute("tabindex") == "0" else event.locator("[tabindex='0'], a").first
        walk.press(stop)
        walk.heading("Nandini Rao")
        walk.sees("11:00 am to 12:00 pm IST")
        walk.fits("what it is")
        page.keyboard.press("Escape")
        expect(stop).to_be_focused()
        page.keyboard.press("Enter")
        walk.press(page.get_by_role("dialog").get_by_role("link", name="Move…"))
        walk.heading("Move Review call with Nandini Rao")
        page.get_by_label("Start").fill("14:30")
        walk.press(walk.button("Move it"))
        walk.error_beside("Start", "“Board meeting” is there already")
        walk.fits("taken")
        page.get_by_label("Start").fill("13:00")
        walk.type(page.get_by_label("Length"), "90")
        walk.press(walk.button("Move it"))
        walk.sees("Moved.")

        walk.open(f"/dashboard/calendar/?from={DAY}")
        page.locator(".cal-event", has_text="1:00 to 2:30 pm").wait_for()
        walk.press(walk.link("Block time"))
        page.get_by_label("Date").fill(DAY)
        page.get_by_label("From", exact=True).fill("13:30")
        page.get_by_label("To", exact=True).fill("14:30")
        walk.press(walk.button("Block this time"))
        walk.told()
        walk.sees("Move or cancel it first")
        walk.fits("not free")
        page.get_by_label("From", exact=True).fill("11:00")
        page.get_by_label("To", exact=True).fill("11:30")
        walk.type(page.get_by_label("Note"), "Dentist")
        walk.press(walk.button("Block this time"))
        page.locator(".cal-event", has_text="Dentist").wait_for()
        walk.fits("both")
        block = page.locator(".cal-event", has_text="Dentist")
        walk.press(block if block.get_attribute("tabindex") == "0" else block.locator("[tabindex='0'], a").first)
        walk.press(page.get_by_role("dialog").get_by_role("link", name="Open"))
        page.get_by_label("To", exact=True).fill("12:00")
        walk.press(walk.button("Save"))
        page.locator(".cal-event", has_text="11:00 am to 12:00 pm").wait_for()
        kept = meanwhile(lambda: Occupancy.objects.get(kind="block"))
        assert (kept.starts_at, kept.minutes, kept.note) == (ELEVEN, 60, "Dentist")

        walk.press(walk.link("See it in Google, Apple or Outlook"))
        walk.press(walk.button("Make the address"))
        walk.heading("The address")
        walk.fits("an address")
        first = meanwhile(lambda: CalendarFeed.objects.get().token_hash)
        walk.press(walk.button("Make a new address"))
        walk.sees("There is a new address.")
        assert meanwhile(lambda: CalendarFeed.objects.get().token_hash) != first
        walk.press(walk.button("Stop sharing"))
        walk.heading("Make the address")
    nandini.refresh_from_db()
    assert (nandini.starts_at, nandini.minutes) == (ELEVEN + 2 * HOUR, 90)
    assert OutgoingMail.objects.filter(template="session_moved_client").count() == 1
    assert not CalendarFeed.objects.exists()
