"""The practice itself: hours and days off, what is offered, and settings that save by themselves."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from availability.models import DateOverride, Occupancy, WeeklyHours
from consultants.models import BookingPolicy, Consultant, Service
from consultants.services.mail_words import words_of
from naksha.testing import make_service
from notifications.models import Preference
from tests.acts.walk import SCREENS, Screen, Walk, walking
from tests.window import meanwhile

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.parametrize("screen", SCREENS)]


def test_hours_days_off_and_blocks_are_set_and_taken_back(
    live_server: Any, consultant: Consultant, screen: Screen
) -> None:
    off = timezone.localdate() + timedelta(days=10)

    def monday() -> list[tuple[int, int]]:
        rows = WeeklyHours.objects.filter(weekday=0).order_by("start_minute")
        return meanwhile(lambda: list(rows.values_list("start_minute", "end_minute")))  # type: ignore[no-any-return]

    with walking(live_server, consultant.user, screen, "hours") as walk:
        page = walk.page
        walk.open("/dashboard/availability/")
        walk.press(walk.button("Add Monday"))
        opens = page.get_by_label("Monday 2, from")
        expect(opens).to_be_focused()
        opens.fill("16:00")
        page.get_by_label("Monday 2, to").fill("15:00")
        walk.press(walk.button("Save hours").last)
        walk.told()
        walk.sees("This is not after the beginning.")
        walk.fits("wrong")
        opens.fill("18:00")
        page.get_by_label("Monday 2, to").fill("20:30")
        walk.press(walk.button("Save hours").last)
        walk.sees("Your hours are saved.")
        walk.fits("hours")
        assert monday() == [(540, 1020), (1080, 1230)]
        walk.press(walk.button("Monday: remove row 2"))
        walk.sees("Not saved yet.")
        assert len(monday()) == 2
        walk.press(walk.button("Save hours").last)
        walk.sees("Your hours are saved.")
        assert monday() == [(540, 1020)]

        walk.press(walk.link("Dates and blocks"))
        dates = page.locator("#dates")
        walk.press(dates.get_by_role("button", name="Set these dates").last)
        walk.told()
        walk.fits("no date")
        dates.get_by_label("Date", exact=True).fill(off.isoformat())
        dates.get_by_label("Until").fill((off + timedelta(days=1)).isoformat())
        walk.type(dates.get_by_label("Note"), "Diwali")
        walk.press(dates.get_by_role("button", name="Set these dates").last)
        walk.sees("Diwali")
        kept = meanwhile(
            lambda: list(DateOverride.objects.order_by("date").values_list("date", "note", "start_minute"))
        )
        assert kept == [(off, "Diwali", None), (off + timedelta(days=1), "Diwali", None)]
        block = page.locator("#block")
        block.get_by_label("Date", exact=True).fill((off - timedelta(days=2)).isoformat())
        block.get_by_label("From").fill("14:00")
        block.get_by_label("To", exact=True).fill("16:00")
        walk.type(block.get_by_label("Note"), "Dentist")
        walk.press(block.get_by_role("button", name="Block this time"))
        walk.sees("Blocked. Nobody can book that time.")
        walk.fits("dates")
        assert meanwhile(lambda: Occupancy.objects.get(kind="block").note) == "Dentist"
        for section in (page.locator("#blocks .av-kept"), page.locator(".av-kept").first):
            walk.press(section.get_by_role("button", name="Remove"))
            expect(section).to_have_count(0)
    assert not DateOverride.objects.exists()
    assert not Occupancy.objects.exists()


def test_a_service_is_made_changed_moved_switched_off_put_away_and_brought_back(
    live_server: Any, consultant: Consultant, screen: Screen
) -> None:
    make_service(consultant, title="Second opinion")

    def call() -> Service:
        return meanwhile(lambda: Service.objects.exclude(title="Second opinion").get())  # type: ignore[no-any-return]

    with walking(live_server, consultant.user, screen, "service") as walk:
        page = walk.page
        walk.open("/dashboard/services/")
        walk.press(walk.link("New service"))
        walk.type(page.get_by_label("Title"), "First call")
        walk.type(page.get_by_role("textbox", name="Price"), "much")
        walk.press(walk.button("Put it on my page"))
        walk.error_beside("Price", "Write an amount in rupees")
        walk.fits("no price")
        walk.type(page.get_by_role("textbox", name="Price"), "1,500")
        walk.sees("₹1,323.00")
        walk.press(walk.button("Add a question"))
        walk.type(page.get_by_label("Question", exact=True), "What is it about?")
        walk.press(walk.button("Put it on my page"))
        walk.sees("“First call” is on your page.")
        walk.fits("two services")
        assert call().price_paise == 150_000
        walk.press(walk.link("Change First call"))
        page.get_by_label("Length").fill("45")
        walk.press(walk.button("Save").last)
        walk.sees("Saved. Bookings that are made keep their terms.")
        walk.press(walk.button("Move First call up"))
        expect(page.locator(".offer h2").first).to_have_text("First call")
        walk.press(walk.button("Switch off First call"))
        expect(walk.button("Switch on First call")).to_be_visible()
        walk.fits("off the page")
        assert (call().minutes, call().is_active) == (45, False)
        walk.press(walk.button("Switch on First call"))
        walk.press(walk.link("Change Second opinion"))
        walk.press(walk.link("Put it away"))
        walk.heading("Put “Second opinion” away?")
        walk.fits("away")
        walk.press(walk.button("Put away"))
        expect(walk.link("Second opinion")).to_have_count(0)
    assert not Service.objects.filter(title="Second opinion").exists()  # nobody had booked it
    made = Service.objects.get()
    assert (made.is_active, made.questions.get().label) == (True, "What is it about?")


def saved(walk: Walk) -> None:
    expect(walk.page.locator("[data-save-said]")).to_contain_text("Saved at")


def test_settings_save_by_themselves_and_an_error_keeps_what_was_typed(
    live_server: Any, consultant: Consultant, screen: Screen
) -> None:
    said = "Notices answered, in plain words"
    with walking(live_server, consultant.user, screen, "settings") as walk:
        page = walk.page
        walk.open("/dashboard/profile/")
        walk.type(page.get_by_label("Headline"), said)
        walk.go_to(page.get_by_label("City"))
        saved(walk)
        walk.type(page.get_by_label("Links"), "ftp://nowhere")
        walk.go_to(page.get_by_label("Your time zone"))
        walk.sees("is not a web address")
        expect(page.locator("[data-save-said]")).to_contain_text("Not saved. Links")
        expect(page.get_by_label("Links")).to_have_value("ftp://nowhere")
        expect(page.get_by_label("Links")).to_have_attribute("aria-invalid", "true")
        walk.fits("an error")
        assert meanwhile(lambda: (Consultant.objects.get().headline, Consultant.objects.get().links)) == (said, [])
        walk.type(page.get_by_label("Links"), "https://example.com/asha")
        walk.go_to(page.get_by_label("Your time zone"))
        saved(walk)
        expect(page.locator("#id_links_error")).to_have_count(0)
        assert meanwhile(lambda: Consultant.objects.get().links[0]["url"]) == "https://example.com/asha"
        walk.open("/dashboard/settings/mails/")
        walk.type(page.locator("#id_reminder"), "Have the notice at hand.")
        page.keyboard.press("Tab")
        saved(walk)
        walk.fits("mails")
        assert meanwhile(lambda: words_of(Consultant.objects.get()))["reminder"] == "Have the notice at hand."
        walk.open("/dashboard/availability/terms/")
        walk.go_to(page.get_by_label("Pause after a session"))
        page.keyboard.press("ArrowDown")
        saved(walk)
        walk.fits("terms")
        assert meanwhile(lambda: BookingPolicy.objects.get().buffer_after_minutes) > 0
        walk.open("/dashboard/settings/")
        walk.fits("all settings")
        walk.press(walk.link("What you are told").first)
        choice = page.locator(".wishes-table input").first
        was = choice.is_checked()
        walk.press(choice, "Space")
        saved(walk)
        walk.fits("told")
        page.reload()
        expect(choice).to_be_checked(checked=not was)
    assert Preference.objects.filter(user=consultant.user).exists()
