"""Each section of the settings saves by itself, in one way: what it answers, and what two windows do to each other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse

from consultants.models import BookingPolicy, Consultant, MailWords
from consultants.services import mail_words
from notifications.models import Preference

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Section:
    """A field of it, what one and what another window types there, and what is stored."""

    page: str
    field: str
    mine: str
    theirs: str
    stored: Callable[[Consultant], str]

    @property
    def url(self) -> str:
        return reverse(self.page)


def words_of_reminder(consultant: Consultant) -> str:
    return "".join(MailWords.objects.filter(consultant=consultant, kind="reminder").values_list("words", flat=True))


SECTIONS = [
    Section("consultants:profile", "headline", "Mine", "Theirs", lambda c: c.headline),
    Section("consultants:invoice_details", "legal_name", "Mine", "Theirs", lambda c: c.legal_name),
    Section("consultants:mails", "reminder", "Mine", "Theirs", words_of_reminder),
    Section(
        "availability:terms", "daily_limit", "3", "7",
        lambda c: str(BookingPolicy.objects.get(consultant=c).daily_limit or ""),
    ),
]  # fmt: skip
by_section = pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.page)


@pytest.fixture
def owner(client: Client, consultant: Consultant) -> Client:
    client.force_login(consultant.user)
    return client


def shown(browser: Client, url: str) -> dict[str, Any]:
    """What the page's form would send as it is drawn."""
    context = browser.get(url).context
    form = context["form"]
    sent = {field.name: field.value() for field in form}
    sent = {name: value for name, value in sent.items() if value is not None and value is not False}
    return {**sent, "version": context["version"]}


def saved(browser: Client, section: Section, typed: dict[str, Any]) -> Any:
    return browser.post(section.url, typed, headers={"X-Requested-With": "autosave"})


def kept(section: Section, consultant: Consultant) -> str:
    return section.stored(Consultant.objects.get(pk=consultant.pk))


@by_section
@time_machine.travel("2026-11-21T05:12:00Z", tick=False)
def test_it_is_saved_and_the_minute_is_said(owner: Client, consultant: Consultant, section: Section) -> None:
    answer = saved(owner, section, {**shown(owner, section.url), section.field: section.mine})
    assert answer.status_code == 200
    assert answer.json()["said"].startswith("Saved at 10:42 am.")
    assert answer.json()["errors"] == {}
    assert kept(section, consultant) == section.mine
    again = saved(owner, section, {**shown(owner, section.url), section.field: section.theirs})
    assert (again.status_code, kept(section, consultant)) == (200, section.theirs)


@by_section
def test_the_version_of_the_answer_is_that_of_the_page_now(owner: Client, section: Section) -> None:
    answer = saved(owner, section, {**shown(owner, section.url), section.field: section.mine}).json()
    assert answer["version"] == shown(owner, section.url)["version"]


@by_section
def test_two_windows_lose_nothing(owner: Client, consultant: Consultant, section: Section) -> None:
    drawn = shown(owner, section.url)
    saved(owner, section, {**drawn, section.field: section.theirs})
    answer = saved(owner, section, {**drawn, section.field: section.mine})
    assert answer.status_code == 409
    assert "changed in another window" in answer.json()["said"]
    assert f"What is saved now: {section.theirs}" in answer.json()["errors"][f"id_{section.field}"]
    assert len(answer.json()["errors"]) == 1
    assert kept(section, consultant) == section.theirs
    over = saved(owner, section, {**drawn, section.field: section.mine, "version": answer.json()["version"]})
    assert (over.status_code, kept(section, consultant)) == (200, section.mine)


