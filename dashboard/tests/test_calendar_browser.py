"""The calendar in a real browser: dragged, stretched, pressed, by keyboard and thumb; axe; nothing that the policy
refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse

from availability import services as time
from bookings.testing import make_webinar
from consultants.models import Consultant
from dashboard.tests.test_calendar import record
from dashboard.tests.test_practice_browser import browser
from naksha.testing import make_client, make_consultant, next_slot_start
from notifications.models import OutgoingMail
from sessions_app.services import cancel, reschedule
from tests.window import meanwhile

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
INDIA = ZoneInfo("Asia/Kolkata")
ELEVEN = next_slot_start(days=3)  # 11:00 am in India, within the hours


def cookie_of(live_server: Any, user: Any) -> dict[str, str]:
    client = Client()
    client.force_login(user)
    return {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}


@pytest.fixture
def cookie(live_server: Any, consultant: Consultant) -> dict[str, str]:
    return cookie_of(live_server, consultant.user)


@contextmanager
def opened(
    live_server: Any,
    cookie: dict[str, str],
    *,
    width: int = 1280,
    day: datetime = ELEVEN,
    view: str = "week",
    **more: Any,
) -> Iterator[Any]:
    """The calendar at the day, ready. What the console says fails the test, but for an answer that refuses."""
    with browser() as chromium:
        context = chromium.new_context(viewport={"width": width, "height": 900}, **more)
        context.add_cookies([cookie])
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        local = day.astimezone(INDIA).date().isoformat()
        page.goto(f"{live_server.url}{reverse('dashboard:calendar')}?from={local}&view={view}")
        page.locator(".cal-view").wait_for()
        yield page
        assert [words for words in said if "409 (Conflict)" not in words] == []


def event(page: Any, words: str) -> Any:
    return page.locator(".cal-event", has_text=words).first


def drag(page: Any, name: str, minutes: int, *, edge: bool = False) -> None:
    """Drag an event of an hour down by so many minutes, by its middle or by its lower edge."""
    box = event(page, name).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + (box["height"] - 2 if edge else box["height"] / 2)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 8, steps=3)
    page.mouse.move(x, y + minutes * box["height"] / 60, steps=8)
    page.mouse.up()


def test_dragged_to_a_free_time_it_is_moved_once_it_is_confirmed(
    live_server: Any, cookie: dict[str, str], consultant: Consultant
) -> None:
    client = make_client(consultant, name="Nandini Rao", timezone="Europe/London")
    session = record(consultant, ELEVEN, client=client)
    with opened(live_server, cookie) as page:
        event(page, "Nandini").wait_for()
        drag(page, "Nandini", 120)
        dialog = page.get_by_role("dialog")
        dialog.get_by_text("1:00 to 2:00 pm IST").wait_for()
        dialog.get_by_text("Moved: Review call with").wait_for()
        assert dialog.get_by_text(re.compile("GMT|BST")).count() >= 2
        assert page.evaluate("document.activeElement.closest('dialog')?.id") == "cal-move"
        meanwhile(session.refresh_from_db)
        assert session.starts_at == ELEVEN  # nothing yet
        dialog.get_by_role("button", name="Move it and send the mail").click()
        page.get_by_text("Moved. Nandini Rao is told by mail.").wait_for()
        assert not page.locator("dialog[open]").count()
    session.refresh_from_db()
    assert session.starts_at == ELEVEN + timedelta(hours=2)
    assert OutgoingMail.objects.filter(template="session_moved_client").count() == 1


def test_dragged_onto_a_taken_time_it_goes_back_with_a_clear_answer(
    live_server: Any, cookie: dict[str, str], consultant: Consultant
) -> None:
    session = record(consultant, ELEVEN)
    record(consultant, ELEVEN + timedelta(hours=2), title="Board meeting", client=make_client(consultant, name="Om"))
    with opened(live_server, cookie) as page:
        event(page, "Nandini").wait_for()
        before = event(page, "Nandini").bounding_box()
        drag(page, "Nandini", 90)
        page.get_by_role("dialog").get_by_text("“Board meeting” is there already").wait_for()
        assert page.get_by_role("button", name="Move it").count() == 0
        page.keyboard.press("Escape")
        page.wait_for_function("y => Math.abs(document.querySelector('.cal-event').getBoundingClientRect().y - y) < 2",
                               arg=before["y"])  # fmt: skip
    session.refresh_from_db()
    assert session.starts_at == ELEVEN
    assert not OutgoingMail.objects.filter(template="session_moved_client").exists()


def test_two_windows_at_once_are_told(live_server: Any, cookie: dict[str, str], consultant: Consultant) -> None:
    session = record(consultant, ELEVEN)

    def elsewhere() -> None:
        reschedule(session=session, actor=consultant.user, starts_at=ELEVEN + timedelta(hours=4))

    with opened(live_server, cookie) as page:
        event(page, "Nandini").wait_for()
        drag(page, "Nandini", 60)
        page.get_by_role("button", name="Move it").wait_for()
        meanwhile(elsewhere)
        page.get_by_role("button", name="Move it").click()
        page.get_by_text("This was changed meanwhile").wait_for()
        page.get_by_role("button", name="All right").click()
        page.locator(".cal-event", has_text="3:00 to 4:00 pm").wait_for()  # as it is now, without a reload
    session.refresh_from_db()
    assert session.starts_at == ELEVEN + timedelta(hours=4)


def test_a_block_is_stretched(live_server: Any, cookie: dict[str, str], consultant: Consultant) -> None:
    row = time.block(consultant_id=consultant.pk, starts_at=ELEVEN, ends_at=ELEVEN + timedelta(hours=1), note="Dentist")
    with opened(live_server, cookie) as page:
        event(page, "Dentist").hover()
        drag(page, "Dentist", 60, edge=True)
        page.get_by_text("Make “Dentist” last 2 hours?").wait_for()
        page.get_by_role("button", name="Change it").click()
        page.get_by_text("Moved.").wait_for()
    row.refresh_from_db()
    assert (row.starts_at, row.minutes) == (ELEVEN, 120)


def test_a_press_on_free_time_blocks_it_or_leads_to_a_session(
    live_server: Any, cookie: dict[str, str], consultant: Consultant
) -> None:
    record(consultant, ELEVEN)
    with opened(live_server, cookie) as page:
        box = event(page, "Nandini").bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] * 2.1
        page.mouse.click(x, y)
        dialog = page.get_by_role("dialog")
        dialog.get_by_text("1:00 to 1:30 pm").wait_for()
        dialog.get_by_role("link", name="Record a session").click()
        assert page.get_by_label("Start").input_value() == "13:00"
        page.go_back()
        event(page, "Nandini").wait_for()
        page.mouse.click(x, y)
        dialog.get_by_label("Keep it free for").fill("Dentist")
        dialog.get_by_role("button", name="Block this time").click()
        page.locator(".cal-event", has_text="Dentist").wait_for()
        page.mouse.move(x, y + box["height"])
        page.mouse.down()
        page.mouse.move(x, box["y"] + 5, steps=8)  # over the session
        page.mouse.up()
        dialog.get_by_role("button", name="Block this time").click()
        dialog.get_by_text("Move or cancel it first").wait_for()
    row = consultant.occupancies.get(kind="block")
    assert (row.starts_at, row.minutes, row.note) == (ELEVEN + timedelta(hours=2), 30, "Dentist")


def test_the_keyboard_comes_to_all_of_it(live_server: Any, cookie: dict[str, str], consultant: Consultant) -> None:
    session = record(consultant, ELEVEN)
    with opened(live_server, cookie) as page:
        event(page, "Nandini").focus()
        page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("heading", name="Nandini Rao").wait_for()
        dialog.get_by_text("11:00 am to 12:00 pm IST").wait_for()
        page.keyboard.press("Escape")
        assert page.evaluate("document.activeElement.textContent").startswith("Nandini")
        page.keyboard.press("Enter")
        dialog.get_by_role("link", name="Move").focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**" + reverse("sessions:move", args=[session.pk]))


def test_the_phone_gets_the_list_and_can_have_the_day(
    live_server: Any, cookie: dict[str, str], consultant: Consultant
) -> None:
    record(consultant, ELEVEN)
    with opened(live_server, cookie, width=360, view="", has_touch=True) as page:
        page.locator(".cal-view-list", has_text="Nandini Rao").wait_for()
        assert not page.get_by_role("button", name="Month").is_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        page.get_by_role("button", name="Day").tap()
        page.locator(".cal-view-day").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        assert "view=day" in page.url


def test_what_changes_elsewhere_appears_without_a_reload(
    live_server: Any, cookie: dict[str, str], consultant: Consultant
) -> None:
    session = record(consultant, ELEVEN)
    with opened(live_server, cookie) as page:
        page.locator(".cal-event.is-confirmed").wait_for()
        meanwhile(lambda: cancel(session=session, actor=consultant.user, reason="Ill"))
        page.evaluate("document.dispatchEvent(new CustomEvent('naksha:changed', { detail: 'sessions' }))")
        page.locator(".cal-event.is-cancelled", has_text="Cancelled").wait_for()


def test_times_are_the_consultants_own_wherever_the_browser_is(live_server: Any, db: None) -> None:
    far = make_consultant(timezone="America/New_York")
    theirs = cookie_of(live_server, far.user)
    new_york = ZoneInfo("America/New_York")
    # The Sunday on which the clocks are put forward, next spring: 1:30 am is followed by 3:00 am.
    year = datetime.now(new_york).year + 1
    march = datetime(year, 3, 8, 12, tzinfo=new_york)
    sunday = march + timedelta(days=(6 - march.weekday()) % 7)
    for hour in (1, 9):
        record(far, sunday.replace(hour=hour, minute=30), client=make_client(far, name=f"At {hour}"), minutes=30)
    with opened(live_server, theirs, day=sunday, view="day", timezone_id="Asia/Tokyo") as page:
        page.locator(".cal-event", has_text="1:30 to 3:00 am").wait_for()  # half an hour, as the clocks show it
        page.locator(".cal-event", has_text="9:30 At 9").wait_for()
        page.get_by_text("New York (E").wait_for()


def test_axe_finds_nothing_in_any_view_dialog_theme_and_width(
    live_server: Any, cookie: dict[str, str], consultant: Consultant
) -> None:
    record(consultant, ELEVEN)
    make_webinar(consultant, days=2)  # at this hour of the day, whichever it is: the day before the others
    off = record(consultant, ELEVEN + timedelta(hours=2), client=make_client(consultant))
    cancel(session=off, actor=consultant.user, reason="Ill")
    time.block(
        consultant_id=consultant.pk,
        starts_at=ELEVEN + timedelta(hours=4),
        ends_at=ELEVEN + timedelta(hours=5),
        note="Dentist",
    )
    axe = (django_settings.BASE_DIR / "node_modules/axe-core/axe.min.js").read_text()

    def judge(page: Any, where: str) -> None:
        page.evaluate(axe)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found] == [], where
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), where

    for theme in ("light", "dark"):
        for width, views in ((1280, ("week", "month", "day", "list")), (360, ("list", "day"))):
            with opened(live_server, cookie, width=width, color_scheme=theme) as page:
                for view in views:
                    page.locator(f"[data-cal-view={view}]").click()
                    page.locator(f".cal-view-{view}").wait_for()
                    judge(page, f"{theme} {width} {view}")
                event(page, "Nandini").click()
                page.get_by_role("dialog").wait_for()
                judge(page, f"{theme} {width} dialog")
                page.goto(live_server.url + reverse("dashboard:new_block"))
                judge(page, f"{theme} {width} block")


def test_without_script_the_week_is_a_list(live_server: Any, cookie: dict[str, str], consultant: Consultant) -> None:
    session = record(consultant, ELEVEN)
    with browser() as chromium:
        context = chromium.new_context(java_script_enabled=False, viewport={"width": 360, "height": 800})
        context.add_cookies([cookie])
        page = context.new_page()
        local = ELEVEN.astimezone(INDIA).date()
        page.goto(f"{live_server.url}{reverse('dashboard:calendar')}?from={(local + timedelta(days=7)).isoformat()}")
        page.get_by_role("link", name="Before").click()
        page.get_by_role("link", name="Nandini Rao", exact=True).click()
        assert page.url.endswith(reverse("sessions:desk", args=[session.pk]))
