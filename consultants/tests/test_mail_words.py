"""A consultant's own words in the mails to clients: beside the platform's facts, as plain text, in both parts."""

from __future__ import annotations

import json
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry
from consultants.models import Consultant, MailWords
from consultants.services.mail_words import SAID_IN, SIGNED, for_mail, save_mail_words, words_of
from naksha.testing import make_client, make_service
from notifications.message import build_message
from notifications.models import OutgoingMail
from notifications.rendering import render_mail
from notifications.services import send_mail
from notifications.tests.samples import SAMPLES

pytestmark = pytest.mark.django_db
MAILS = reverse("consultants:mails")
PREVIEW = reverse("consultants:mail_preview")
WORDS = {
    "confirmation": "Bring your PAN card.\n\nThe bell says Rao.",
    "reminder": "Have the notice at hand.",
    "follow_up": "Write if a question comes up.",
    "signature": "Asha Rao\nTax, in plain words",
}
HOSTILE = "<script>alert(1)</script>\r\nBcc: all@example.com\r\n<a href='https://evil.example/'>See your booking</a>"


@pytest.fixture
def owner(client: Client, consultant: Consultant) -> Client:
    client.force_login(consultant.user)
    return client


def facts(template: str, consultant: Consultant) -> dict[str, Any]:
    return {**SAMPLES[template], **for_mail(template, consultant.pk)}


# --- what is kept


def test_words_are_kept_by_kind_and_an_empty_text_takes_them_away(consultant: Consultant) -> None:
    save_mail_words(consultant=consultant, words=WORDS)
    save_mail_words(consultant=consultant, words={"reminder": "  \n "})
    assert words_of(consultant.pk) == {kind: text for kind, text in WORDS.items() if kind != "reminder"}
    trail = AuditEntry.objects.filter(action="consultant.mail_words_changed").order_by("created_at")
    assert [entry.data["changed"] for entry in trail] == [sorted(WORDS), ["reminder"]]


def test_they_are_kept_without_signs_that_no_reader_sees(consultant: Consultant) -> None:
    save_mail_words(consultant=consultant, words={"signature": "Asha\x00 \u202eRao\r\n\r\n\r\n\r\nPune"})
    assert words_of(consultant.pk) == {"signature": "Asha Rao\n\nPune"}


