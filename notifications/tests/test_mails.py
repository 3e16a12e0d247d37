"""Every mail reads well in both parts, leads where it should, and lets nobody write into it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings

from notifications.rendering import render_mail
from notifications.tests.samples import ACTS, BOOKING, CODE, LOST, SAMPLES

NAMES = sorted(SAMPLES)
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def _this_year() -> Any:
    with time_machine.travel("2026-11-20T10:00:00Z", tick=False):
        yield


@pytest.mark.parametrize(
    "template",
    ["refund_sent", "booking_cancelled_client", "session_cancelled_client", "session_no_show", "reminder_client"],
)
def test_a_page_that_nobody_can_open_is_not_linked(template: str) -> None:
    facts = {**SAMPLES[template], "consultant_page": "", "nearest": []}
    mail = render_mail(template, facts)
    assert 'href=""' not in mail.html
    assert "ira-deshmukh" not in mail.html
    if template in ("booking_cancelled_client", "session_cancelled_client", "session_no_show"):
        assert f"{settings.SITE_URL}/consultants/" in mail.html


def test_every_template_has_a_sample() -> None:
    folder = Path(settings.BASE_DIR) / "templates" / "mail"
    found = {str(path.relative_to(folder).with_suffix("")) for path in folder.rglob("*.html")}
    assert {name for name in found if not name.startswith("parts/")} - {"base"} == set(SAMPLES)


@pytest.mark.parametrize("name", NAMES)
def test_a_mail_is_whole(name: str) -> None:
    mail = render_mail(name, SAMPLES[name])
    assert 10 < len(mail.subject) < 100
    for part in (mail.subject, mail.text, mail.html):
        assert "{{" not in part
        assert "{%" not in part
        assert "None" not in part
    assert mail.html.startswith("<!doctype html>")
    assert "<h1 style=" in mail.html
    assert len(mail.html) < 20_000  # mail programs cut at about 100 kB
    act = ACTS[name]
    if act:
        assert f'href="{act}"' in mail.html
        assert f": {act}" in mail.text


@pytest.mark.parametrize("name", NAMES)
def test_the_text_part_is_for_reading(name: str) -> None:
    text = render_mail(name, SAMPLES[name]).text
    assert "<" not in text
    assert "&" not in text.replace(" & ", "")
    assert "\n\n\n" not in text
    assert not any(line != line.rstrip() or line.startswith(" ") for line in text.splitlines())


@pytest.mark.parametrize("name", NAMES)
def test_a_script_in_any_fact_is_text(name: str) -> None:
    facts = {
        key: SCRIPT if key.endswith(("name", "title", "reason", "headline")) else value
        for key, value in SAMPLES[name].items()
    }
    mail = render_mail(name, {**facts, "answers": [{"question": SCRIPT, "answer": SCRIPT}], "title": SCRIPT})
    assert "<script" not in mail.html
    assert "\n" not in mail.subject


def test_a_name_is_told_as_it_is_written() -> None:
    mail = render_mail("booking_confirmed_consultant", {**BOOKING, "client_name": "Zoë <O’Brien> & Söhne 👩‍⚖️"})
    assert mail.subject == "Zoë <O’Brien> & Söhne 👩‍⚖️ booked First call, Tuesday 24 November, 4:30 pm IST"
    assert "Zoë <O’Brien> & Söhne 👩‍⚖️ booked you" in mail.text
    assert "Zoë &lt;O’Brien&gt; &amp; Söhne" in mail.html


def test_times_are_told_in_the_readers_zone_with_its_name() -> None:
    text = render_mail("booking_confirmed_client", {**BOOKING, "timezone": "America/New_York"}).text
    assert "When: Tuesday 24 November, 6:00 to 6:30 am EST" in text


def test_a_session_over_midnight_names_both_days() -> None:
    facts = {**BOOKING, "starts_at": "2026-11-24T18:00:00+00:00", "ends_at": "2026-11-24T19:00:00+00:00"}
    text = render_mail("booking_confirmed_client", facts).text
    assert "When: Tuesday 24 November, 11:30 pm to Wednesday 25 November, 12:30 am IST" in text


def test_another_year_is_named() -> None:
    facts = {**BOOKING, "starts_at": "2027-01-04T11:00:00+00:00", "ends_at": "2027-01-04T11:30:00+00:00"}
    assert "Monday 4 January 2027, 4:30 pm IST" in render_mail("booking_confirmed_client", facts).subject


def test_the_confirmation_reads_like_this() -> None:
    assert render_mail("booking_confirmed_client", BOOKING).text == (
        "Booked\n\n"
        "First call with Ira Deshmukh is yours.\n\n"
        "What: First call, 30 min\n"
        "When: Tuesday 24 November, 4:30 to 5:00 pm IST\n"
        "With: Ira Deshmukh: https://naksha.test/ira-deshmukh/\n"
        "Where: Online, in the browser\n"
        "Price: ₹1,770.00\n"
        "Paid: ₹1,770.00\n"
        "Booking: NK-7H2KQ9XB\n\n"
        "See your booking: https://naksha.test/b/the-token/\n\n"
        "Move or cancel on the same page; cancelling is free until Monday 23 November, 4:30 pm IST. "
        "A file for your calendar is attached.\n\n"
        "----------------------------------------\n\n"
        "You get this mail because you booked with Ira Deshmukh on Naksha. The link above opens your booking "
        "without a login, so keep it to yourself.\n\n"
        f"Naksha: {settings.SITE_URL}/\n"
    )


def test_what_is_left_to_pay_is_told_to_the_paisa() -> None:
    facts = {**BOOKING, "paid_paise": 59001, "balance_paise": 117999}
    text = render_mail("booking_confirmed_client", facts).text
    assert "Left to pay: ₹1,179.99" in text
    assert "₹1,179.99 is left to pay." in text


def test_a_free_booking_says_so_and_asks_for_nothing() -> None:
    facts = {**BOOKING, "total_paise": 0, "paid_paise": 0}
    text = render_mail("booking_confirmed_client", facts).text
    assert "Price: Free" in text
    assert "left to pay" not in text


def test_a_decline_says_what_comes_back_and_what_else_is_free() -> None:
    text = render_mail("booking_declined", LOST).text
    assert "> I am in court" not in text  # a reason is a paragraph, told in full
    assert "I am in court that day." in text
    assert "₹1,770.00 goes back to where you paid from." in text
    assert "- Tuesday 24 November, 6:00 pm IST: https://naksha.test/ira-deshmukh/book/1/" in text


def test_a_cancellation_without_refund_says_why() -> None:
    text = render_mail("booking_cancelled_client", {**LOST, "refund_paise": 0}).text
    assert "nothing of your ₹1,770.00 is refunded" in text


def test_a_code_stands_in_the_subject_and_alone_in_its_line() -> None:
    mail = render_mail("account/login_code", CODE)
    assert mail.subject == "482 913 is your code to log in to Naksha"
    assert "\n482 913\n" in mail.text


def test_only_a_safe_meeting_address_becomes_a_link() -> None:
    web = render_mail("booking_confirmed_client", {**BOOKING, "place": "https://meet.example/x?a=1&b=2"})
    assert 'href="https://meet.example/x?a=1&amp;b=2"' in web.html
    bad = render_mail("booking_confirmed_client", {**BOOKING, "place": "javascript:alert(1)"})
    assert 'href="javascript' not in bad.html
