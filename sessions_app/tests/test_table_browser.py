"""The table of sessions in a real browser: the keyboard, a row's menu, several at once, what others change meanwhile,
a phone, axe, and no script at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from naksha.testing import make_client, next_slot_start
from sessions_app.models import Session
from sessions_app.testing import make_recorded, make_session
from tests.window import browser, meanwhile

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LIST = "/dashboard/sessions/"
LOOK = "document.dispatchEvent(new CustomEvent('naksha:changed', { detail: 'sessions' }))"


@pytest.fixture
def sessions(consultant: Any) -> dict[str, Session]:
    """One that goes on, two to come of which one owes, one that was held."""
    people = ["Asha Bose", "Bina Das", "Chitra Nair", "Dev Saxena"]
    clients = [make_client(consultant, name=name) for name in people]
    now = timezone.now()
    going_on = make_session(consultant, client=clients[0], starts_at=next_slot_start(2))
    Session.objects.filter(pk=going_on.pk).update(
        starts_at=now - timedelta(minutes=20), ends_at=now + timedelta(minutes=20)
    )
    ahead = make_session(consultant, client=clients[1], starts_at=next_slot_start(3))
    owing = make_recorded(consultant, starts_at=next_slot_start(5), client=clients[2], price_paise=150_000)
    held = make_session(consultant, client=clients[3], starts_at=next_slot_start(7), status="completed")
    return {"going_on": going_on, "ahead": ahead, "owing": owing, "held": held}


@pytest.fixture
def opened(live_server: Any, consultant: Any, sessions: Any) -> Iterator[Callable[..., Page]]:
    """``opened(width=360)`` is a page of the consultant’s browser, begun once the rows are there. Nothing may be said
    on its console."""
    client = Client()
    client.force_login(consultant.user)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    said: list[str] = []
    with browser() as running:

        def open_page(width: int = 1280, *, script: bool = True, path: str = LIST) -> Page:
            context = running.new_context(
                viewport={"width": width, "height": 900}, java_script_enabled=script, timezone_id="Asia/Kolkata"
            )
            context.set_default_timeout(20_000)
            context.add_cookies([cookie])
            page: Page = context.new_page()
            page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
            page.on("pageerror", lambda error: said.append(str(error)))
            page.goto(live_server.url + path)
            return page

        yield open_page
    assert [text for text in said if "WebSocket" not in text and "/ws/" not in text] == []


def names(page: Page) -> list[str]:
    return page.locator(".is-list tbody .is-client").all_inner_texts()


def test_the_keyboard_searches_moves_chooses_and_opens(opened: Any, sessions: dict[str, Session]) -> None:
    page = opened()
    page.evaluate("window.notReloaded = true")
    page.keyboard.press("/")
    page.keyboard.type("jkx bina")
    expect(page.get_by_label("Search by name")).to_have_value("jkx bina")
    page.get_by_label("Search by name").fill("bina")
    expect(page.locator("[data-row]")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"\?show=coming&q=bina$"))
    assert page.evaluate("document.activeElement.id") == "id_q"
    page.get_by_label("Search by name").fill("")
    expect(page.locator("[data-row]")).to_have_count(3)
    page.keyboard.press("Escape")
    for key in "jjkj":
        page.keyboard.press(key)
    page.keyboard.press("x")
    expect(page.locator(".bulk")).to_contain_text("1 chosen")
    expect(page.locator(f"#pick-{sessions['ahead'].pk}")).to_be_checked()
    assert page.evaluate("window.notReloaded")
    page.keyboard.press("g")
    page.keyboard.press("x")  # belongs to whoever listens for g and another
    expect(page.locator(f"#pick-{sessions['ahead'].pk}")).to_be_checked()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{LIST}{sessions['ahead'].pk}/")


def test_the_address_keeps_what_is_looked_for_and_the_way_back_leads_to_it(
    opened: Any, sessions: dict[str, Session]
) -> None:
    page = opened()
    page.get_by_role("link", name=re.compile("^All")).click()
    expect(page.locator("[data-row]")).to_have_count(4)
    page.get_by_text("Filter", exact=True).click()
    page.get_by_label("Completed", exact=True).check()
    expect(page.locator("[data-row]")).to_have_count(1)
    expect(page).to_have_url(re.compile("show=all&status=completed"))
    csv = page.get_by_role("link", name="CSV")
    expect(csv).to_have_attribute("href", re.compile("status=completed"))
    page.go_back()
    expect(page.locator("[data-row]")).to_have_count(4)
    page.reload()
    page.get_by_role("link", name="Client", exact=True).click()
    expect(page.locator("th.is-client")).to_have_attribute("aria-sort", "ascending")
    assert names(page) == ["Asha Bose", "Bina Das", "Chitra Nair", "Dev Saxena"]
    page.get_by_text("Filter", exact=True).click()
    page.get_by_label("Completed", exact=True).check()
    chip = page.get_by_role("link", name="Without State: Completed")
    chip.click()
    expect(page.locator("[data-row]")).to_have_count(4)
    expect(page.get_by_label("Completed", exact=True)).not_to_be_checked()


def test_a_row_offers_what_its_state_allows_and_changes_in_its_place(opened: Any, sessions: dict[str, Session]) -> None:
    page = opened()
    page.evaluate("window.notReloaded = true")
    page.keyboard.press("j")
    page.keyboard.press("s")
    menu = page.locator("[data-busy]")
    expect(menu.get_by_role("button", name="Start", exact=True)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(menu.get_by_role("button", name="Completed", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_have_count(0)
    expect(page.locator(f"#state-{sessions['going_on'].pk}")).to_be_focused()
    page.keyboard.press("Enter")
    menu.get_by_role("button", name="Completed", exact=True).click()
    expect(page.locator(".toast")).to_contain_text("Completed.")
    expect(page.locator("[data-row]")).to_have_count(2)
    money = page.locator(f"#money-{sessions['owing'].pk}")
    money.click()
    menu.get_by_role("button", name="Ask for ₹1,500.00").click()
    expect(page.locator(".toast")).to_contain_text("Your client has the link to pay.")
    assert page.evaluate("window.notReloaded")
    page.locator(f"#state-{sessions['ahead'].pk}").click()
    expect(menu.get_by_role("link", name="Cancel…")).to_be_visible()
    assert menu.get_by_role("button", name="Completed", exact=True).count() == 0
    got: list[str] = []
    meanwhile(lambda: got.append(Session.objects.get(pk=sessions["going_on"].pk).status))
    assert got == ["completed"]


def test_a_refusal_is_said_and_stays(opened: Any, sessions: dict[str, Session]) -> None:
    page = opened()
    page.locator(f"#state-{sessions['going_on'].pk}").click()
    complete = page.locator("[data-busy]").get_by_role("button", name="Start", exact=True)
    expect(complete).to_be_visible()
    meanwhile(lambda: Session.objects.filter(pk=sessions["going_on"].pk).update(status="cancelled"))
    complete.click()
    expect(page.locator("[data-notices] .error")).to_contain_text("state has changed meanwhile")
    expect(page.locator("[data-row]")).to_have_count(2)


def test_what_others_change_appears_and_choices_and_menus_stay(opened: Any, sessions: dict[str, Session]) -> None:
    page = opened(path=f"{LIST}?show=all")
    page.locator(f"#pick-{sessions['ahead'].pk}").check()
    row = page.locator(f"[data-row='{sessions['owing'].pk}']")
    expect(row).to_contain_text("Not paid")
    meanwhile(lambda: Session.objects.filter(pk=sessions["owing"].pk).update(status="no_show", paid_paise=150_000))
    page.evaluate(LOOK)
    expect(row).to_contain_text("No-show")
    expect(row).to_contain_text("Paid")
    expect(page.locator(f"#pick-{sessions['ahead'].pk}")).to_be_checked()
    expect(page.locator(".bulk")).to_contain_text("1 chosen")
    page.locator(f"#state-{sessions['ahead'].pk}").click()
    menu = page.locator("[data-busy]")
    expect(menu.get_by_role("link", name="Move…")).to_be_visible()
    meanwhile(lambda: Session.objects.filter(pk=sessions["held"].pk).update(title="Renamed meanwhile"))
    page.evaluate(LOOK)
    page.wait_for_timeout(500)
    expect(menu).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("cell", name="Renamed meanwhile", exact=True)).to_be_visible()


def test_several_are_cancelled_on_a_phone_after_it_was_said_what_it_costs(
    opened: Any, sessions: dict[str, Session]
) -> None:
    page = opened(360)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    expect(page.locator(".find-sheet")).to_be_hidden()
    expect(page.locator(".bulk")).to_be_hidden()
    for name in ("going_on", "ahead", "owing"):
        page.locator(f"#pick-{sessions[name].pk}").check()
    expect(page.locator(".bulk")).to_contain_text("3 chosen")
    page.locator(".bulk").get_by_role("button", name="Cancel…").click()
    expect(page.get_by_role("heading", name="Cancel 2 sessions?")).to_be_visible()
    expect(page.get_by_text("It has begun, so it can't be cancelled any more.")).to_be_visible()
    page.get_by_label("Reason").fill("I am ill this week.")
    page.get_by_role("button", name="Cancel 2 sessions").click()
    expect(page.get_by_role("heading", name="2 sessions were cancelled, 1 was not")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("link", name="Back to the table").click()
    expect(page.locator("[data-row]")).to_have_count(1)


def test_a_view_is_saved_and_the_table_opens_with_it(opened: Any, sessions: dict[str, Session]) -> None:
    page = opened(path=f"{LIST}?show=all&pay=pending")
    page.get_by_text("Save view", exact=True).click()
    page.get_by_label("Name of the view").fill("Unpaid")
    page.get_by_label("Open Sessions with it").check()
    page.get_by_role("button", name="Save the view").click()
    expect(page.get_by_text("“Unpaid” is saved.")).to_be_visible()
    expect(page.get_by_role("link", name="Unpaid", exact=True)).to_have_attribute("aria-current", "page")
    page.locator(".side").get_by_role("link", name="Sessions").click()
    expect(page).to_have_url(re.compile("pay=pending"))
    assert names(page) == ["Chitra Nair"]


def test_axe_finds_nothing_at_either_width_in_either_theme(opened: Any, sessions: dict[str, Session]) -> None:
    axe = (django_settings.BASE_DIR / "node_modules/axe-core/axe.min.js").read_text()
    for width, theme in ((360, "light"), (1280, "dark")):
        page = opened(width, path=f"{LIST}?show=all&q=nobody%20of%20that%20name")
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")

        def judged(what: str, page: Page = page, width: int = width, theme: str = theme) -> None:
            page.evaluate(axe)
            found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
            assert found == [], (what, width, theme)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, what

        judged("nothing found")
        page.goto(page.url.split("?")[0] + f"?show=all&status=completed&status=confirmed&from=x&q={'x' * 120}")
        judged("something wrong")
        page.goto(page.url.split("?")[0] + "?show=all&kind=personal")
        page.get_by_text("Filter", exact=True).click()
        page.locator(f"#pick-{sessions['owing'].pk}").check()
        page.locator(f"#state-{sessions['owing'].pk}").click()
        expect(page.locator("[data-busy] a").first).to_be_visible()
        judged("all open")
        page.keyboard.press("Escape")
        page.locator(".bulk").get_by_role("button", name="Cancel…").click()
        expect(page.get_by_label("Reason")).to_be_visible()
        judged("several")


def test_it_works_without_script(opened: Any, sessions: dict[str, Session]) -> None:
    page = opened(script=False)
    page.get_by_label("Search by name").fill("chitra")
    page.get_by_role("button", name="Show", exact=True).click()
    assert names(page) == ["Chitra Nair"]
    page.get_by_role("link", name=re.compile("^All")).click()
    assert names(page) == ["Chitra Nair"]
    page.locator(f"#pick-{sessions['owing'].pk}").check()
    page.locator(".bulk").get_by_role("button", name="Cancel…").click()
    page.get_by_label("Reason").fill("I am ill.")
    page.get_by_role("button", name="Cancel 1 session").click()
    expect(page.get_by_role("heading", name="1 session was cancelled")).to_be_visible()
    page.goto(page.url.replace("several/", ""))
    page.locator(f"#state-{sessions['going_on'].pk}").click()
    expect(page.get_by_role("button", name="Complete the session")).to_be_visible()


def test_a_login_that_ended_elsewhere_is_asked_for_and_leads_back(opened: Any, sessions: dict[str, Session]) -> None:
    """By a search, and by an act of a row's menu. The login page is never drawn into the table."""
    for act in ("search", "menu", "state"):
        page = opened()
        if act == "state":
            page.locator(f'[data-row="{sessions["going_on"].pk}"] [data-acts="state"]').click()
            page.locator("[data-busy] button").first.wait_for()
        page.context.clear_cookies(name="sessionid")
        if act == "search":
            page.get_by_label("Search by name").fill("bina")
        elif act == "menu":
            page.locator(f'[data-row="{sessions["going_on"].pk}"] [data-acts="state"]').click()
        else:
            page.locator("[data-busy] button").first.click()
        page.wait_for_url(re.compile(r"/login/\?next="))
        expect(page.locator("#sessions")).to_have_count(0)
        back = re.compile(r"next=/dashboard/sessions/.*q%3Dbina" if act == "search" else r"next=/dashboard/sessions/")
        expect(page).to_have_url(back)
        page.context.close()