@pytest.mark.django_db(transaction=True)
def test_what_an_app_writes_right_after_a_save_is_not_undone_by_the_next(
    owner: Client, consultant: Consultant, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, save = reverse("consultants:mails"), mail_words.save_mail_words

    def then_an_app_writes(**changes: Any) -> None:
        app = {"consultant": consultant, "kind": "signature", "words": "Of the app"}
        transaction.on_commit(lambda: MailWords.objects.create(**app))
        save(**changes)

    typed = {**shown(owner, url), "reminder": "Mine"}
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(mail_words, "save_mail_words", then_an_app_writes)
        answer = owner.post(url, typed, headers={"X-Requested-With": "autosave"})
    assert answer.status_code == 200
    late = {**typed, "reminder": "Mine, longer", "version": answer.json()["version"]}
    assert owner.post(url, late, headers={"X-Requested-With": "autosave"}).status_code == 409
    assert mail_words.words_of(consultant.pk) == {"reminder": "Mine", "signature": "Of the app"}


@by_section
def test_two_windows_without_script_see_the_page_with_what_was_typed(
    owner: Client, consultant: Consultant, section: Section
) -> None:
    drawn = shown(owner, section.url)
    owner.post(section.url, {**drawn, section.field: section.theirs})
    answer = owner.post(section.url, {**drawn, section.field: section.mine})
    assert answer.status_code == 409
    assert answer.context["form"][section.field].value() == section.mine
    assert "changed in another window" in answer.content.decode()
    assert kept(section, consultant) == section.theirs
    version = answer.context["version"]
    assert owner.post(section.url, {**drawn, section.field: section.mine, "version": version}).status_code == 302
    assert kept(section, consultant) == section.mine


@by_section
def test_the_same_thing_typed_twice_is_no_quarrel(owner: Client, consultant: Consultant, section: Section) -> None:
    typed = {**shown(owner, section.url), section.field: section.mine}
    assert saved(owner, section, typed).status_code == 200
    assert saved(owner, section, typed).status_code == 200  # its answer was lost on the way, say
    assert kept(section, consultant) == section.mine


WRONG = [
    ("consultants:profile", "links", "ftp://x", "not a web address"),
    ("consultants:invoice_details", "pin_code", "011004", "six digits"),
    ("consultants:mails", "signature", "x" * 301, "300 signs are the most"),
    ("availability:terms", "horizon_days", "366", "Between 1 and 365."),
]


@pytest.mark.parametrize(("page", "field", "typed", "words"), WRONG)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_saved(
    owner: Client, page: str, field: str, typed: str, words: str
) -> None:
    url = reverse(page)
    drawn = shown(owner, url)
    answer = owner.post(url, {**drawn, field: typed}, headers={"X-Requested-With": "autosave"})
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == [f"id_{field}"]
    assert words in answer.json()["errors"][f"id_{field}"]
    assert answer.json()["said"].startswith("Not saved.")
    assert words in answer.json()["said"]
    assert shown(owner, url) == drawn


def test_several_mistakes_are_counted(owner: Client) -> None:
    url = reverse("consultants:profile")
    typed = {**shown(owner, url), "links": "ftp://x", "experience_years": "71"}
    answer = owner.post(url, typed, headers={"X-Requested-With": "autosave"})
    assert answer.json()["said"] == "Not saved: 2 fields need another look."


def test_an_error_says_back_what_was_typed_as_text(owner: Client) -> None:
    url = reverse("consultants:profile")
    typed = {**shown(owner, url), "links": "<script>alert(1)</script>"}
    answer = owner.post(url, typed, headers={"X-Requested-With": "autosave"}).json()
    assert "&lt;script&gt;" in answer["errors"]["id_links"]
    assert "<script" not in answer["errors"]["id_links"]


def test_a_page_that_was_hidden_by_a_change_says_so(owner: Client) -> None:
    url = reverse("consultants:profile")
    typed = {**shown(owner, url), "headline": ""}
    answer = owner.post(url, typed, headers={"X-Requested-With": "autosave"}).json()
    assert answer["said"].endswith("Your page is hidden until this is done: Write a headline.")
    assert "Your page is hidden" in answer["parts"]["standing"]


def test_the_pan_is_no_secret_that_a_version_tells(owner: Client, consultant: Consultant) -> None:
    """Two that differ in the PAN alone have different versions, and neither is a plain hash of what can be guessed."""
    url = reverse("consultants:invoice_details")
    before = shown(owner, url)["version"]
    Consultant.objects.filter(pk=consultant.pk).update(pan="AAPPV1234K")
    assert shown(owner, url)["version"] != before
    assert "AAPPV1234K" not in owner.get(url).content.decode()


def test_what_somebody_wants_to_be_told_saves_by_itself_too(owner: Client, consultant: Consultant) -> None:
    url = reverse("notifications:preferences")
    drawn = shown(owner, url)
    typed = {name: value for name, value in drawn.items() if name != "booking_by_mail"}
    answer = owner.post(url, typed, headers={"X-Requested-With": "autosave"})
    assert answer.status_code == 200
    assert not Preference.objects.get(user=consultant.user, kind="booking").by_mail
    other = {name: value for name, value in drawn.items() if name != "review_by_mail"}
    late = owner.post(url, other, headers={"X-Requested-With": "autosave"})
    assert late.status_code == 409
    assert "What is saved now: off" in late.json()["errors"]["id_booking_by_mail"]
    assert Preference.objects.get(user=consultant.user, kind="review").by_mail


@pytest.mark.parametrize(
    ("page", "queries"),
    [
        ("consultants:mails", 6),
        ("consultants:mail_preview", 6),
        ("consultants:address", 6),
        ("consultants:invoice_details", 6),
        ("notifications:preferences", 8),
    ],
)
def test_a_page_costs_a_fixed_number_of_queries(
    owner: Client, page: str, queries: int, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(queries):
        assert owner.get(reverse(page)).status_code == 200