@pytest.mark.parametrize(
    "row",
    [
        {"kind": "signature", "words": "x" * 301},
        {"kind": "reminder", "words": ""},
        {"kind": "invoice", "words": "x"},
    ],
)
def test_the_database_keeps_the_limits(consultant: Consultant, row: dict[str, str]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        MailWords.objects.create(consultant=consultant, **row)


def test_there_is_one_row_of_a_kind(consultant: Consultant) -> None:
    MailWords.objects.create(consultant=consultant, kind="reminder", words="x" * 600)
    with pytest.raises(IntegrityError), transaction.atomic():
        MailWords.objects.create(consultant=consultant, kind="reminder", words="y")


# --- what the mails say


@pytest.mark.parametrize("template", sorted(SIGNED))
def test_each_mail_says_its_words_in_both_parts_and_all_of_its_own_facts(template: str, consultant: Consultant) -> None:
    plain = render_mail(template, SAMPLES[template])
    save_mail_words(consultant=consultant, words=WORDS)
    mail = render_mail(template, facts(template, consultant))
    own = WORDS[SAID_IN[template]] if template in SAID_IN else ""
    for words in (*own.split("\n"), *WORDS["signature"].split("\n")):
        assert words in mail.text
        assert words in mail.html
    others = [WORDS[kind] for kind in ("reminder", "follow_up") if kind != SAID_IN.get(template)]
    assert not any(words in mail.text for words in others)
    assert mail.subject == plain.subject
    assert [line for line in plain.text.splitlines() if line not in mail.text.splitlines()] == []


def test_words_that_nobody_wrote_leave_no_trace(consultant: Consultant) -> None:
    for template in SIGNED:
        assert render_mail(template, facts(template, consultant)) == render_mail(template, SAMPLES[template])


def test_words_are_text_and_hide_no_link(consultant: Consultant) -> None:
    save_mail_words(consultant=consultant, words={"confirmation": HOSTILE, "signature": HOSTILE})
    mail = render_mail("booking_confirmed_client", facts("booking_confirmed_client", consultant))
    assert "<script" not in mail.html
    assert "evil.example/'" in mail.html
    assert "<a href='https://evil" not in mail.html
    assert 'href="https://evil' not in mail.html
    assert "https://evil.example/" in mail.text


def test_words_never_reach_a_header(consultant: Consultant) -> None:
    save_mail_words(consultant=consultant, words={"confirmation": HOSTILE, "signature": HOSTILE})
    row = send_mail(
        template="booking_confirmed_client",
        to="farhan@example.com",
        context=facts("booking_confirmed_client", consultant),
    )
    message = build_message(row).message()
    assert "Bcc" not in message
    assert "all@example.com" not in str(message["Subject"])
    assert message["To"] == "farhan@example.com"


def test_a_mail_about_money_or_a_cancellation_is_ours_alone(consultant: Consultant) -> None:
    save_mail_words(consultant=consultant, words=WORDS)
    for template in ("booking_cancelled_client", "balance_due", "refund_sent", "called_off_client", "booking_link"):
        assert for_mail(template, consultant.pk) == {}


@pytest.mark.django_db(transaction=True)
def test_a_real_booking_a_recorded_session_and_a_quotation_carry_them(
    consultant: Consultant, other_consultant: Consultant, fake_gateway: Any
) -> None:
    from bookings.testing import make_paid
    from quotations.testing import make_sent

    save_mail_words(consultant=consultant, words=WORDS)
    make_paid(fake_gateway, consultant)
    make_sent(consultant, client=make_client(consultant))
    make_paid(fake_gateway, other_consultant)
    sent = {mail: json.loads(mail.sealed_context) for mail in OutgoingMail.objects.all()}
    ours = {mail.template: told for mail, told in sent.items() if told.get("signature")}
    assert ours["booking_confirmed_client"]["own_words"] == WORDS["confirmation"]
    assert ours["quotation_sent"]["own_words"] == ""
    booked = [told for mail, told in sent.items() if mail.template == "booking_confirmed_client"]
    assert sorted(told["signature"] for told in booked) == ["", WORDS["signature"]]


# --- the page


def test_what_is_too_long_is_said_and_kept_on_the_page(owner: Client, consultant: Consultant) -> None:
    answer = owner.post(MAILS, {**WORDS, "reminder": "x" * 601, "signature": "y" * 10_000})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "x" * 601 in page
    assert "600 signs are the most, and these are 601." in page
    assert "300 signs are the most, and these are 10000." in page
    assert words_of(consultant.pk) == {}


def test_they_are_saved_and_shown_again(owner: Client, consultant: Consultant, other_consultant: Consultant) -> None:
    page = owner.post(MAILS, WORDS, follow=True)
    assert "The next mails carry these words." in page.content.decode()
    assert page.context["form"]["signature"].value() == WORDS["signature"]
    assert words_of(consultant.pk) == WORDS
    assert words_of(other_consultant.pk) == {}


@time_machine.travel("2026-11-21T06:00:00Z", tick=False)
def test_the_preview_is_the_mail_with_what_is_typed(owner: Client, consultant: Consultant) -> None:
    make_service(consultant, title="A second opinion", minutes=45)
    page = owner.post(PREVIEW, {**WORDS, "reminder": HOSTILE, "kind": "reminder"}).content.decode()
    assert "A second opinion" in page
    assert "Sunday 22 November" in page
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert "Tax, in plain words" in page
    assert words_of(consultant.pk) == {}


def test_the_preview_is_of_what_is_kept_where_nothing_is_typed(owner: Client, consultant: Consultant) -> None:
    save_mail_words(consultant=consultant, words=WORDS)
    assert "Bring your PAN card." in owner.get(PREVIEW).content.decode()
    assert "Write if a question comes up." in owner.get(PREVIEW, {"kind": "follow_up"}).content.decode()
    assert owner.get(PREVIEW, {"kind": "invoice"}).status_code == 404


def test_the_preview_stands_in_a_frame_of_ours_alone_and_runs_nothing(owner: Client) -> None:
    answer = owner.get(PREVIEW)
    policy = answer["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in policy
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize("kind", ["confirmation", "reminder", "follow_up", "signature"])
def test_a_preview_is_whole_without_a_service_or_a_page(owner: Client, consultant: Consultant, kind: str) -> None:
    Consultant.objects.filter(pk=consultant.pk).update(is_listed=False)
    page = owner.get(PREVIEW, {"kind": kind}).content.decode()
    assert "href=" not in page
    assert "None" not in page
    assert "Asha" in page
