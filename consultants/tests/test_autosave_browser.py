"""A section that saves by itself, in a real browser: what is typed is never lost, and never sent twice or out of order.

The requests are held and dropped by the test where the network must misbehave; what is saved is the product's.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Route, expect

from consultants.models import BookingPolicy
from consultants.services.mail_words import save_mail_words
from consultants.services.profile import set_photo
from consultants.tests.saving import Desk
from consultants.tests.test_profile import picture
from tests.window import meanwhile

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
MAILS, PROFILE = reverse("consultants:mails"), reverse("consultants:profile")
PAGES = [
    reverse(name)
    for name in (
        "consultants:settings",
        "consultants:profile",
        "consultants:address",
        "consultants:invoice_details",
        "consultants:mails",
        "availability:terms",
        "notifications:preferences",
    )
]


def typed_in(route: Route) -> str:
    body = route.request.post_data or ""
    return (
        body.split('name="reminder"')[1].split("\r\n")[2]
        if 'name="reminder"' in body
        else parse_qs(body)["reminder"][0]
    )


def test_a_part_is_saved_as_it_is_left_and_once(desk: Desk) -> None:
    desk.open(MAILS)
    desk.type("reminder", "Have the notice at hand.")
    expect(desk.page.get_by_text("Not saved yet. It is saved when you leave this part.")).to_be_visible()
    assert desk.sent == []
    desk.page.keyboard.press("Tab")
    expect(desk.said).to_contain_text("Saved at")
    expect(desk.said).to_be_visible()
    expect(desk.said).to_be_in_viewport()
    assert desk.stored() == {"reminder": "Have the notice at hand."}
    desk.page.focus("#id_reminder")
    desk.page.keyboard.press("Tab")
    desk.page.wait_for_timeout(600)
    assert len(desk.sent) == 1, "nothing has changed since"


def test_an_error_stands_beside_its_field_and_what_was_typed_stays(desk: Desk) -> None:
    desk.open(PROFILE)
    desk.type("links", "ftp://nowhere")
    desk.leave()
    expect(desk.page.locator("#id_links_error")).to_contain_text("is not a web address")
    expect(desk.said).to_contain_text("Not saved. Links")
    expect(desk.page.locator("#id_links")).to_have_value("ftp://nowhere")
    expect(desk.page.locator("#id_links")).to_have_attribute("aria-invalid", "true")
    assert "id_links_error" in (desk.page.get_attribute("#id_links", "aria-describedby") or "")
    desk.page.focus("#id_links")
    desk.leave()
    desk.page.wait_for_timeout(600)
    assert len(desk.sent) == 1, "what is wrong is not sent again as it is"
    desk.type("links", "https://linkedin.com/in/asha")
    desk.leave()
    expect(desk.said).to_contain_text("Saved at")
    expect(desk.page.locator("#id_links_error")).to_have_count(0)
    assert desk.page.get_attribute("#id_links", "aria-invalid") is None


def test_what_is_typed_during_a_save_is_sent_after_it_and_is_what_stays(desk: Desk) -> None:
    desk.open(MAILS)
    desk.held = True
    desk.type("reminder", "First")
    desk.leave()
    desk.waits_for(1)
    desk.type("reminder", "Second")
    desk.leave()
    desk.page.wait_for_timeout(600)
    assert len(desk.sent) == 1, "never two at once"
    desk.held = False
    desk.sent[0].continue_()
    desk.waits_for(2)
    expect(desk.said).to_contain_text("Saved at")
    assert [typed_in(route) for route in desk.sent] == ["First", "Second"]
    assert desk.stored() == {"reminder": "Second"}
    expect(desk.page.locator("#id_reminder")).to_have_value("Second")


def test_without_a_line_it_stays_and_goes_out_when_the_line_is_back(desk: Desk) -> None:
    desk.open(MAILS)
    desk.page.context.set_offline(True)
    desk.type("reminder", "Typed in a tunnel")
    desk.leave()
    expect(desk.said).to_have_text("Not saved: there is no connection. It is tried again by itself.")
    expect(desk.page.locator("#id_reminder")).to_have_value("Typed in a tunnel")
    assert desk.stored() == {}
    desk.page.context.set_offline(False)
    expect(desk.said).to_contain_text("Saved at")
    assert desk.stored() == {"reminder": "Typed in a tunnel"}


def test_leaving_with_something_unsaved_asks_first(desk: Desk) -> None:
    asked: list[str] = []
    desk.open(MAILS)
    desk.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    desk.type("reminder", "Half a sen")
    desk.page.close(run_before_unload=True)
    for _ in range(80):
        if asked:
            break
        desk.page.wait_for_timeout(25)
    assert asked == ["beforeunload"]


def test_a_link_waits_for_what_was_typed_and_is_then_followed(desk: Desk) -> None:
    desk.open(MAILS)
    desk.type("reminder", "On my way out")
    desk.page.locator(".settings-nav").get_by_role("link", name="Profile").click()
    desk.page.wait_for_url(f"**{PROFILE}")
    assert desk.stored() == {"reminder": "On my way out"}


def test_a_link_is_not_followed_over_an_error(desk: Desk) -> None:
    desk.open(PROFILE)
    desk.type("links", "ftp://nowhere")
    desk.page.locator(".settings-nav").get_by_role("link", name="Page address").click()
    expect(desk.said).to_contain_text("Not saved")
    assert desk.page.url.endswith(PROFILE)
    expect(desk.page.locator("#id_links")).to_have_value("ftp://nowhere")


def test_two_windows_are_told_and_one_decides(desk: Desk) -> None:
    desk.open(MAILS)
    meanwhile(lambda: save_mail_words(consultant=desk.consultant, words={"reminder": "Theirs"}))
    desk.type("reminder", "Mine")
    desk.leave()
    expect(desk.said).to_contain_text("changed in another window")
    expect(desk.page.locator("#id_reminder_error")).to_contain_text("What is saved now: Theirs")
    expect(desk.page.locator("#id_reminder")).to_have_value("Mine")
    desk.type("reminder", "Mine, longer")
    desk.leave()
    desk.page.wait_for_timeout(600)
    assert desk.stored() == {"reminder": "Theirs"}, "nothing is sent until somebody decides"
    desk.page.get_by_role("button", name="Save mine").click()
    expect(desk.said).to_contain_text("Saved at")
    assert desk.stored() == {"reminder": "Mine, longer"}
    expect(desk.page.locator("#id_reminder_error")).to_have_count(0)


def test_what_is_saved_can_be_taken_instead(desk: Desk) -> None:
    desk.open(MAILS)
    meanwhile(lambda: save_mail_words(consultant=desk.consultant, words={"reminder": "Theirs"}))
    desk.type("reminder", "Mine")
    desk.leave()
    desk.page.get_by_role("link", name="Take what is saved").click()
    expect(desk.page.locator("#id_reminder")).to_have_value("Theirs")


def test_what_is_done_once_is_not_asked_for_again_by_the_next_save(desk: Desk, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    meanwhile(lambda: set_photo(consultant=desk.consultant, upload=picture()))
    desk.open(PROFILE)
    desk.page.check("#id_remove_photo")
    expect(desk.said).to_contain_text("Saved at")
    expect(desk.page.locator("#id_remove_photo")).not_to_be_checked()
    desk.page.wait_for_timeout(600)
    assert len(desk.sent) == 1, "nothing is left to save"


def test_a_choice_is_saved_at_once_and_the_sentences_follow(desk: Desk) -> None:
    desk.open(reverse("availability:terms"))
    desk.page.select_option("#id_buffer_after_minutes", "15")
    expect(desk.said).to_contain_text("Saved at")
    expect(desk.page.locator("#meaning")).to_contain_text("Between two sessions you have at least 15 min")
    desk.page.wait_for_timeout(600)
    expect(desk.page.locator("#meaning .label")).to_have_text("As saved")
    found: list[int] = []
    meanwhile(lambda: found.append(BookingPolicy.objects.get(consultant=desk.consultant).buffer_after_minutes))
    assert found == [15]


def test_the_mail_is_drawn_while_it_is_typed(desk: Desk) -> None:
    desk.open(MAILS)
    mail = desk.page.frame_locator("iframe[name=mail-preview]")
    desk.type("follow_up", "Write if a question comes up.")
    expect(mail.locator("body")).to_contain_text("Write if a question comes up.")
    expect(mail.locator("h1")).to_have_text("Thank you for coming")
    expect(desk.page.get_by_role("button", name="After the session")).to_have_attribute("aria-pressed", "true")
    desk.page.get_by_role("button", name="Confirmation").click()
    expect(mail.locator("h1")).to_have_text("Booked")


def test_without_script_the_form_has_its_button(desk: Desk) -> None:
    plain = desk.page.context.browser.new_context(java_script_enabled=False, viewport=desk.page.viewport_size)
    plain.add_cookies(desk.page.context.cookies())
    page = plain.new_page()
    page.goto(desk.base + MAILS)
    page.fill("#id_reminder", "No script")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_load_state()
    expect(page.get_by_text("Saved. The next mails carry these words.")).to_be_visible()
    assert desk.stored() == {"reminder": "No script"}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_and_the_policy_find_nothing(desk: Desk, theme: Any) -> None:
    axe = (settings.BASE_DIR / "node_modules/axe-core/axe.min.js").read_text()
    said: list[str] = []
    desk.page.emulate_media(color_scheme=theme)
    desk.page.on("console", lambda message: said.append(message.text))
    for path in PAGES:
        desk.page.goto(desk.base + path)
        desk.page.wait_for_load_state("networkidle")
        desk.page.evaluate(axe)
        found = desk.page.evaluate("axe.run(document, {resultTypes: ['violations'], iframes: false})")["violations"]
        assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found] == [], path
        assert desk.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    assert said == []


def test_the_keyboard_goes_through_a_section_and_the_bar_hides_nothing(desk: Desk) -> None:
    desk.open(PROFILE)
    desk.type("headline", "Something to be said")  # with words in it the bar stays in view
    desk.page.focus("#id_display_name")
    for _ in range(40):
        seen = desk.page.evaluate(
            """() => {
              const held = document.activeElement, box = held.getBoundingClientRect();
              const bar = document.querySelector('[data-save-bar]').getBoundingClientRect();
              return [held.id, box.bottom <= bar.top + 1 || box.top >= bar.bottom - 1];
            }"""
        )
        if seen[0] == "id_is_listed":
            return
        assert seen[1], f"{seen[0]} stands behind the bar"
        desk.page.keyboard.press("Tab")
        desk.page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    pytest.fail("the keyboard does not come to the end of the form")
