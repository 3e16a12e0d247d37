"""What was written and can't be sent yet: nothing waits behind a message that the server fails with, and words outlive
a reload."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import expect

from sessions_app.models import Attachment, Message, Session
from sessions_app.testing import make_session
from sessions_app.tests.chatters import guest_of, say
from sessions_app.tests.test_chat_browser import long_talk
from sessions_app.tests.test_chat_files import PDF
from sessions_app.tests.test_room_browser import browser, let_in, path
from tests.window import meanwhile

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
QUICKLY = "const slow = setTimeout; window.setTimeout = (act, ms, ...more) => slow(act, ms / 20, ...more);"


@pytest.fixture
def session() -> Session:
    return make_session()


@pytest.fixture
def lease(tmp_path: Path) -> Path:
    """A file to send along."""
    file = tmp_path / "Lease.pdf"
    file.write_bytes(PDF)
    return file


@contextmanager
def room(live_server: Any, session: Session, *, width: int = 360, theme: Any = "light") -> Iterator[Any]:
    """The guest's room, in which pauses are a twentieth of what they are."""
    cookie = let_in(live_server, session)
    with browser() as opened:
        context = opened.new_context(viewport={"width": width, "height": 740}, color_scheme=theme)
        context.add_cookies([cookie])
        page = context.new_page()
        page.add_init_script(QUICKLY)
        page.goto(live_server.url + path(session))
        yield page


def fails_with(page: Any, *words: str) -> list[str]:
    """From now on the server answers 500 to messages that say one of ``words``; what was tried."""
    tried: list[str] = []

    def answer(route: Any) -> None:
        sent = route.request.post_data or ""
        word = next((word for word in words if word in sent), None) if route.request.method == "POST" else None
        if word is None:
            route.fallback()
            return
        tried.append(word)
        route.fulfill(status=500, body="<h1>Server error</h1>")

    page.route("**/messages/", answer)
    return tried


def write(page: Any, words: str, *files: Path) -> None:
    if files:
        page.locator("#chat-files").set_input_files(files)
    page.get_by_label("Your message").fill(words)
    page.get_by_label("Your message").press("Enter")


def said() -> list[str]:
    return list(Message.objects.order_by("sequence").values_list("body", flat=True))


def check_with_axe(page: Any) -> None:
    page.evaluate((django_settings.BASE_DIR / "node_modules/axe-core/axe.min.js").read_text())
    assert page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(("width", "theme"), [(360, "dark"), (1280, "light")])
def test_a_message_that_the_server_fails_with_holds_up_none_after_it(
    live_server: Any, session: Session, width: int, theme: str
) -> None:
    with room(live_server, session, width=width, theme=theme) as page:
        tried = fails_with(page, "Poison")
        write(page, "Poison")
        for words in ("First after it", "Second after it"):
            write(page, words)
        expect(page.locator("[data-message]", has_text="Second after it")).to_be_visible()
        line = page.locator("[data-pending]")
        expect(line).to_contain_text("What was written after it goes on.")
        assert page.locator("[data-list] > .msg").last.inner_text().startswith("Poison"), "last of all"
        seen = len(tried)
        assert seen == 5, "four times, and once more when the server had taken another"
        check_with_axe(page)
        page.wait_for_timeout(500)
        assert len(tried) == seen, "nothing is tried behind one's back"
        page.unroute_all()
        page.get_by_role("button", name="Send again").focus()
        page.keyboard.press("Enter")
        expect(page.locator("[data-message]", has_text="Poison")).to_be_visible()
        expect(line).to_have_count(0)
    assert said() == ["First after it", "Second after it", "Poison"]


def test_a_server_that_fails_with_all_keeps_their_order(live_server: Any, session: Session) -> None:
    """It comes back when the second has been tried twice, in vain, and the first is asked for again."""
    with room(live_server, session) as page:
        tried: list[str] = []

        def answer(route: Any) -> None:
            sent = route.request.post_data or ""
            word = next((word for word in ("One", "Two", "Three") if word in sent), "")
            tried.append(word)
            back = tried.count("Two") >= 2 and "One" in tried[tried.index("Two") :] and tried[-1] == "One"
            if back:
                page.unroute_all()
            route.fallback() if back or not word else route.fulfill(status=502, body="gone")

        page.route("**/messages/", answer)
        for words in ("One", "Two", "Three"):
            write(page, words)
        expect(page.locator("[data-message]", has_text="Three")).to_be_visible(timeout=15_000)
        expect(page.locator("[data-pending]")).to_have_count(0)
        assert tried.count("One") > 4, "the first is asked for again and again"
        assert "Three" not in tried
    assert said() == ["One", "Two", "Three"]


