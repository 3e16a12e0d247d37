"""The session's room in a real browser: axe, narrow screens, the door that opens by itself, two windows of notes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from clients.models import Client as Person
from meetings.models import Room
from naksha.testing import next_slot_start
from sessions_app.access import mint_link
from sessions_app.models import JoinEvent, Session, SessionNotes
from sessions_app.testing import make_session
from tests.window import browser, meanwhile

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def moved_to(session: Session, starts_at: Any, **fields: Any) -> Session:
    Session.objects.filter(pk=session.pk).update(
        starts_at=starts_at, ends_at=starts_at + timedelta(minutes=30), **fields
    )
    return session


@pytest.fixture
def running(consultant: Any) -> Session:
    now = timezone.now()
    session = moved_to(
        make_session(consultant, starts_at=next_slot_start(3)), now - timedelta(minutes=12), status="in_progress"
    )
    assert session.client is not None
    Person.objects.filter(pk=session.client.pk).update(name="Farhan Qureshi", timezone="Europe/London")
    for kind, minutes in (("entered", 15), ("joined", 11)):
        JoinEvent.objects.create(
            session=session, side="client", client=session.client, kind=kind, at=now - timedelta(minutes=minutes)
        )
    return session


@pytest.fixture
def desk(live_server: Any, consultant: Any) -> dict[str, str]:
    client = Client()
    client.force_login(consultant.user)
    return {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}


def let_in(live_server: Any, session: Session) -> dict[str, str]:
    client = Client()
    assert session.client is not None
    client.get(f"/s/{mint_link(session=session, client=session.client)}/")
    return {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}


def path(session: Session) -> str:
    return f"/sessions/{session.pk}/"


def test_axe_finds_nothing_in_either_theme_and_width(
    live_server: Any, consultant: Any, running: Session, desk: dict[str, str]
) -> None:
    ahead = moved_to(make_session(consultant, starts_at=next_slot_start(4)), timezone.now() + timedelta(hours=3))
    done = moved_to(
        make_session(consultant, starts_at=next_slot_start(5)), timezone.now() - timedelta(days=2), status="completed"
    )
    SessionNotes.objects.create(session=done, summary="File INC-22 this week.", shared="Bring the lease.")
    off = moved_to(make_session(consultant, starts_at=next_slot_start(6)), timezone.now() + timedelta(days=2))
    Session.objects.filter(pk=off.pk).update(status="cancelled", cancel_reason="I am in court that day.")
    axe = (django_settings.BASE_DIR / "node_modules/axe-core/axe.min.js").read_text()
    sessions = [ahead, running, done, off]
    links = [let_in(live_server, session) for session in sessions]
    with browser() as opened:
        for theme, width in (("light", 360), ("dark", 1280)):
            for cookies in ([desk], links):
                for number, session in enumerate(sessions):
                    context = opened.new_context(viewport={"width": width, "height": 800}, color_scheme=theme)
                    context.add_cookies([cookies[number % len(cookies)]])
                    page = context.new_page()
                    said: list[str] = []
                    page.on("console", lambda message, said=said: said.append(message.text))
                    page.goto(live_server.url + path(session))
                    page.evaluate(axe)
                    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
                    assert found == [], (theme, width, session.status)
                    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (width, session.status)
                    assert [text for text in said if "WebSocket" not in text and "/ws/" not in text] == []
                    context.close()


def test_the_door_opens_without_a_reload(live_server: Any, consultant: Any) -> None:
    session = moved_to(
        make_session(consultant, starts_at=next_slot_start(7)), timezone.now() + timedelta(minutes=10, seconds=6)
    )
    cookie = let_in(live_server, session)
    name = Room.objects.get(subject_id=session.pk).name
    with browser() as opened:
        context = opened.new_context()
        context.add_cookies([cookie])
        page = context.new_page()
        page.goto(live_server.url + path(session))
        shut = page.get_by_role("button", name="Join the meeting")
        assert shut.get_attribute("aria-disabled") == "true"
        page.evaluate("window.notReloaded = true")
        page.wait_for_selector("form.join button", timeout=20_000)
        assert page.evaluate("window.notReloaded")
        context.route("https://meet.jit.si/**", lambda route: route.fulfill(body="in the meeting"))
        with context.expect_page() as coming:
            page.keyboard.press("Tab")
            page.locator("#join").focus()
            page.keyboard.press("Enter")
        meeting = coming.value
        meeting.wait_for_url("https://meet.jit.si/**")
        assert name in meeting.url
        assert meeting.evaluate("document.referrer") == ""
        assert meeting.evaluate("window.opener") is None
    assert JoinEvent.objects.filter(session=session, kind="joined").count() == 1


def test_a_cancelled_session_shuts_the_door_of_an_open_page(live_server: Any, running: Session) -> None:
    cookie = let_in(live_server, running)
    with browser() as opened:
        context = opened.new_context()
        context.add_cookies([cookie])
        page = context.new_page()
        page.goto(live_server.url + path(running))
        assert page.locator("form.join").count() == 1
        meanwhile(lambda: Session.objects.filter(pk=running.pk).update(status="completed"))
        page.evaluate("document.dispatchEvent(new CustomEvent('naksha:session-changed'))")
        page.wait_for_selector("form.join", state="detached")
        assert "Completed" in page.inner_text(".now-top")


def test_what_is_typed_into_a_part_outlives_the_changes_of_it(
    live_server: Any, running: Session, desk: dict[str, str]
) -> None:
    client = running.client
    log = lambda kind: JoinEvent.objects.create(session=running, side="client", client=client, kind=kind)  # noqa: E731
    look = "document.dispatchEvent(new CustomEvent('naksha:session-changed'))"
    with browser() as opened:
        context = opened.new_context()
        context.add_cookies([desk])
        page = context.new_page()
        page.goto(live_server.url + path(running))
        came = page.locator("[data-part=acts] .log")
        with page.expect_response(lambda answer: answer.url.endswith("/parts/")):
            page.evaluate(look)
        page.get_by_text("End the session…").click()
        meanwhile(lambda: log("left"))
        page.evaluate(look)
        expect(came).to_contain_text("left")
        summary = page.get_by_label("What came of it")
        summary.fill("File the reply by Friday.")
        page.get_by_label("Your message").focus()
        meanwhile(lambda: log("entered"))
        with page.expect_response(lambda answer: answer.url.endswith("/parts/")):
            page.evaluate(look)
        page.wait_for_timeout(300)
        expect(summary).to_be_visible()
        expect(summary).to_have_value("File the reply by Friday.")
        page.get_by_role("button", name="End it now").click()
        expect(page.locator("[data-part=now]")).to_contain_text("Completed")
    assert SessionNotes.objects.get(session=running).summary == "File the reply by Friday."


def test_notes_are_kept_as_they_are_typed_and_two_windows_lose_nothing(
    live_server: Any, running: Session, desk: dict[str, str]
) -> None:
    with browser() as opened:
        context = opened.new_context()
        context.add_cookies([desk])
        one, other = context.new_page(), context.new_page()
        for page in (one, other):
            page.goto(live_server.url + path(running))
        one.get_by_label("For you alone").fill("first window")
        one.get_by_text("Saved", exact=True).wait_for()
        other.get_by_label("For you alone").fill("second window")
        other.wait_for_selector("[data-clash]:not([hidden])")
        assert "first window" in other.inner_text("[data-theirs=private]")
        assert other.get_by_label("For you alone").input_value() == "second window"
        other.get_by_role("button", name="Keep what I wrote here").click()
        other.get_by_text("Saved", exact=True).wait_for()
        one.close()
        other.get_by_label("For you alone").fill("and on the way out")
        other.goto("about:blank")
        other.wait_for_timeout(1000)
    assert SessionNotes.objects.get(session=running).private == "and on the way out"


def test_closing_the_page_is_told(live_server: Any, running: Session) -> None:
    cookie = let_in(live_server, running)
    with browser() as opened:
        context = opened.new_context()
        context.add_cookies([cookie])
        page = context.new_page()
        page.goto(live_server.url + path(running))
        page.goto("about:blank")
        page.wait_for_timeout(1000)
    assert JoinEvent.objects.filter(session=running, kind="left").count() == 1


def test_loading_the_page_again_is_no_leaving(live_server: Any, running: Session) -> None:
    cookie = let_in(live_server, running)
    with browser() as opened:
        context = opened.new_context()
        context.add_cookies([cookie])
        page = context.new_page()
        page.goto(live_server.url + path(running))
        with page.expect_response(lambda answer: answer.url.endswith("/parts/")):
            page.reload()
        page.wait_for_timeout(500)
        told = []
        meanwhile(lambda: told.append(JoinEvent.objects.filter(session=running, kind="left").count()))
    assert told == [0]


def test_everything_works_without_script(live_server: Any, running: Session, desk: dict[str, str]) -> None:
    with browser() as opened:
        context = opened.new_context(java_script_enabled=False)
        context.add_cookies([desk])
        page = context.new_page()
        page.goto(live_server.url + path(running))
        page.get_by_label("Shared with your client").fill("Bring the lease")
        page.get_by_role("button", name="Save the notes").click()
        assert page.url.endswith(f"{path(running)}#notes")
        assert page.get_by_label("Shared with your client").input_value() == "Bring the lease"
        assert page.locator("form.join button").is_visible()
    assert SessionNotes.objects.get(session=running).shared == "Bring the lease"
