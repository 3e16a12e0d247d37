"""Clients, sessions, money and settings: what is written down, changed, marked and taken along."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from bookings.testing import make_paid
from clients.models import Client
from consultants.models import BankAccount, Consultant
from naksha.testing import PASSWORD, make_client, next_slot_start
from payments.models import LedgerEntry, Payment
from sessions_app.models import Session
from sessions_app.testing import make_recorded
from tests.acts.walk import SCREENS, Screen, Walk, rows_of, walking
from tests.window import meanwhile

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.parametrize("screen", SCREENS)]


def test_a_client_is_added_and_changed_and_an_address_that_is_taken_leads_to_whose_it_is(
    live_server: Any, consultant: Consultant, screen: Screen
) -> None:
    make_client(consultant, name="Kabir Shah", email="kabir@example.com")
    with walking(live_server, consultant.user, screen, "client") as walk:
        walk.open("/dashboard/clients/")
        walk.press(walk.link("New client"))
        walk.type(walk.page.get_by_label("Mail address"), "kabir")
        walk.press(walk.button("Add the client"))
        walk.error_beside("Name", "Write the name.")
        walk.fits("wrong")
        walk.type(walk.page.get_by_label("Name"), "Meera Iyer")
        walk.type(walk.page.get_by_label("Mail address"), "kabir@example.com")
        walk.press(walk.button("Add the client"))
        walk.sees("Kabir Shah has this address already.")
        expect(walk.link("Open their page")).to_be_visible()
        walk.fits("taken")
        walk.type(walk.page.get_by_label("Mail address"), "meera@example.com")
        walk.press(walk.button("Add the client"))
        walk.sees("Meera Iyer is your client now.")
        walk.fits("added")
        walk.press(walk.link(re.compile("^(Change|Edit)")))
        walk.type(walk.page.get_by_label("Tags"), "Founder, GST")
        walk.type(walk.page.get_by_label("Phone"), "98200 12345")
        walk.press(walk.button("Save"))
        walk.sees("Founder")
        walk.fits("changed")
    meera = Client.objects.get(email="meera@example.com")
    assert (meera.name, meera.phone) == ("Meera Iyer", "+919820012345")
    assert sorted(meera.tags.values_list("name", flat=True)) == ["Founder", "GST"]
    assert Client.objects.count() == 2


def test_a_session_is_recorded_and_said_to_be_paid_elsewhere(
    live_server: Any, consultant: Consultant, screen: Screen
) -> None:
    make_client(consultant, name="Meera Iyer", email="meera@example.com")
    held = timezone.localdate() - timedelta(days=3)

    def elsewhere() -> list[int]:
        return meanwhile(lambda: list(Session.objects.values_list("elsewhere_paise", flat=True)))  # type: ignore[no-any-return]

    with walking(live_server, consultant.user, screen, "session") as walk:
        page = walk.page
        walk.open("/dashboard/sessions/")
        walk.press(walk.link("New session").first)
        walk.press(walk.button("Record the session"))
        walk.error_beside("Name", "Write the name.")
        walk.fits("nothing written")
        walk.type(page.get_by_label("Client", exact=True), "meera@example.com")
        walk.type(page.get_by_label("What it is"), "Second opinion")
        page.get_by_label("Day").fill(held.isoformat())
        page.get_by_label("Start").fill("11:00")
        walk.type(page.get_by_label("Price"), "1,500")
        walk.press(walk.button("Record the session"))
        walk.sees("Recorded as held.")
        walk.sees("Left to pay")
        walk.fits("recorded")
        walk.press(page.locator("main").get_by_role("link", name="Sessions", exact=True))
        walk.press(walk.link(re.compile("^All")))
        opener = page.locator("[data-acts=money]")
        expect(opener).to_contain_text("Not paid")
        walk.press(opener)
        walk.press(page.locator("[data-busy]").get_by_role("button", name="Paid elsewhere"))
        expect(page.locator(".toast")).to_contain_text("Nobody asks for it any more.")
        expect(opener).to_contain_text("Paid elsewhere")
        assert elsewhere() == [150_000]
        walk.press(opener)
        expect(page.locator("[data-busy]").get_by_role("button", name="Not paid after all")).to_be_focused()
        walk.fits("its menu")
        page.keyboard.press("Enter")
        expect(opener).to_contain_text("Not paid")
        assert elsewhere() == [0]
        walk.press(page.locator("[data-row] input[name=id]"), "Space")
        walk.press(page.locator(".bulk").get_by_role("button", name="Paid elsewhere…"))
        walk.heading("Was 1 session paid elsewhere?")
        walk.fits("several")
        walk.press(walk.button("Mark 1 as paid elsewhere"))
        walk.heading("1 session was paid elsewhere")
        walk.press(walk.link(re.compile("Second opinion")))
        walk.sees("not in your revenue or payouts")
        walk.fits("paid elsewhere")
    assert not Payment.objects.exists()
    assert not LedgerEntry.objects.exists()


def test_what_was_found_is_taken_along_as_files_with_its_rows(
    live_server: Any, consultant: Consultant, fake_gateway: Any, screen: Screen
) -> None:
    make_paid(fake_gateway, consultant)
    for day, name in ((4, "Meera Iyer"), (5, "=Kabir Shah")):
        client = make_client(consultant, name=name)
        make_recorded(consultant, starts_at=next_slot_start(day), client=client, price_paise=150_000)
    with walking(live_server, consultant.user, screen, "files") as walk:
        walk.open("/dashboard/sessions/?show=all&pay=pending")
        sessions = walk.fetched(walk.link("CSV"))
        walk.open("/dashboard/clients/")
        clients = walk.fetched(walk.link(re.compile("CSV|Export")))
        walk.open("/dashboard/payments/")
        payments = walk.fetched(walk.link("CSV"))
        walk.open("/dashboard/payments/statement/")
        walk.fits("statement")
        statement = walk.fetched(walk.link(re.compile("^CSV")))
        paper = walk.fetched(walk.link(re.compile("^PDF")))
        walk.open("/dashboard/analytics/")
        days = walk.fetched(walk.link("All days as CSV"))
    assert [row["clientName"] for row in rows_of(sessions)] == ["'=Kabir Shah", "Meera Iyer"]
    assert {row["paymentStatus"] for row in rows_of(sessions)} == {"PENDING"}
    assert {row["Name"] for row in rows_of(clients)} == {"'=Kabir Shah", "Meera Iyer", "Farhan Qureshi"}
    assert len(rows_of(payments)) == 1
    moved = rows_of(statement)
    assert [row["What"] for row in (moved[0], moved[-1])] == ["Opening balance", "Closing balance"]
    assert [row["Client paid"] for row in moved[1:-1]] == ["1500.00"]
    assert paper[0].endswith(".pdf")
    assert paper[1].startswith(b"%PDF")
    assert [row["received_inr"] for row in rows_of(days) if row["way"]] == ["1500.00"]


def prove(walk: Walk) -> None:
    walk.type(walk.page.get_by_label("Password", exact=True), PASSWORD)
    walk.page.keyboard.press("Enter")


def test_where_the_money_goes_changes_after_a_fresh_proof(
    live_server: Any, consultant: Consultant, screen: Screen
) -> None:
    with walking(live_server, consultant.user, screen, "bank") as walk:
        walk.open("/dashboard/settings/bank/")
        walk.fits("who are you")
        prove(walk)
        walk.heading("Your bank account")
        walk.type(walk.page.get_by_label("Account holder"), "Asha Rao")
        walk.type(walk.page.get_by_label("Account number"), "1234 5678 4321")
        walk.type(walk.page.get_by_label("IFSC"), "HDFC1001234")
        walk.press(walk.button("Save the account"))
        walk.error_beside("IFSC", "four letters, a zero")
        walk.fits("no such bank")
        walk.type(walk.page.get_by_label("IFSC"), "hdfc0001234")
        walk.press(walk.button("Save the account"))
        walk.sees("Your next payout goes to this account.")
        expect(walk.page.locator("main")).not_to_contain_text("12345678")
        walk.fits("saved")
    account = BankAccount.objects.get()
    assert (account.holder_name, account.number, account.ifsc) == ("Asha Rao", "123456784321", "HDFC0001234")


def test_another_address_is_looked_at_and_taken_and_the_old_one_leads_there(
    live_server: Any, consultant: Consultant, other_consultant: Consultant, screen: Screen
) -> None:
    with walking(live_server, consultant.user, screen, "address") as walk:
        walk.open("/dashboard/profile/address/")
        walk.type(walk.page.get_by_label("New address"), other_consultant.slug)
        walk.press(walk.button("Look what changes"))
        walk.told()
        walk.fits("taken")
        walk.type(walk.page.get_by_label("New address"), "asha-rao-tax")
        walk.press(walk.button("Look what changes"))
        walk.heading("Change the address?")
        walk.fits("what changes")
        walk.press(walk.button("Change the address"))
        walk.sees("Your page is at /asha-rao-tax now.")
        walk.fits("changed")
        walk.open("/asha-rao/")
        expect(walk.page).to_have_url(re.compile("/asha-rao-tax/$"))
    consultant.refresh_from_db()
    assert consultant.slug == "asha-rao-tax"
