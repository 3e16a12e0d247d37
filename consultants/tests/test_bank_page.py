"""Where earnings go: shown masked, changed only by who has just proved who they are, and told by mail."""

from __future__ import annotations

import json
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry
from consultants.models import BankAccount, Consultant
from consultants.services.banking import BankFacts, save_bank_account
from naksha.testing import PASSWORD, make_consultant
from notifications.models import Notification, OutgoingMail
from notifications.rendering import render_mail

pytestmark = pytest.mark.django_db
BANK = reverse("consultants:bank_account")
SHOWN = reverse("consultants:invoice_details")
TYPED = {"holder_name": "Asha Rao", "number": "1234 5678 4321", "ifsc": "hdfc0001234", "kind": "savings"}
FACTS: BankFacts = {**TYPED, "pan": None}  # type: ignore[typeddict-item]


@pytest.fixture
def owner(client: Client, consultant: Consultant) -> Client:
    client.post("/accounts/login/", {"login": consultant.user.email, "password": PASSWORD})
    return client


@pytest.fixture
def proved(owner: Client) -> Client:
    owner.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return owner


def test_who_has_not_just_proved_who_they_are_is_asked_to(owner: Client) -> None:
    asked = owner.get(BANK)
    assert asked.status_code == 302
    assert asked.url.startswith("/accounts/reauthenticate/?next=")


def test_what_is_typed_too_late_stays_on_the_page_and_nowhere_else(owner: Client) -> None:
    answer = owner.post(BANK, TYPED)
    assert answer.status_code == 403
    page = answer.content.decode()
    assert "Show once more who you are" in page
    assert 'value="1234 5678 4321"' in page
    assert not BankAccount.objects.exists()
    assert all("4321" not in str(row.get_decoded()) for row in Session.objects.all())
    assert "no-store" in answer["Cache-Control"]


def test_the_proof_is_good_for_five_minutes(owner: Client) -> None:
    with time_machine.travel("2026-11-21T06:00:00Z", tick=False) as clock:
        owner.force_login(Consultant.objects.get().user)
        owner.post("/accounts/reauthenticate/", {"password": PASSWORD})
        clock.shift(299)
        assert owner.post(BANK, TYPED).status_code == 302
        clock.shift(2)
        assert owner.post(BANK, {**TYPED, "ifsc": "SBIN0000300"}).status_code == 403
    assert BankAccount.objects.get().ifsc == "HDFC0001234"


def test_the_account_is_kept_sealed_and_shown_masked(proved: Client, consultant: Consultant) -> None:
    page = proved.post(BANK, TYPED, follow=True).content.decode()
    assert "XXXXXXXX4321" in page
    assert "12345678" not in page
    assert "12345678" not in proved.get(BANK).content.decode()
    account = BankAccount.objects.get(consultant=consultant)
    assert (account.number, account.ifsc, account.kind) == ("123456784321", "HDFC0001234", "savings")
    entry = AuditEntry.objects.get(action="consultant.bank_account_changed")
    assert (entry.actor, entry.data["changed"]) == (consultant.user, ["holder_name", "number", "ifsc", "kind"])


def test_a_number_left_empty_is_kept(proved: Client, consultant: Consultant) -> None:
    save_bank_account(consultant=consultant, facts=FACTS)
    assert proved.post(BANK, {**TYPED, "number": "", "ifsc": "SBIN0000300"}).status_code == 302
    account = BankAccount.objects.get()
    assert (account.number, account.ifsc) == ("123456784321", "SBIN0000300")


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("number", "12345678", "9 to 18 digits"),
        ("number", "", "9 to 18 digits"),
        ("number", "1" * 41, "40"),
        ("ifsc", "HDFC1001234", "four letters, a zero"),
        ("holder_name", "  ", "This is needed"),
        ("kind", "gold", "is not offered"),
    ],
)
def test_what_is_wrong_is_said_and_kept(proved: Client, field: str, typed: str, words: str) -> None:
    answer = proved.post(BANK, {**TYPED, field: typed})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert answer.context["form"]["holder_name"].value() == {**TYPED, field: typed}["holder_name"]
    assert not BankAccount.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_a_change_is_told_by_mail_and_on_screen_with_the_number_masked(consultant: Consultant) -> None:
    save_bank_account(consultant=consultant, facts=FACTS)
    mail = OutgoingMail.objects.get(template="bank_account_changed")
    assert (mail.to, mail.kind) == (consultant.user.email, "")
    assert "12345678" not in mail.sealed_context
    assert "XXXXXXXX4321" in mail.sealed_context
    assert "XXXXXXXX4321" in Notification.objects.get(user=consultant.user).body
    save_bank_account(consultant=consultant, facts={**FACTS, "number": None})
    assert OutgoingMail.objects.count() == 1  # nothing has changed


def test_another_pan_alone_is_told_too(consultant: Consultant) -> None:
    save_bank_account(consultant=consultant, facts=FACTS)
    only = dict.fromkeys(FACTS)
    save_bank_account(consultant=consultant, facts={**only, "pan": "AAPPV1234K"})
    mail = OutgoingMail.objects.get(template="pan_changed")
    assert (mail.to, mail.kind, OutgoingMail.objects.count()) == (consultant.user.email, "", 2)
    assert "AAPPV1234K" not in mail.sealed_context
    told = Notification.objects.filter(user=consultant.user).latest("created_at")
    assert (told.title, told.body[:15]) == ("The PAN for your payouts was changed", "To AAPPVXXXXK. ")
    drawn = render_mail("pan_changed", json.loads(mail.sealed_context))
    assert drawn.subject == "The PAN for your payouts was changed"
    assert "PAN: AAPPVXXXXK" in drawn.text
    assert "They go to the same account as before." in drawn.text
    save_bank_account(consultant=consultant, facts={**only, "pan": "AAPPV1234K"})
    assert OutgoingMail.objects.count() == 2  # nothing has changed


def test_the_mail_says_where_the_money_goes_and_what_to_do() -> None:
    facts = {"account": "XXXXXXXX4321", "ifsc": "HDFC0001234", "holder_name": "Asha Rao", "timezone": "Asia/Kolkata"}
    mail = render_mail("bank_account_changed", {**facts, "at": "2026-11-21T06:00:00Z", "bank_url": "https://x.test/"})
    assert "Account: XXXXXXXX4321" in mail.text
    assert "If this was not you, choose a new password at once" in mail.text


def test_an_applicant_has_no_account_to_set(client: Client) -> None:
    draft = make_consultant(status="draft")
    client.force_login(draft.user)
    assert client.get(BANK).url == reverse("consultants:application")
    assert client.post(BANK, TYPED).url == reverse("consultants:application")
    assert "Where you are paid out" not in client.get(SHOWN).content.decode()


def test_it_is_ones_own_account(
    proved: Client, other_consultant: Consultant, django_assert_max_num_queries: Any
) -> None:
    save_bank_account(consultant=other_consultant, facts={**FACTS, "number": "999988887777"})
    with django_assert_max_num_queries(9):
        assert "7777" not in proved.get(BANK).content.decode()
    assert "7777" not in proved.get(SHOWN).content.decode()
