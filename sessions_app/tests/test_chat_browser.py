"""The chat on a screen: where it opens, with and without script, and how much of a phone it takes while it is empty."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from sessions_app.models import Message, Session
from sessions_app.services import chatting
from sessions_app.testing import make_session
from sessions_app.tests.chatters import consultant_of, guest_of, say
from sessions_app.tests.test_room_browser import browser, let_in, path
from tests.window import meanwhile

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def session() -> Session:
    return make_session()


def long_talk(session: Session, count: int = 60) -> None:
    member = chatting.join_member(consultant_of(session))
    for n in range(1, count + 1):
        Message.objects.create(
            conversation=member.conversation,
            member=member,
            sequence=n,
            version=n,
            client_message_id=uuid4(),
            body=f"Line {n} of a long talk.",
        )
    type(member.conversation).objects.update(last_sequence=count, last_version=count)


@pytest.mark.parametrize("script", [True, False])
def test_it_opens_at_the_newest_message(live_server: Any, session: Session, script: bool) -> None:
    long_talk(session)
    cookie = let_in(live_server, session)
    with browser() as opened:
        context = opened.new_context(java_script_enabled=script, viewport={"width": 360, "height": 740})
        context.add_cookies([cookie])
        page = context.new_page()
        page.goto(live_server.url + path(session))
        page.locator("#chat").scroll_into_view_if_needed()
        log, newest = page.locator(".chat-log"), page.get_by_text("Line 60 of a long talk.")
        expect(newest).to_be_in_viewport()
        assert inside(newest, log)
        assert not inside(page.get_by_text("Line 11 of a long talk."), log)
        page.get_by_text("Line 11 of a long talk.").scroll_into_view_if_needed()
        assert inside(page.get_by_text("Line 11 of a long talk."), log), "what came before is reached by scrolling"


def inside(line: Any, log: Any) -> bool:
    one, all_of_it = line.bounding_box(), log.bounding_box()
    return bool(one["y"] >= all_of_it["y"] and one["y"] + one["height"] <= all_of_it["y"] + all_of_it["height"])


def test_an_empty_chat_is_short_on_a_phone_and_takes_its_room_with_the_first_message(
    live_server: Any, session: Session
) -> None:
    cookie = let_in(live_server, session)
    with browser() as opened:
        context = opened.new_context(viewport={"width": 360, "height": 740})
        context.add_cookies([cookie])
        page = context.new_page()

        def height() -> float:
            page.goto(live_server.url + path(session))
            box = page.locator("#chat").bounding_box()
            assert box is not None
            return box["height"]

        assert height() < 360
        meanwhile(lambda: say(consultant_of(session)))
        assert height() >= 448
        page.set_viewport_size({"width": 1280, "height": 800})
        meanwhile(Message.objects.all().delete)
        assert height() > 500, "beside the rest of a laptop's page it keeps its height"


def test_a_long_talk_makes_the_page_no_longer(live_server: Any, session: Session) -> None:
    cookie = let_in(live_server, session)
    with browser() as opened:
        context = opened.new_context(viewport={"width": 360, "height": 740})
        context.add_cookies([cookie])
        page = context.new_page()
        meanwhile(lambda: say(guest_of(session)))

        def length() -> int:
            page.goto(live_server.url + path(session))
            expect(page.locator("[data-change]").last).to_be_visible()
            return int(page.evaluate("document.documentElement.scrollHeight"))

        short = length()
        for n in range(1, 40):
            meanwhile(lambda n=n: say(guest_of(session), f"And then, {n} times."))
        assert length() == short


def test_what_is_refused_is_not_shown_as_on_its_way(live_server: Any, session: Session, tmp_path: Path) -> None:
    cookie = let_in(live_server, session)
    page_that_is_no_picture = tmp_path / "notice.png"
    page_that_is_no_picture.write_text("<html><script>alert(1)</script></html>")
    with browser() as opened:
        context = opened.new_context()
        context.add_cookies([cookie])
        page = context.new_page()
        page.goto(live_server.url + path(session))
        page.locator("#chat-files").set_input_files(page_that_is_no_picture)
        page.get_by_role("button", name="Send", exact=True).click()
        line = page.locator("[data-pending]")
        expect(line).to_contain_text("notice.png can’t be sent")
        expect(line.locator("progress")).to_have_count(0)
        line.get_by_role("button", name="Discard").click()
        expect(line).to_have_count(0)
