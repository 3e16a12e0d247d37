"""What is written of clients, what a consultant sets, and what else a page shows: each tells the pages that show it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from django.db import transaction
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from bookings.models import Booking
from bookings.services import give_up, hold
from bookings.testing import details
from clients.models import ClientProfile
from clients.personal import erase
from clients.services import claim, importing, keeping, merge, save_profile
from clients.testing import LIST
from consultants.models import BankAccount, Consultant
from consultants.services.banking import BankFacts, save_bank_account
from consultants.services.offers import change_service, close_service
from consultants.services.policy import change_policy
from consultants.services.profile import remove_photo, update_profile
from naksha.personal import Identity
from naksha.testing import make_client, make_service, next_slot_start
from notifications.live import group_of
from quotations import services as quoting
from quotations.testing import make_draft, make_sent
from sessions_app.access import Visitor
from sessions_app.models import Side
from sessions_app.payable import load
from sessions_app.services import complete, joining, open_price
from sessions_app.services.noting import save_notes
from sessions_app.testing import make_completed, make_recorded
from tests.listening import listens

pytestmark = pytest.mark.django_db(transaction=True)

# --- clients ----------------------------------------------------------------------------------------

OF_A_CLIENT = ["added", "changed", "tagged", "archived", "brought back", "noted", "note gone", "merged", "claimed"]
OF_A_CLIENT += ["their own profile", "erased", "a field", "a field changed", "a field gone", "a list"]


@pytest.mark.parametrize("act", OF_A_CLIENT)
def test_what_is_written_of_a_client_tells_the_pages_that_show_clients(
    act: str, heard: list[str], consultant: Consultant, client_user: User
) -> None:
    client = make_client(consultant, email=client_user.email, user=None if act == "claimed" else client_user)
    actor, other = consultant.user, make_client(consultant)
    field = keeping.add_field(consultant=consultant, label="Plan", kind="text")
    note = keeping.add_note(client=client, actor=actor, body="Prefers mornings.")
    if act == "brought back":
        keeping.archive(client=client, actor=actor)
    profile = dict.fromkeys(ClientProfile.COPIED, "")
    acts: dict[str, Callable[[], Any]] = {
        "added": lambda: keeping.add_client(
            consultant=consultant, actor=actor, details={"name": "Gita Rao", "email": "gita@x.example"}
        ),
        "changed": lambda: keeping.change_client(client=client, actor=actor, details={"name": "Gita Rao"}),
        "tagged": lambda: keeping.change_client(client=client, actor=actor, tags=["Law"]),
        "archived": lambda: keeping.archive(client=client, actor=actor),
        "brought back": lambda: keeping.restore(client=client, actor=actor),
        "noted": lambda: keeping.add_note(client=client, actor=actor, body="Likes tea."),
        "note gone": lambda: keeping.delete_note(note=note),
        "merged": lambda: merge(kept=client, gone=other, actor=actor),
        "claimed": lambda: claim(user=client_user, email=client_user.email),
        "their own profile": lambda: save_profile(user=client_user, name="Farhan Q", **{**profile, "phone": "+911"}),
        "erased": lambda: erase(clients=[client], identity=Identity.of([client.name])),
        "a field": lambda: keeping.add_field(consultant=consultant, label="Size", kind="text"),
        "a field changed": lambda: keeping.change_field(field=field, label="Size"),
        "a field gone": lambda: keeping.delete_field(field=field),
        "a list": lambda: importing.take_in(
            consultant=consultant, actor=actor, filename="a.csv", data=LIST.encode(), writes=True
        ),
    }
    heard.clear()
    acts[act]()
    assert "clients" in heard
    pages = ["clients:list", "dashboard:today", "quotations:list", "sessions:list", "money:due"]
    assert all("clients" in listens(consultant, reverse(page)) for page in pages)
    one = listens(consultant, reverse("clients:client", args=[other.pk if act == "erased" else client.pk]))
    assert "clients" in one


@pytest.mark.parametrize("page", ["quotations:rows", "money:due_rows", "dashboard:board"])
@pytest.mark.parametrize("act", ["renamed by the consultant", "renamed by themselves", "merged"])
def test_a_name_that_has_changed_is_no_304(act: str, page: str, consultant: Consultant, client_user: User) -> None:
    kept = make_client(consultant, name="Farhan", email="f@x.example")
    client = make_client(consultant, name=client_user.name, email=client_user.email, user=client_user)
    make_draft(consultant, client=client)
    browser = Browser()
    browser.force_login(consultant.user)
    version = browser.get(reverse(page)).headers["ETag"]
    assert browser.get(reverse(page), headers={"If-None-Match": version}).status_code == 304
    if act == "merged":
        merge(kept=kept, gone=client, actor=consultant.user)
    elif act == "renamed by themselves":
        save_profile(user=client_user, name="Farhan Q", **dict.fromkeys(ClientProfile.COPIED, ""))
    else:
        keeping.change_client(client=client, actor=consultant.user, details={"name": "Gita Rao"})
    assert browser.get(reverse(page), headers={"If-None-Match": version}).status_code == 200


# --- what a consultant sets, and what else a page shows -----------------------------------------------


SET = ["a service", "a service closed", "the profile", "the photo", "the terms", "the bank account", "the mail address"]


@pytest.mark.parametrize("act", SET)
def test_what_a_consultant_sets_tells_today_and_the_payouts(act: str, heard: list[str], consultant: Consultant) -> None:
    service = make_service(consultant)
    address = EmailAddress.objects.get_or_create(user=consultant.user, email=consultant.user.email)[0]
    bank: BankFacts = {
        "holder_name": "Asha Rao",
        "number": "123456784321",
        "ifsc": "HDFC0001234",
        "kind": "savings",
        "pan": None,
    }
    acts: dict[str, Callable[[], Any]] = {
        "a service": lambda: change_service(service=service, title="First hour"),
        "a service closed": lambda: close_service(service=service),
        "the profile": lambda: update_profile(consultant=consultant, headline="Law, plainly"),
        "the photo": lambda: remove_photo(consultant=consultant),
        "the terms": lambda: change_policy(consultant=consultant, changes={"answer_hours": 12}),
        "the bank account": lambda: save_bank_account(consultant=consultant, facts=bank),
        "the mail address": lambda: email_confirmed.send(EmailAddress, request=None, email_address=address),
    }
    heard.clear()
    acts[act]()
    assert "setup" in heard
    assert all("setup" in listens(consultant, reverse(page)) for page in ("dashboard:today", "money:payouts"))


def test_the_hours_tell_today_which_asks_for_them(consultant: Consultant) -> None:
    assert "calendar" in listens(consultant, reverse("dashboard:today"))


def test_another_bank_account_is_no_304_for_the_payouts(consultant: Consultant) -> None:
    browser, page = Browser(), reverse("money:payout_parts")
    browser.force_login(consultant.user)
    version = browser.get(page).headers["ETag"]
    assert browser.get(page, headers={"If-None-Match": version}).status_code == 304
    BankAccount.objects.create(consultant=consultant, holder_name="Asha Rao", number="123456784321", ifsc="HDFC0001234")
    answer = browser.get(page, headers={"If-None-Match": version})
    assert answer.status_code == 200
    assert "XXXXXXXX4321" in answer.content.decode()
    BankAccount.objects.get().delete()
    assert browser.get(page, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 200


@pytest.mark.parametrize("act", ["held", "let go", "lapsed"])
def test_a_time_that_is_held_and_one_that_is_free_again_tell_the_calendar(
    act: str, heard: list[str], consultant: Consultant
) -> None:
    service = make_service(consultant, price_paise=100_000)

    def take() -> Booking:
        return hold(service=service, starts_at=next_slot_start(days=3), details=details())[0]

    booking = None if act == "held" else take()
    heard.clear()
    if booking is None:
        take()
    elif act == "let go":
        give_up.abandon(booking=booking)
    else:
        Booking.objects.update(hold_expires_at=timezone.now() - timedelta(minutes=1))
        assert give_up.lapse(booking=booking)
    assert "calendar" in heard


@pytest.mark.parametrize("act", ["notes", "a summary", "came", "left"])
def test_what_a_sessions_page_shows_of_its_room_tells_it(act: str, heard: list[str], consultant: Consultant) -> None:
    session = make_completed(consultant)
    visitor = Visitor(session, Side.CONSULTANT, None, consultant.user)
    if act == "left":
        joining.enter(visitor=visitor)
    acts: dict[str, Callable[[], Any]] = {
        "notes": lambda: save_notes(session=session, private="Ask for the deed.", shared="", version=0),
        "a summary": lambda: complete(session=session, actor=consultant.user, summary="We went through the deed."),
        "came": lambda: joining.enter(visitor=visitor),
        "left": lambda: joining.leave(visitor=visitor),
    }
    heard.clear()
    acts[act]()
    assert set(heard) & set(listens(consultant, reverse("sessions:desk", args=[session.pk])))


@pytest.mark.parametrize("act", ["mailed again", "new link"])
def test_a_quotation_whose_way_to_its_client_changes_tells_both(
    act: str, told: dict[str, list[str]], heard: list[str], consultant: Consultant, client_user: User
) -> None:
    quotation, _token = make_sent(consultant, client=make_client(consultant, user=client_user))
    acts: dict[str, Callable[..., Any]] = {"mailed again": quoting.mail_again, "new link": quoting.new_link}
    told.clear()
    acts[act](quotation=quotation, actor=consultant.user)
    assert "quotations" in told[group_of(consultant.user_id)]
    assert "quotations" in told[group_of(client_user.pk)]


def test_a_recorded_session_that_is_paid_tells_its_clients_list(
    told: dict[str, list[str]], consultant: Consultant, client_user: User
) -> None:
    session = make_recorded(consultant, client=make_client(consultant, user=client_user), price_paise=100_000)
    payment = open_price(session=session)
    told.clear()
    with transaction.atomic():
        load(session.pk).payment_captured(payment)
    assert "sessions" in told[group_of(client_user.pk)]
