"""Clients in a real browser at both widths: axe, the keyboard, the main acts, and a list that is taken in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client as Browser
from django.urls import reverse

from clients.models import Client, ClientImport
from clients.services import add_client, add_field, importing
from dashboard.clients.tests.scene import make_booking, make_held
from dashboard.tests.test_practice_browser import browser
from naksha.testing import make_client
from tests.window import meanwhile

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
AXE = Path(settings.BASE_DIR, "node_modules/axe-core/axe.min.js")
RUN_AXE = """async () => (await axe.run(document, { resultTypes: ['violations'] })).violations
  .map(v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.target.join(' ')).join(' | '))"""
WIDTHS = (360, 1280)
LIST = "Name,Mail address,Since\nMeera Rao,rao@example.com,2020\nGita,gita,2021\n"


@pytest.fixture
def meera(consultant: Any) -> Client:
    add_field(consultant=consultant, label="Plan", kind="choice", choices=["Gold", "Silver"])
    made = add_client(
        consultant=consultant,
        actor=consultant.user,
        details={"name": "Meera Nair", "email": "meera@example.com", "phone": "+919820012345"},
        tags=["Regular", "Founder"],
        note="Likes mornings.",
    )
    make_held(consultant, made, days_ago=3)
    make_booking(made)
    return made


@pytest.fixture
def other(consultant: Any) -> Client:
    return make_client(consultant, name="Meera Nair", email="m.nair@example.com")


@pytest.fixture
def looked(consultant: Any) -> ClientImport:
    """A list of which nothing is written yet."""
    return importing.take_in(
        consultant=consultant, actor=consultant.user, filename="mine.csv", data=LIST.encode(), writes=False
    )


@pytest.fixture
def page(live_server: Any, consultant: Any, meera: Client, other: Client, looked: ClientImport) -> Iterator[Any]:
    """Open last of all: while it is, this thread asks the database nothing."""
    inside = Browser()
    inside.force_login(consultant.user)
    with browser() as opened:
        context = opened.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 900})
        cookie = inside.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        made = context.new_page()
        said: list[str] = []
        made.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        made.on("pageerror", lambda error: said.append(str(error)))
        yield made
        assert [words for words in said if "400" not in words] == []


def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    page: Any, meera: Client, other: Client, looked: ClientImport
) -> None:
    one = reverse("clients:client", args=[meera.pk])
    paths = [
        reverse("clients:list"),
        reverse("clients:new"),
        reverse("clients:fields"),
        reverse("clients:import_new"),
        reverse("clients:import", args=[looked.pk]),
        reverse("clients:edit", args=[meera.pk]),
        reverse("clients:merge", args=[meera.pk]),
        f"{reverse('clients:merge', args=[meera.pk])}?other={other.pk}",
        *(
            f"{one}?show={part}"
            for part in ("overview", "sessions", "money", "quotations", "messages", "files", "notes")
        ),
    ]
    wrong = []
    for path in paths:
        page.goto(path)
        page.evaluate(AXE.read_text())
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            if (wide := page.evaluate("document.documentElement.scrollWidth")) > width:
                wrong.append(f"{path} at {width}: {wide} px wide")
            wrong += [f"{path} at {width}: {line}" for line in page.evaluate(RUN_AXE)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_client_is_found_noted_archived_and_brought_back(page: Any, meera: Client, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(reverse("clients:list"))
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.type("meera")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=meera**")
    page.get_by_role("link", name="Meera Nair").nth(0).press("Enter")
    page.get_by_role("textbox", name="Note").fill("Asked for evenings.")
    page.get_by_role("button", name="Keep the note").press("Enter")
    page.get_by_text("The note is kept.").wait_for()
    assert page.get_by_text("Asked for evenings.").first.is_visible()
    page.get_by_role("button", name="Archive").click()
    page.get_by_text("is in the archive").wait_for()
    page.get_by_role("button", name="Bring back").click()
    page.get_by_text("is among your clients again").wait_for()


def test_two_become_one_after_they_were_shown(page: Any, meera: Client) -> None:
    page.goto(reverse("clients:client", args=[meera.pk]))
    page.get_by_role("link", name="Merge").click()
    page.get_by_role("listitem").filter(has_text="m.nair@example.com").get_by_role("link").click()
    assert page.get_by_text("This can’t be undone.").is_visible()
    page.get_by_role("button", name="Merge them").click()
    page.get_by_text("They are one client now.").wait_for()
    assert page.get_by_text("m.nair@example.com").first.is_visible()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_list_is_taken_in_with_its_progress_on_the_page(page: Any, consultant: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(reverse("clients:import_new"))
    file = {"name": "mine.csv", "mimeType": "text/csv", "buffer": LIST.encode()}
    page.get_by_label("CSV file").set_input_files(file)
    page.get_by_role("button", name="Look through the file").click()
    page.get_by_role("heading", name="What is in the columns?").wait_for()
    assert page.get_by_label("Since").input_value() == ""
    page.get_by_role("button", name="Look through the rows").click()
    page.get_by_text("0 of 2 rows looked through").wait_for()
    work = lambda: importing.work(ClientImport.objects.latest("created_at").pk)  # noqa: E731
    meanwhile(work)
    page.get_by_role("heading", name="Take these in?").wait_for()  # by itself
    assert page.get_by_text("Write a mail address like").is_visible()
    page.get_by_role("button", name="Take in 1 client").click()
    page.get_by_text("0 of 1 written").wait_for()
    meanwhile(work)
    page.get_by_role("heading", name="It is taken in").wait_for()
    page.get_by_role("link", name="See your clients").click()
    page.get_by_role("link", name="Meera Rao").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_list_is_stopped_says_what_is_left_and_goes_on(page: Any, consultant: Any, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(reverse("clients:import_new"))
    rows = "Name,Mail address\nMeera Rao,rao@example.com\nGita Rao,gita@example.com\n"
    page.get_by_label("CSV file").set_input_files({"name": "mine.csv", "mimeType": "text/csv", "buffer": rows.encode()})
    page.get_by_role("button", name="Look through the file").click()
    page.get_by_text("0 of 2 rows looked through").wait_for()
    assert page.get_by_role("button", name="Throw the list away").is_visible()
    work = lambda: importing.work(ClientImport.objects.latest("created_at").pk)  # noqa: E731
    meanwhile(work)
    page.get_by_role("button", name="Take in 2 clients").click()
    page.get_by_text("0 of 2 written").wait_for()
    page.get_by_role("button", name="Stop here").press("Enter")
    page.get_by_text("You have stopped it. What is written stays; 2 rows are left").wait_for()
    assert page.get_by_text("Not taken in yet").count() == 2
    page.evaluate(AXE.read_text())
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(RUN_AXE) == []
    page.get_by_role("button", name="Go on").press("Enter")
    page.get_by_text("0 of 2 written").wait_for()
    meanwhile(work)
    page.get_by_role("heading", name="It is taken in").wait_for()
