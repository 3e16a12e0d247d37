"""Another address for the page: what it changes is shown first, and the one before leads there for ever."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry
from consultants.models import Consultant
from consultants.services.profile import change_slug
from consultants.slugs import MOST_FORMER
from naksha.testing import make_consultant

pytestmark = pytest.mark.django_db
ADDRESS = reverse("consultants:address")


@pytest.fixture
def owner(client: Client, consultant: Consultant) -> Client:
    client.force_login(consultant.user)
    return client


def slug_now(consultant: Consultant) -> str:
    return Consultant.objects.get(pk=consultant.pk).slug


def test_what_changes_is_shown_before_anything_does(owner: Client, consultant: Consultant) -> None:
    page = owner.post(ADDRESS, {"slug": " Asha-Tax "}).content.decode()
    assert "Change the address?" in page
    assert "http://testserver/asha-rao" in page
    assert "http://testserver/asha-tax" in page
    assert "/asha-rao leads to the new address for ever" in page
    assert slug_now(consultant) == "asha-rao"


def test_the_old_address_leads_to_the_new_one_and_is_in_the_list(
    owner: Client, consultant: Consultant, other_consultant: Consultant
) -> None:
    page = owner.post(ADDRESS, {"slug": "asha-tax", "sure": "yes"}, follow=True).content.decode()
    assert "Your page is at /asha-tax now." in page
    assert "/asha-rao" in page
    led = Client().get("/asha-rao/")
    assert (led.status_code, led.url) == (301, "/asha-tax/")
    assert AuditEntry.objects.get(action="consultant.slug_changed").data == {"before": "asha-rao", "after": "asha-tax"}
    stranger = Client()
    stranger.force_login(other_consultant.user)
    assert "This address is taken." in stranger.post(ADDRESS, {"slug": "asha-rao"}).content.decode()
    assert stranger.post(ADDRESS, {"slug": "asha-rao", "sure": "yes"}).status_code == 422
    assert slug_now(other_consultant) == "other-person"


def test_one_may_go_back_to_an_address_that_was_ones_own(owner: Client, consultant: Consultant) -> None:
    owner.post(ADDRESS, {"slug": "asha-tax", "sure": "yes"})
    owner.post(ADDRESS, {"slug": "asha-rao", "sure": "yes"})
    assert slug_now(consultant) == "asha-rao"
    assert [old.slug for old in consultant.old_slugs.all()] == ["asha-tax"]


@pytest.mark.parametrize(
    ("slug", "words"),
    [
        ("pricing", "one of the site&#x27;s own"),
        ("other-person", "This address is taken."),
        ("asha-rao", "This is your address already."),
        ("asha rao", "Use small letters"),
        ("a", "at least 2"),
        ("", "This is needed"),
        ("../admin", "Use small letters"),
        ("x" * 5000, "90"),
    ],
)
def test_an_address_that_can_not_be_is_refused_and_stays_in_its_field(
    owner: Client, consultant: Consultant, other_consultant: Consultant, slug: str, words: str
) -> None:
    for more in ({}, {"sure": "yes"}):
        answer = owner.post(ADDRESS, {"slug": slug, **more})
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert answer.context["form"]["slug"].value() == slug
    assert slug_now(consultant) == "asha-rao"


def test_nobody_collects_addresses(owner: Client, consultant: Consultant) -> None:
    for n in range(MOST_FORMER):
        change_slug(consultant=consultant, slug=f"asha-{n}x")
    answer = owner.post(ADDRESS, {"slug": "one-more", "sure": "yes"})
    assert "former addresses lead here, and that is the most" in answer.content.decode()
    assert owner.post(ADDRESS, {"slug": "asha-rao", "sure": "yes"}).status_code == 302


def test_it_can_be_chosen_before_approval(client: Client) -> None:
    draft = make_consultant(status="draft", slug="draft-one")
    client.force_login(draft.user)
    assert client.post(ADDRESS, {"slug": "draft-two", "sure": "yes"}).status_code == 302
    assert slug_now(draft) == "draft-two"


def test_it_is_the_consultants_alone(client: Client, client_user: Any) -> None:
    assert client.get(ADDRESS).status_code == 302
    client.force_login(client_user)
    assert client.post(ADDRESS, {"slug": "mine", "sure": "yes"}).status_code == 403
