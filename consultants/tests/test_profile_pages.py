"""The profile, invoice and settings pages as the consultant uses them."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from consultants.models import Consultant
from consultants.services import profile as profiles
from naksha.testing import make_consultant

pytestmark = pytest.mark.django_db
PROFILE = reverse("consultants:profile")
INVOICES = reverse("consultants:invoice_details")


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def owner(client: Client, consultant: Consultant) -> Client:
    client.force_login(consultant.user)
    return client


def typed(consultant: Consultant, **changes: Any) -> dict[str, Any]:
    values = {
        "display_name": consultant.display_name,
        "headline": consultant.headline,
        "bio": consultant.bio,
        "fields_of_practice": [field.pk for field in consultant.fields.all()],
        "languages": [language.pk for language in consultant.languages.all()],
        "city": consultant.city_id or "",
        "experience_years": consultant.experience_years or 0,
        "credentials": "",
        "links": "https://linkedin.com/in/asha",
        "timezone": "Asia/Kolkata",
        "is_listed": "on",
    }
    return {**values, **changes}


def photo() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (300, 300), "teal").save(out, "PNG")
    return SimpleUploadedFile("me.png", out.getvalue(), content_type="image/png")


@pytest.mark.parametrize("page", [PROFILE, INVOICES, reverse("consultants:settings")])
def test_these_pages_are_the_consultants_alone(client: Client, client_user: Any, page: str) -> None:
    assert client.get(page).status_code == 302
    client.force_login(client_user)
    assert client.get(page).status_code == 403


@pytest.mark.parametrize("status", ["draft", "submitted", "needs_info", "approved"])
def test_the_profile_can_be_filled_before_approval(client: Client, status: str) -> None:
    consultant = make_consultant(status=status)
    client.force_login(consultant.user)
    assert client.post(PROFILE, typed(consultant, headline="New headline")).status_code == 302
    consultant.refresh_from_db()
    assert consultant.headline == "New headline"
    assert consultant.links == [{"label": "LinkedIn", "url": "https://linkedin.com/in/asha"}]


def test_saving_changes_only_ones_own(owner: Client, consultant: Consultant, other_consultant: Consultant) -> None:
    owner.post(PROFILE, typed(consultant, headline="Mine"))
    other_consultant.refresh_from_db()
    assert other_consultant.headline == "Tax for founders, in plain words"


def test_a_mistake_is_said_and_nothing_typed_is_lost(owner: Client, consultant: Consultant) -> None:
    response = owner.post(PROFILE, typed(consultant, links="ftp://x", bio="My new story <b>", headline="Kept"))
    page = response.content.decode()
    assert response.status_code == 422
    assert "is not a web address" in page
    assert "My new story &lt;b&gt;" in page
    assert 'value="Kept"' in page
    consultant.refresh_from_db()
    assert consultant.headline == "Tax for founders, in plain words"


def test_a_good_photo_is_kept_though_something_else_is_wrong(owner: Client, consultant: Consultant) -> None:
    response = owner.post(PROFILE, typed(consultant, links="ftp://x", photo=photo()))
    assert response.status_code == 422
    consultant.refresh_from_db()
    assert consultant.photo
    assert consultant.photo.url in response.content.decode()


def test_a_bad_photo_keeps_the_rest_as_typed(owner: Client, consultant: Consultant) -> None:
    bad = SimpleUploadedFile("me.png", b"nothing", content_type="image/png")
    response = owner.post(PROFILE, typed(consultant, photo=bad, headline="Kept"))
    assert response.status_code == 422
    assert "can be read" in response.content.decode()
    assert 'value="Kept"' in response.content.decode()


def test_a_photo_is_removed_on_request(owner: Client, consultant: Consultant) -> None:
    owner.post(PROFILE, typed(consultant, photo=photo()))
    owner.post(PROFILE, typed(consultant, remove_photo="on"))
    consultant.refresh_from_db()
    assert not consultant.photo


def now(owner: Client) -> str:
    return str(owner.get(PROFILE).context["version"])


def photo_files(settings: Any) -> list[str]:
    return [path.name for path in settings.MEDIA_ROOT.rglob("*.jpg")]


def test_no_photo_is_put_up_or_taken_away_over_another_windows_change(
    owner: Client, consultant: Consultant, settings: Any
) -> None:
    version = now(owner)
    put_up = profiles.set_photo(consultant=consultant, upload=photo()).photo.name
    for change in ({"photo": photo()}, {"remove_photo": "on"}):
        sent = typed(consultant, version=version, **change)
        late = owner.post(PROFILE, sent, headers={"X-Requested-With": "autosave"})
        assert late.status_code == 409
        [(_field, words)] = [(field, words) for field, words in late.json()["errors"].items() if "photo" in field]
        assert "What is saved now: a photo" in words
        consultant.refresh_from_db()
        assert consultant.photo.name == put_up
        assert photo_files(settings) == [put_up.removeprefix("photos/")]


def test_a_photo_beside_a_mistake_is_saved_once_and_the_next_save_goes_on_from_there(
    owner: Client, consultant: Consultant
) -> None:
    sent = typed(consultant, links="ftp://x", photo=photo(), version=now(owner))
    wrong = owner.post(PROFILE, sent, headers={"X-Requested-With": "autosave"})
    assert wrong.status_code == 422
    assert wrong.json()["version"] == now(owner)
    mended = typed(consultant, version=wrong.json()["version"])
    assert owner.post(PROFILE, mended, headers={"X-Requested-With": "autosave"}).status_code == 200


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"display_name": "A"}, "at least 2 characters"),
        ({"display_name": "<script>"}, "letters, spaces"),
        ({"experience_years": "71"}, "70"),
        ({"timezone": "Mars/Base"}, "is not offered"),
        ({"city": "atlantis"}, "is not offered"),
        ({"headline": "x" * 121}, "120"),
        ({"bio": "x" * 4001}, "4000"),
    ],
)
def test_what_can_not_be_is_refused(owner: Client, consultant: Consultant, change: dict[str, Any], words: str) -> None:
    response = owner.post(PROFILE, typed(consultant, **change))
    assert response.status_code == 422
    assert words in response.content.decode()


def test_emptying_a_needed_field_says_that_the_page_is_hidden(owner: Client, consultant: Consultant) -> None:
    response = owner.post(PROFILE, typed(consultant, headline=""), follow=True)
    assert "Your page is hidden until this is done: Write a headline." in response.content.decode()
    response = owner.post(PROFILE, typed(consultant, headline="Back"), follow=True)
    assert "Your page is public now." in response.content.decode()


def test_names_of_any_script_are_kept(owner: Client, consultant: Consultant) -> None:
    for name in ("इरा देशमुख", "عائشة خان", "Zoë O'Brien-Roy"):
        assert owner.post(PROFILE, typed(consultant, display_name=name)).status_code == 302
        consultant.refresh_from_db()
        assert consultant.display_name == name


def test_invoice_details_are_saved_and_the_pan_is_never_shown_whole(owner: Client, consultant: Consultant) -> None:
    body = {
        "registration": "unregistered", "gstin": "", "legal_name": "Asha Rao", "pan": "AAPPV1234K",
        "address": "4 Karve Road", "state_code": "27", "pin_code": "411004",
    }  # fmt: skip
    page = owner.post(INVOICES, body, follow=True).content.decode()
    assert "AAPPVXXXXK" in page
    assert "AAPPV1234K" not in page
    owner.post(INVOICES, {**body, "pan": ""})
    consultant.refresh_from_db()
    assert consultant.pan == "AAPPV1234K"
    owner.post(INVOICES, {**body, "pan": "", "remove_pan": "on"})
    consultant.refresh_from_db()
    assert consultant.pan == ""


def test_wrong_invoice_details_are_said_beside_their_fields(owner: Client, consultant: Consultant) -> None:
    response = owner.post(INVOICES, {"registration": "regular", "gstin": "27AABCN1234F1ZX", "address": "My street"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "not a valid GSTIN" in page
    assert "My street" in page
    consultant.refresh_from_db()
    assert consultant.registration == "unregistered"


def test_the_settings_page_leads_to_every_setting(owner: Client) -> None:
    page = owner.get(reverse("consultants:settings")).content.decode()
    for name in ("consultants:profile", "consultants:invoice_details", "account_email", "account_change_password",
                 "mfa_index", "usersessions_list"):  # fmt: skip
        assert f'href="{reverse(name)}"' in page


@pytest.mark.parametrize(("page", "queries"), [(PROFILE, 12), (INVOICES, 6), (reverse("consultants:settings"), 7)])
def test_a_page_costs_a_fixed_number_of_queries(
    owner: Client, page: str, queries: int, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(queries):
        assert owner.get(page).status_code == 200
