"""Whoever was merged into another is still meant where their earlier id stands: in views, bookmarks and apps."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from clients.services import merge
from naksha.api.testing import api_of
from naksha.testing import make_client, next_slot_start
from naksha.times import iso
from quotations.models import Quotation
from quotations.testing import make_draft
from sessions_app.models import SavedView, Session
from sessions_app.services import saving_views as views
from sessions_app.testing import make_session

pytestmark = pytest.mark.django_db
LIST = "/dashboard/sessions/"


@pytest.fixture
def three(consultant):
    """Each with a session and a quotation; and somebody else with both."""
    found = [make_client(consultant, name=f"Meera {sign}", email=f"{sign}@x.example") for sign in "abc"]
    for day, each in enumerate([*found, make_client(consultant, name="Gita Bose")], 2):
        make_session(consultant, client=each, starts_at=next_slot_start(days=day))
        make_draft(consultant, client=each)
    return found


@pytest.fixture
def merged(three, consultant):
    """The ids of the last, of the one they went into, and of whom that one went into."""
    kept, gone, first_gone = three
    old = [first_gone.pk, gone.pk, kept.pk]
    merge(kept=gone, gone=first_gone, actor=consultant.user)
    merge(kept=kept, gone=gone, actor=consultant.user)
    return old


@pytest.fixture
def desk(client, consultant):
    client.force_login(consultant.user)
    return client


def test_saved_views_of_both_show_the_one_that_was_kept_and_nobody_else(three, consultant, other_consultant, desk):
    kept, gone, first_gone = three
    for each in three:
        views.save_view(consultant=consultant, name=each.name, query=f"show=all&client={each.pk}&sort=when")
    views.show_first(view=SavedView.objects.get(name="Meera c"))
    other = views.save_view(consultant=other_consultant, name="Theirs", query=f"show=all&client={gone.pk}")
    merge(kept=gone, gone=first_gone, actor=consultant.user)
    merge(kept=kept, gone=gone, actor=consultant.user)
    queries = SavedView.objects.filter(consultant=consultant).values_list("query", flat=True)
    assert set(queries) == {f"show=all&client={kept.pk}&sort=when"}
    other.refresh_from_db()
    assert str(gone.pk) in other.query
    page = desk.get(LIST, follow=True).content.decode()
    assert "Meera a" in page
    assert "Gita Bose" not in page


@pytest.mark.parametrize("which", [0, 1, 2])
def test_a_bookmark_with_any_of_their_ids_shows_them_alone(merged, desk, which):
    answer = desk.get(LIST, {"show": "all", "client": str(merged[which])})
    page = answer.content.decode()
    assert "You have no such client" not in page
    assert "Meera a" in page
    assert "Gita Bose" not in page


@pytest.mark.parametrize("where", [f"{LIST}new/", "/dashboard/quotations/new/"])
def test_a_form_that_is_opened_for_an_earlier_id_is_for_the_one_that_was_kept(merged, desk, where):
    page = desk.get(where, {"client": str(merged[0])}).content.decode()
    filled = [field for field in re.findall("<input[^>]*>", page) if "Meera a" in field or "a@x.example" in field]
    assert filled, "not only among those that are offered"


@pytest.mark.parametrize("which", [0, 1, 2])
def test_an_app_lists_by_any_of_their_ids(merged, consultant, which):
    api = api_of(consultant.user)
    theirs = {str(pk) for pk in Session.objects.filter(client=merged[2]).values_list("pk", flat=True)}
    found = api.get("/sessions", clientId=str(merged[which])).data["sessions"]
    assert {row["id"] for row in found} == theirs
    assert len(theirs) == 3
    theirs = {str(pk) for pk in Quotation.objects.filter(client=merged[2]).values_list("pk", flat=True)}
    found = api.get("/quotations", clientId=str(merged[which])).data["quotations"]
    assert {row["id"] for row in found} == theirs
    assert len(theirs) == 3


@pytest.mark.parametrize("what", ["sessions", "quotations"])
def test_an_app_writes_down_for_an_earlier_id(merged, consultant, what):
    line = {"description": "Books", "quantity": "1", "unitPricePaise": 100_000}
    sent = {
        "sessions": {"platform": "JITSI", "start": iso(next_slot_start(days=9)), "duration": 45, "amount": "1500.50"},
        "quotations": {"validUntil": str(timezone.localdate() + timedelta(days=7)), "lines": [line]},
    }[what]
    answer = api_of(consultant.user).post(f"/{what}", {"title": "Second opinion", "clientId": str(merged[0]), **sent})
    assert answer.status == 201
    assert answer.data["client"]["id"] == str(merged[2])


def test_an_id_of_nobody_or_of_anothers_client_lists_nothing(merged, other_consultant):
    """Another consultant's earlier ids are no ids of ours."""
    make_session(other_consultant, starts_at=next_slot_start(days=3))
    make_draft(other_consultant)
    api = api_of(other_consultant.user)
    for pk in (*merged, UUID(int=7)):
        assert api.get("/sessions", clientId=str(pk)).data["sessions"] == []
        assert api.get("/quotations", clientId=str(pk)).data["quotations"] == []
