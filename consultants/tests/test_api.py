"""A consultant's own profile, photo and address, through the JSON API."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.test.client import MULTIPART_CONTENT, encode_multipart
from PIL import Image

from accounts.models import AuditEntry
from consultants import photos
from consultants.models import Consultant, Language
from naksha.api import parsers
from naksha.api.testing import api_of
from naksha.testing import make_admin, make_consultant, make_user
from naksha.times import iso

pytestmark = pytest.mark.django_db
BOUNDARY = "BoUnDaRyStRiNg"

PROFILE = {
    "name": "Asha Rao",
    "headline": "Tax",
    "bio": "Years.",
    "expertise": ["tax"],
    "languages": ["en"],
    "city": "pune",
    "experienceYears": 15,
    "credentials": "FCA",
    "links": ["x.com/asha"],
    "timezone": "Asia/Dubai",
    "isListed": False,
}


# --- who may ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    ["/consultant/services", "/consultant/booking-policy", "/consultant/bank-account", "/consultant/availability"],
)
def test_past_the_profile_an_admin_has_to_approve_first(path: Any) -> None:
    waiting = make_consultant(status="submitted")
    assert api_of(waiting.user).get("/consultant/profile").status == 200
    assert api_of(waiting.user).get(path).code == "ADMIN_APPROVAL_REQUIRED"


@pytest.mark.parametrize("make", [make_user, make_admin])
def test_nobody_but_a_consultant_has_a_profile(make: Any) -> None:
    assert api_of(make()).get("/consultant/profile").code == "PERMISSION_DENIED"
    assert api_of().get("/consultant/profile").code == "NOT_AUTHENTICATED"


# --- profile ----------------------------------------------------------------------------------------


def test_the_profile_as_it_is_kept() -> None:
    consultant = make_consultant(slug="asha-rao", links=[{"label": "X", "url": "https://x.com/asha"}])
    profile = api_of(consultant.user).get("/consultant/profile").data
    steps = profile.pop("completion")
    assert {step["key"] for step in steps if not step["done"]} == {"photo", "service"}
    assert profile == {
        "id": str(consultant.pk),
        "email": consultant.user.email,
        "name": consultant.display_name,
        "slug": "asha-rao",
        "pageUrl": profile["pageUrl"],
        "headline": "Tax for founders, in plain words",
        "bio": "Fourteen years of notices answered.",
        "expertise": ["tax"],
        "languages": ["en"],
        "city": "pune",
        "experienceYears": 14,
        "credentials": "",
        "links": ["https://x.com/asha"],
        "timezone": "Asia/Kolkata",
        "isListed": True,
        "photoUrl": None,
        "status": "APPROVED",
        "isApprovedByAdmin": True,
        "isPublic": True,
        "profileCompleted": True,
        "createdAt": iso(consultant.created_at),
        "updatedAt": iso(Consultant.objects.get().updated_at),
    }


def test_put_takes_the_whole_and_patch_a_part() -> None:
    consultant = make_consultant()
    Language.objects.get_or_create(code="en", defaults={"name": "English", "own_name": "English"})
    api = api_of(consultant.user)
    put = api.put("/consultant/profile", PROFILE).data
    assert {name: put[name] for name in PROFILE} == {**PROFILE, "links": ["https://x.com/asha"]}
    patched = api.patch("/consultant/profile", {"headline": "Tax, plainly"}).data
    assert {name: patched[name] for name in PROFILE} == {
        **PROFILE, "links": ["https://x.com/asha"], "headline": "Tax, plainly"
    }  # fmt: skip
    missing = api.put("/consultant/profile", {"name": "Asha Rao"})
    assert set(missing.details) == set(PROFILE) - {"name"}
    assert Consultant.objects.get().headline == "Tax, plainly"


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"name": "A"}, "name"),
        ({"name": "Asha <b>"}, "name"),
        ({"headline": "x" * 121}, "headline"),
        ({"headline": "a\0b"}, "headline"),
        ({"bio": "x" * 4001}, "bio"),
        ({"expertise": ["nothing"]}, "expertise"),
        ({"expertise": "tax"}, "expertise"),
        ({"languages": ["xx"]}, "languages"),
        ({"city": "nowhere"}, "city"),
        ({"experienceYears": 71}, "experienceYears"),
        ({"experienceYears": "many"}, "experienceYears"),
        ({"credentials": "x" * 201}, "credentials"),
        ({"links": ["javascript:alert(1)"]}, "links"),
        ({"links": [f"https://a{n}.example" for n in range(7)]}, "links"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"isListed": "perhaps"}, "isListed"),
        ({"slug": "Asha Rao"}, "slug"),
        ({"slug": "admin"}, "slug"),
        ({"status": "APPROVED"}, "status"),
        ({"isApprovedByAdmin": True}, "isApprovedByAdmin"),
        ({"email": "other@example.com"}, "email"),
    ],
)
def test_what_is_wrong_with_a_profile_is_named_and_nothing_is_saved(wrong: Any, named: Any) -> None:
    consultant = make_consultant(status="submitted")
    before = Consultant.objects.values().get()
    answer = api_of(consultant.user).patch("/consultant/profile", {"credentials": "Saved?", **wrong})
    assert (answer.status, answer.code, list(answer.details)) == (400, "VALIDATION_ERROR", [named])
    assert Consultant.objects.values().get() == before


def test_a_new_address_is_free_valid_and_leaves_the_old_one_leading_here() -> None:
    consultant = make_consultant(slug="asha-rao")
    make_consultant(slug="usha-rao")
    api = api_of(consultant.user)
    assert list(api.patch("/consultant/profile", {"slug": "usha-rao"}).details) == ["slug"]
    assert api.patch("/consultant/profile", {"slug": "asha-tax"}).data["slug"] == "asha-tax"
    assert AuditEntry.objects.get(action="consultant.slug_changed").data == {"before": "asha-rao", "after": "asha-tax"}
    assert api.get("/consultants/asha-rao").data["slug"] == "asha-tax"
    assert api.patch("/consultant/profile", {"slug": "asha-rao"}).data["slug"] == "asha-rao"
    assert list(consultant.old_slugs.values_list("slug", flat=True)) == ["asha-tax"]
    other = api_of(Consultant.objects.get(slug="usha-rao").user)
    assert list(other.patch("/consultant/profile", {"slug": "asha-tax"}).details) == ["slug"]


@pytest.mark.parametrize(
    ("slug", "available"),
    [("asha-rao", True), ("free-one", True), ("usha-rao", False), ("admin", False), ("A b", False), ("x", False)],
)
def test_whether_an_address_can_be_ones_own(slug: Any, available: Any) -> None:
    make_consultant(slug="usha-rao")
    answer = api_of(make_consultant(slug="asha-rao").user).get("/consultant/slug-availability", slug=slug).data
    assert (answer["slug"], answer["available"], bool(answer["reason"])) == (slug, available, not available)


def test_an_address_has_to_be_named() -> None:
    assert list(api_of(make_consultant().user).get("/consultant/slug-availability").details) == ["slug"]


# --- photo ------------------------------------------------------------------------------------------


def picture(side: int = 400) -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", (side, side), (90, 120, 60)).save(file, "PNG")
    file.name = "me.png"
    file.seek(0)
    return file


def send_photo(api: Any, parts: Any) -> Any:
    return api.send(
        "POST", "/consultant/profile/photo", encode_multipart(BOUNDARY, parts), content_type=MULTIPART_CONTENT
    )


def test_a_photo_is_set_and_removed(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    consultant = make_consultant(status="draft")
    api = api_of(consultant.user)
    url = send_photo(api, {"photo": picture()}).data["photoUrl"]
    consultant.refresh_from_db()
    assert url.startswith("http")
    assert url.endswith(consultant.photo.name)
    assert api.get("/consultant/profile").data["photoUrl"] == url
    assert api.delete("/consultant/profile/photo").data == {"photoUrl": None}


def test_what_is_no_photo_is_refused() -> None:
    api = api_of(make_consultant().user)
    for parts in ({}, {"photo": "words"}, {"photo": io.BytesIO(b"GIF89a")}, {"photo": picture(50)}):
        assert list(send_photo(api, parts).details) == ["photo"]
    as_json = api.post("/consultant/profile/photo", {"photo": "x"})
    assert list(as_json.details) == ["photo"]
    assert not Consultant.objects.get().photo


def test_a_photo_that_says_that_it_is_large_is_not_read(monkeypatch: Any) -> None:
    api = api_of(make_consultant().user)
    monkeypatch.setattr("consultants.photos.MOST_BYTES", 100 - parsers.AROUND)
    assert list(send_photo(api, {"photo": "words" * 20}).details.values()) == [[photos.too_large()]]
    monkeypatch.setattr("consultants.api.base.OwnView.checked", lambda *_: 1 / 0)
    assert list(send_photo(api, {"photo": picture()}).details) == ["photo"]


def test_a_part_beside_the_photo_is_refused_by_its_name() -> None:
    api = api_of(make_consultant().user)
    answer = send_photo(api, {"photo": picture(), "isApproved": "true"})
    assert (answer.status, list(answer.details)) == (400, ["isApproved"])
    assert not Consultant.objects.get().photo
