"""The table of sessions: searched, filtered, kept as a view, changed in its place, and called off several at once."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from consultants.models import Consultant
from naksha.testing import make_client, next_slot_start
from notifications.models import OutgoingMail
from sessions_app.models import SavedView, Session
from sessions_app.services import record_session
from tests.acts.walk import SCREENS, Screen, walking
from tests.window import meanwhile

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.parametrize("screen", SCREENS)]


def recorded(consultant: Consultant, name: str, day: int, **fields: Any) -> Session:
    return record_session(
        consultant=consultant, actor=consultant.user, title="Second opinion", platform="jitsi", minutes=45,
        starts_at=next_slot_start(day), client=make_client(consultant, name=name), **fields,
    )  # fmt: skip


def test_sessions_are_found_kept_as_a_view_changed_and_called_off_together(
    live_server: Any, consultant: Consultant, screen: Screen
) -> None:
    owing = [recorded(consultant, name, day, price_paise=150_000) for day, name in ((3, "Bina Das"), (4, "Om Nair"))]
    begun = recorded(consultant, "Asha Bose", 2, price_paise=50_000)
    recorded(consultant, "Dev Saxena", 5)
    now = timezone.now()
    begun_at = {"starts_at": now - timedelta(minutes=20), "ends_at": now + timedelta(minutes=25)}
    Session.objects.filter(pk=begun.pk).update(**begun_at)
    with walking(live_server, consultant.user, screen, "table") as walk:
        page = walk.page
        walk.open("/dashboard/sessions/")
        rows = page.locator("[data-row]")
        expect(rows).to_have_count(4)
        page.keyboard.press("/")
        page.keyboard.insert_text("bina")
        expect(rows).to_have_count(1)
        expect(page).to_have_url(re.compile(r"\?show=coming&q=bina$"))
        walk.type(page.get_by_label(re.compile("^Search by name")), "")
        expect(rows).to_have_count(4)
        walk.press(page.locator("summary", has_text="Filter"))
        walk.press(page.locator(".find-sheet").get_by_label("Not paid"), "Space")
        expect(rows).to_have_count(3)
        walk.fits("filtered")
        walk.press(page.locator("summary", has_text="Filter"))
        walk.press(page.locator("summary", has_text="Save view"))
        walk.type(page.get_by_label("Name of the view"), "Unpaid")
        walk.press(page.get_by_label("Open Sessions with it"), "Space")
        walk.press(walk.button("Save the view"))
        walk.sees("“Unpaid” is saved.")
        walk.fits("a view")
        walk.open("/dashboard/")
        page.keyboard.press("g")
        page.keyboard.press("s")
        expect(page.get_by_role("link", name="Unpaid", exact=True)).to_have_attribute("aria-current", "page")
        expect(rows).to_have_count(3)

        opener = page.locator(f"#state-{begun.pk}")
        walk.press(opener)
        expect(page.locator("[data-busy]").get_by_role("button", name="Start", exact=True)).to_be_focused()
        walk.fits("a state")
        page.keyboard.press("Enter")
        expect(opener).to_contain_text("In progress")
        assert meanwhile(lambda: Session.objects.get(pk=begun.pk).status) == "in_progress"
        for pick in page.locator("[data-row] input[name=id]").all():
            walk.press(pick, "Space")
        expect(page.locator(".bulk")).to_contain_text("3 chosen")
        walk.press(page.locator(".bulk").get_by_role("button", name="Cancel…"))
        walk.heading("Cancel 2 sessions?")
        walk.sees("Its state is: In progress.")
        walk.press(walk.button("Cancel 2 sessions"))
        walk.error_beside("Reason", "Say why")
        walk.fits("no reason")
        walk.type(page.get_by_label("Reason"), "I am ill this week.")
        walk.press(walk.button("Cancel 2 sessions"))
        walk.heading("2 sessions were cancelled, 1 was not")
        walk.fits("report")
        walk.press(walk.link("Back to the table"))
        expect(rows).to_have_count(1)
        walk.press(page.locator("summary", has_text="Save view"))
        walk.press(walk.link("All saved views"))
        walk.press(page.locator("summary", has_text="Rename"))
        walk.type(page.locator("main").get_by_role("textbox"), "Still unpaid")
        walk.press(walk.button("Rename"))
        walk.sees("Still unpaid")
        walk.fits("views")
        assert meanwhile(lambda: SavedView.objects.get().name) == "Still unpaid"
        walk.press(walk.link("Delete… Still unpaid"))
        walk.press(walk.button("Delete the view"))
        walk.sees("No view is saved")
    assert not SavedView.objects.exists()
    assert {each.cancel_reason for each in Session.objects.filter(status="cancelled")} == {"I am ill this week."}
    assert set(Session.objects.filter(status="cancelled").values_list("pk", flat=True)) == {one.pk for one in owing}
    assert OutgoingMail.objects.filter(template="session_cancelled_client").count() == 2
