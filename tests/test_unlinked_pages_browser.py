"""Pages that no link of another page leads to: what a refused act shows, the address of a mail, an end. Each is fit for
everybody as those are that a walk finds (tests/e2e/test_every_page.py)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client as Visitor
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from naksha.testing import PASSWORD, make_client, next_slot_start
from notifications import unsubscribe
from notifications.models import OutgoingMail
from sessions_app.models import Session
from sessions_app.testing import make_recorded, make_session
from sessions_app.tests.test_recording import pay
from sessions_app.tests.test_room_browser import let_in, moved_to
from tests.e2e.test_every_page import AXE, judge, unreached
from tests.window import browser, meanwhile

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@contextmanager
def window(*cookies: Any) -> Iterator[Page]:
    with browser() as opened:
        context = opened.new_context(viewport={"width": 1280, "height": 900})
        context.add_cookies(list(cookies))
        yield context.new_page()


def is_fit(page: Page, heading: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
    assert judge(page, AXE.read_text()) == [], heading
    assert unreached(page) == [], heading


@pytest.fixture
def recorded(consultant: Any) -> Session:
    return make_recorded(
        consultant,
        starts_at=next_slot_start(5),
        client=make_client(consultant, name="Farhan Qureshi"),
        price_paise=100_000,
    )


def test_a_session_that_is_not_there_and_a_link_that_opens_nothing(live_server: Any) -> None:
    with window() as page:
        for path in (f"/sessions/{uuid4()}/", "/s/" + "x" * 43 + "/"):
            answer = page.goto(live_server.url + path)
            assert answer is not None
            assert answer.status == 404
            is_fit(page, "This does not open here")


def test_a_door_that_has_just_been_closed(live_server: Any, consultant: Any) -> None:
    now = timezone.now()
    session = moved_to(
        make_session(consultant, starts_at=next_slot_start(3)), now - timedelta(minutes=12), status="in_progress"
    )
    with window(let_in(live_server, session)) as page:
        page.goto(f"{live_server.url}/sessions/{session.pk}/")
        meanwhile(lambda: Session.objects.filter(pk=session.pk).update(status="completed"))
        with page.context.expect_page() as coming:
            page.locator("form.join button").press("Enter")
        refused = coming.value
        refused.wait_for_load_state()
        assert refused.url.endswith("/join/")
        is_fit(refused, "The meeting is closed")


@pytest.mark.parametrize("stopped", [False, True])
def test_mails_of_a_kind_are_stopped_and_wanted_again(live_server: Any, recorded: Session, stopped: bool) -> None:
    assert recorded.client is not None
    mail = OutgoingMail.objects.filter(to=recorded.client.email).latest("created_at")
    OutgoingMail.objects.filter(pk=mail.pk).update(kind="session")
    address = reverse("notifications:mail_off", args=[unsubscribe.token_for(mail)])
    if stopped:
        Visitor().post(address)
    with window() as page:
        page.goto(live_server.url + address)
        is_fit(page, "Stopped" if stopped else "Stop mails of this kind?")


def test_the_end_of_an_account(live_server: Any, client_user: Any) -> None:
    visitor = Visitor()
    visitor.post("/accounts/login/", {"login": client_user.email, "password": PASSWORD})
    visitor.post("/accounts/reauthenticate/", {"password": PASSWORD})
    cookie = {"name": "sessionid", "value": visitor.cookies["sessionid"].value, "url": live_server.url}
    with window(cookie) as page:
        page.goto(f"{live_server.url}/me/delete/now/")
        page.locator("[name=word]").fill("DELETE")
        page.locator("[name=word]").press("Enter")
        is_fit(page, "Your account is deleted")


def test_a_guest_of_a_recorded_session_cancels_moves_and_pays_on_pages_fit_for_all(
    live_server: Any, recorded: Session, fake_gateway: Any
) -> None:
    cookie = let_in(live_server, recorded)
    with window(cookie) as page:
        page.goto(f"{live_server.url}/sessions/{recorded.pk}/")
        is_fit(page, recorded.consultant.display_name)
        for name, heading in (("cancel_mine", "Cancel this session?"), ("move_mine", "Move to another time")):
            path = reverse(f"sessions:{name}", args=[recorded.pk])
            page.goto(f"{live_server.url}/sessions/{recorded.pk}/")
            link = page.locator(f'a[href="{path}"]')
            link.press("Enter")
            page.wait_for_url(f"**{path}")
            is_fit(page, heading)
        page.goto(f"{live_server.url}/sessions/{recorded.pk}/")
        page.locator("[data-part=after] a.btn").first.press("Enter")
        page.wait_for_url("**/pay/")
        is_fit(page, "Pay")
        address = page.url
        meanwhile(lambda: pay(fake_gateway, recorded))
        page.goto(address)
        is_fit(page, "Paid. Thank you.")
