"""A consultant sees the own page before anybody else may."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from naksha.testing import make_consultant, make_service

pytestmark = pytest.mark.django_db
PREVIEW = reverse("public:preview")


@pytest.mark.parametrize("fields", [{"status": "draft"}, {"is_listed": False}, {"profile_completed_at": None}])
def test_the_preview_shows_what_is_not_public(client: Client, fields: dict[str, Any]) -> None:
    consultant = make_consultant(**fields, bio="", city=None, headline="")
    make_service(consultant, title="First call")
    assert client.get(consultant.get_absolute_url()).status_code == 404
    client.force_login(consultant.user)
    response = client.get(PREVIEW)
    page = response.content.decode()
    assert "nobody else can see this page yet" in page
    assert "First call" in page
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Cache-Control"] == "private, no-store"
    assert client.get(consultant.get_absolute_url()).status_code == 404  # and the page itself stays closed


def test_the_mark_is_shown_to_whom_it_was_given(client: Client) -> None:
    drawn = make_consultant(status="draft")
    approved = make_consultant()
    for consultant, marked in ((drawn, False), (approved, True)):
        client.force_login(consultant.user)
        assert ("Verified by Naksha" in client.get(PREVIEW).content.decode()) is marked


def test_the_preview_is_the_consultants_own(client: Client, consultant: Any, client_user: Any) -> None:
    assert client.get(PREVIEW).status_code == 302
    client.force_login(client_user)
    assert client.get(PREVIEW).status_code == 403


def test_a_profile_that_is_not_public_leads_to_its_preview(client: Client) -> None:
    client.force_login(make_consultant(status="draft").user)
    assert f'href="{PREVIEW}"' in client.get(reverse("consultants:profile")).content.decode()
