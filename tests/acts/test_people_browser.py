"""Clients as people: found, noted, made one, put away and brought back; and a list of them that is taken in."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from clients.models import Client, ClientImport
from clients.services import importing
from consultants.models import Consultant
from naksha.testing import make_client
from sessions_app.models import Session
from sessions_app.testing import make_session
from tests.acts.walk import SCREENS, Screen, rows_of, walking
from tests.window import meanwhile

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.parametrize("screen", SCREENS)]
LIST = "Name,Mail address,Since\nMeera Rao,rao@example.com,2020\nGita,gita,2021\nDev Bose,bose@example.com,2022\n"


def test_a_client_is_found_noted_made_one_with_another_put_away_and_brought_back(
    live_server: Any, consultant: Consultant, screen: Screen
) -> None:
    meera = make_client(consultant, name="Meera Nair", email="meera@example.com")
    twin = make_client(consultant, name="Meera Nair", email="m.nair@example.com", phone="+919820012345")
    make_client(consultant, name="Kabir Shah", email="kabir@example.com")
    session = make_session(consultant, client=twin)
    with walking(live_server, consultant.user, screen, "people") as walk:
        page = walk.page
        walk.open("/dashboard/clients/")
        page.keyboard.press("/")
        page.keyboard.insert_text("meera@")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("q=meera"))
        walk.fits("found")
        walk.press(walk.link("Meera Nair"))
        walk.type(page.locator("main textarea"), "Asks for evenings.")
        walk.press(walk.button("Keep the note"))
        walk.sees("The note is kept.")
        walk.press(walk.link(re.compile("^Merge")))
        walk.press(walk.link(re.compile("m.nair@")))
        walk.heading("Make them one?")
        walk.sees("This can’t be undone.")
        walk.fits("the two")
        walk.press(walk.button("Merge them"))
        walk.sees("They are one client now.")
        walk.fits("one")
        walk.press(walk.button("Archive"))
        walk.sees("is in the archive")
        walk.fits("put away")
        assert meanwhile(lambda: Client.objects.get(pk=meera.pk).archived_at) is not None
        walk.press(page.locator("main .title").get_by_role("link", name="Clients"))
        expect(walk.link("Meera Nair")).to_have_count(0)
        walk.press(walk.link("Archive"))
        walk.press(walk.link("Meera Nair"))
        walk.press(walk.button("Bring back"))
        walk.sees("is among your clients again")
    kept = Client.objects.get(name="Meera Nair")
    assert (kept.pk, kept.email, kept.phone, kept.archived_at) == (meera.pk, meera.email, meera.phone, None)
    assert Session.objects.get(pk=session.pk).client_id == meera.pk
    assert kept.addresses.get().email == "m.nair@example.com"
    notes = "\n".join(kept.notes.values_list("body", flat=True))
    assert "Asks for evenings." in notes
    assert "+919820012345" in notes  # what differed is not lost


def test_a_list_is_tried_confirmed_stopped_and_taken_in_to_its_end(
    live_server: Any, consultant: Consultant, screen: Screen
) -> None:
    def work() -> None:
        meanwhile(lambda: importing.work(ClientImport.objects.get().pk))

    def names() -> set[str]:
        return meanwhile(lambda: set(Client.objects.values_list("name", flat=True)))  # type: ignore[no-any-return]

    with walking(live_server, consultant.user, screen, "import") as walk:
        page = walk.page
        walk.open("/dashboard/clients/")
        walk.press(walk.link("Import"))
        walk.heading("Import clients")
        walk.fits("which file")
        file = {"name": "mine.csv", "mimeType": "text/csv", "buffer": LIST.encode()}
        page.get_by_label("CSV file").set_input_files(file)
        walk.press(walk.button("Look through the file"))
        walk.heading("What is in the columns?")
        walk.fits("columns")
        walk.press(walk.button("Look through the rows"))
        walk.sees("0 of 3 rows looked through")
        work()
        walk.heading("Take these in?")
        walk.sees("2 would be new, 0 changed; 0 are known already, and 1 is refused.")
        walk.sees("Write a mail address like")
        walk.fits("tried")
        report = rows_of(walk.fetched(walk.link("All rows as a file")))
        assert names() == set()
        walk.press(walk.button("Take in 2 clients"))
        walk.sees("0 of 2 written")
        walk.fits("going on")
        walk.press(walk.button("Stop here"))
        walk.sees("You have stopped it. What is written stays; 2 rows are left")
        walk.fits("stopped")
        work()
        assert names() == set()
        walk.press(walk.button("Go on"))
        walk.sees("0 of 2 written")
        work()
        walk.heading("It is taken in")
        walk.sees("2 clients are new, 0 were changed, 1 row was refused.")
        walk.fits("taken in")
        walk.press(walk.link("See your clients"))
        expect(walk.link("Dev Bose")).to_be_visible()
    assert [row["Name"] for row in report] == ["Meera Rao", "Gita", "Dev Bose"]
    assert names() == {"Meera Rao", "Dev Bose"}
