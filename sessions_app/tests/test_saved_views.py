"""Named views of the table: saved, renamed, put first, deleted; each consultant's own, and twenty at most."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from naksha.errors import InvalidState, WrongInput
from sessions_app.models import SavedView
from sessions_app.services import saving_views as views

pytestmark = pytest.mark.django_db
LIST, PAGE = "/dashboard/sessions/", "/dashboard/sessions/views/"


@pytest.fixture
def desk(client, consultant):
    client.force_login(consultant.user)
    return client


def saved(consultant, name="Unpaid", query="show=all&pay=pending", **more):
    return views.save_view(consultant=consultant, name=name, query=query, **more)


def test_what_is_looked_for_is_saved_as_it_is_understood_and_shown_in_the_table(desk, consultant):
    asked = {"name": "  Unpaid   ones ", "query": "pay=pending&evil=1&page=7&show=all&status=nonsense&sort=-amount"}
    answer = desk.post(PAGE, asked)
    view = SavedView.objects.get()
    assert (view.name, view.query) == ("Unpaid ones", "show=all&pay=pending&sort=-amount")
    assert answer["Location"] == f"{LIST}?{view.query}"
    words = desk.get(answer["Location"]).content.decode()
    assert "“Unpaid ones” is saved." in words
    assert 'href="/dashboard/sessions/?show=all&amp;pay=pending&amp;sort=-amount" aria-current="page"' in words


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "This is needed."),
        ("   ", "This is needed."),
        ("x" * 41, "t most 40 characters"),
        ("x" * 10_000, "t most 40 characters"),
        ("UNPAID", "You have a view with that name."),
    ],
)
def test_a_name_that_can_not_be_is_refused_beside_its_field_and_kept(desk, consultant, name, said):
    saved(consultant)
    answer = desk.post(PAGE, {"name": name, "query": "show=held"})
    words = answer.content.decode()
    assert (answer.status_code, SavedView.objects.count()) == (400, 1)
    assert said in words
    assert f'value="{name}"' in words or not name.strip()
    assert 'name="query" value="show=held"' in words


def test_another_consultant_may_use_the_same_name(consultant, other_consultant):
    saved(consultant)
    assert saved(other_consultant).place == 1


def test_there_are_twenty_and_a_place_that_is_given_up_is_taken_again(consultant, desk):
    made = [saved(consultant, name=f"View {n}") for n in range(20)]
    with pytest.raises(InvalidState, match="20 views"):
        saved(consultant, name="One more")
    assert "20 views" in desk.post(PAGE, {"name": "One more", "query": ""}).content.decode()
    views.delete_view(view=made[4])
    assert saved(consultant, name="One more").place == 5


@pytest.mark.parametrize("wrong", [{"place": 21}, {"place": 0}, {"place": 1}, {"name": "unpaid"}, {"is_default": True}])
def test_the_database_keeps_the_rules_by_itself(consultant, wrong):
    saved(consultant, first=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        SavedView.objects.create(**{"consultant": consultant, "name": "Other", "query": "", "place": 2, **wrong})


def test_one_is_opened_first_or_none(desk, consultant):
    first, second = saved(consultant, first=True), saved(consultant, name="Held", query="show=held")
    desk.post(reverse("sessions:view_first", args=[second.pk]))
    assert [view.is_default for view in SavedView.objects.all()] == [False, True]
    assert desk.get(LIST)["Location"] == f"{LIST}?show=held"
    desk.post(reverse("sessions:view_first", args=[second.pk]), {"no": "1"})
    assert desk.get(LIST).status_code == 200
    first.refresh_from_db()
    assert not first.is_default


def test_a_view_is_renamed_and_deleted(desk, consultant):
    view, other = saved(consultant), saved(consultant, name="Held")
    page = reverse("sessions:view_rename", args=[view.pk])
    refused = desk.post(page, {"name": "held"})
    assert (refused.status_code, "You have a view with that name." in refused.content.decode()) == (400, True)
    desk.post(page, {"name": "unpaid"})  # its own name, written otherwise
    view.refresh_from_db()
    assert view.name == "unpaid"
    assert "unpaid" in desk.get(PAGE).content.decode()
    delete = reverse("sessions:view_delete", args=[view.pk])
    assert delete in desk.get(PAGE).content.decode()
    asked = desk.get(delete).content.decode()
    assert "Delete the view “unpaid”?" in asked
    assert "No session is touched." in asked
    assert SavedView.objects.count() == 2  # nothing is gone by looking
    desk.post(delete)
    assert list(SavedView.objects.all()) == [other]


@pytest.mark.parametrize("act", ["view_rename", "view_first", "view_delete"])
def test_anothers_view_is_not_there(desk, consultant, other_consultant, act):
    theirs = saved(other_consultant)
    assert desk.post(reverse(f"sessions:{act}", args=[theirs.pk]), {"name": "Mine"}).status_code == 404
    theirs.refresh_from_db()
    assert (theirs.name, theirs.is_default) == ("Unpaid", False)
    assert "Unpaid" not in desk.get(PAGE).content.decode()


def test_a_query_that_is_too_long_is_refused(consultant):
    with pytest.raises(WrongInput, match="more than a view can keep"):
        saved(consultant, query="q=" + "x" * 2000)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_at_once_get_two_places_or_one_is_told(consultant):
    barrier, came = threading.Barrier(2), []

    def save(name):
        try:
            barrier.wait()
            came.append(saved(consultant, name=name).place)
        except InvalidState:
            came.append(None)
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=(name,)) for name in ("One", "Two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = list(SavedView.objects.values_list("place", flat=True))
    assert len(kept) == len(set(kept)) == sum(place is not None for place in came) >= 1