def test_words_with_files_outlive_a_reload_and_ask_for_their_files(
    live_server: Any, session: Session, lease: Path
) -> None:
    deed = lease.with_name("Deed.pdf")
    deed.write_bytes(PDF)
    with room(live_server, session) as page:
        asked: list[str] = []
        page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
        page.route("**/messages/", lambda route: route.abort() if route.request.method == "POST" else route.fallback())
        write(page, "Here is the lease.", lease)
        write(page, "And the deed.", deed)
        expect(page.locator("[data-pending]")).to_have_count(2)
        key = page.locator("[data-pending]").first.get_attribute("data-pending")
        page.reload()
        assert asked == ["beforeunload"]
        lines = page.locator("[data-pending]")
        expect(lines).to_have_count(2)
        expect(lines.first).to_contain_text("Here is the lease.")
        expect(lines.first).to_contain_text("Lease.pdf")
        expect(lines.first).to_contain_text("Its files were lost")
        check_with_axe(page)
        page.unroute_all()
        write(page, "Something else.")
        expect(page.locator("[data-message]", has_text="Something else.")).to_be_visible()
        with page.expect_file_chooser() as choosing:
            lines.first.get_by_role("button", name="Pick the files").press("Enter")
        choosing.value.set_files(lease)
        expect(page.locator("[data-message]", has_text="Here is the lease.")).to_be_visible()
        page.reload()
        lines.get_by_role("button", name="Send without them").press("Enter")
        expect(page.locator("[data-message]", has_text="And the deed.")).to_be_visible()
        expect(lines).to_have_count(0)
        assert page.evaluate("sessionStorage.length") == 0
    assert said() == ["Something else.", "Here is the lease.", "And the deed."]
    assert [str(row.message.client_message_id) for row in Attachment.objects.select_related("message")] == [key]


def test_what_came_through_before_a_reload_is_not_asked_for_again(
    live_server: Any, session: Session, lease: Path
) -> None:
    with room(live_server, session) as page:
        page.on("dialog", lambda dialog: dialog.accept())
        page.route("**/messages/", lambda route: route.abort() if route.request.method == "POST" else route.fallback())
        write(page, "Here is the lease.", lease)
        line = page.locator("[data-pending]")
        expect(line).to_be_visible()
        key = UUID(line.get_attribute("data-pending"))
        files = [SimpleUploadedFile("Lease.pdf", PDF)]
        meanwhile(lambda: say(guest_of(session), "Here is the lease.", key=key, files=files))  # its answer was lost
        page.reload()
        expect(page.locator("[data-message]", has_text="Here is the lease.")).to_be_visible()
        expect(line).to_have_count(0)
        assert page.evaluate("sessionStorage.length") == 0
    assert Attachment.objects.count() == 1


def test_leaving_with_files_picked_warns_and_without_anything_does_not(
    live_server: Any, session: Session, lease: Path
) -> None:
    with room(live_server, session) as page:
        asked: list[str] = []
        page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
        write(page, "Good evening.")
        expect(page.locator("[data-message]", has_text="Good evening.")).to_be_visible()
        page.reload()
        assert asked == []
        page.get_by_label("Your message").click()
        page.locator("#chat-files").set_input_files(lease)
        expect(page.locator("[data-picked] li")).to_have_count(1)
        page.reload()
        assert asked == ["beforeunload"]


def test_scrolling_back_goes_on_after_an_error(live_server: Any, session: Session) -> None:
    long_talk(session, 120)
    with room(live_server, session) as page:
        failing = [True]
        page.route(
            "**/messages/?before=*",
            lambda route: route.fulfill(status=502, body="gone") if failing[0] else route.fallback(),
        )
        more = page.locator("[data-earlier]")
        more.scroll_into_view_if_needed()
        expect(more).to_have_text("They could not be loaded. Try again")
        failing[0] = False
        more.press("Enter")
        expect(page.get_by_text("Line 30 of a long talk.")).to_be_attached()
        page.locator("[data-log]").evaluate("log => { log.scrollTop = 0 }")
        expect(page.get_by_text("Line 2 of a long talk.")).to_be_attached()
        expect(more).to_have_count(0)


def test_a_search_that_fails_says_so(live_server: Any, session: Session) -> None:
    with room(live_server, session) as page:
        page.route("**/search/*", lambda route: route.fulfill(status=503, body="gone"))
        find = page.get_by_label("Search in this chat")
        find.fill("lease")
        find.press("Enter")
        expect(page.locator(".chat-results")).to_have_text("That could not be done just now. Try again.")
