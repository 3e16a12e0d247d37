"""Saving a consultant: with a login at once, without one through the login, and back to the page."""

from __future__ import annotations

import pytest
from django.urls import reverse

from consultants.models import Consultant, SavedConsultant
from consultants.services.profile import change_slug
from naksha.testing import PASSWORD, make_consultant, make_service

pytestmark = pytest.mark.django_db
ASHA = "/asha-rao/"


def test_saved_once_however_often_it_is_pressed_and_let_go_again(me, client_user, consultant) -> None:
    for _ in range(2):
        assert me.post("/me/saved/asha-rao/keep/", {"next": "/consultants/?q=tax"}).url == "/consultants/?q=tax"
    assert [one.consultant for one in SavedConsultant.objects.all()] == [consultant]
    page = me.get(ASHA).content.decode()
    assert "/me/saved/asha-rao/drop/" in page
    assert "/keep/" not in page
    assert me.post("/me/saved/asha-rao/drop/").url == ASHA
    assert not SavedConsultant.objects.exists()


def test_no_address_elsewhere_is_gone_back_to(me, consultant) -> None:
    for elsewhere in ("https://evil.example/", "//evil.example", "javascript:alert(1)", "home", "' OR 1=1 --"):
        assert me.post("/me/saved/asha-rao/keep/", {"next": elsewhere}).url == ASHA


def test_who_is_not_public_can_not_be_saved_but_let_go_by_who_has_them(
    me, client_user, stranger, client, consultant
) -> None:
    Consultant.objects.update(is_listed=False)
    assert me.post("/me/saved/asha-rao/keep/").status_code == 404
    assert me.post("/me/saved/asha-rao/drop/").status_code == 404
    SavedConsultant.objects.create(user=client_user, consultant=consultant)
    assert me.post("/me/saved/asha-rao/drop/").url == "/me/saved/"
    assert not SavedConsultant.objects.exists()


def test_a_page_from_before_the_address_changed_saves_and_lets_go_all_the_same(
    me, client_user, client, consultant
) -> None:
    change_slug(consultant=consultant, slug="asha-tax")
    assert me.post("/me/saved/asha-rao/keep/").url == "/asha-tax/"
    assert SavedConsultant.objects.get().user == client_user
    Consultant.objects.update(is_listed=False)
    assert me.post("/me/saved/asha-rao/drop/").url == "/me/saved/"
    assert not SavedConsultant.objects.exists()
    Consultant.objects.update(is_listed=True)
    me.logout()
    assert client.get("/me/saved/asha-rao/").url == "/accounts/login/?next=/asha-tax/"


def test_a_visitor_logs_in_and_finds_it_saved(client, client_user, consultant) -> None:
    page = client.get(ASHA)
    assert 'href="/me/saved/asha-rao/"' in page.content.decode()
    answer = client.get("/me/saved/asha-rao/")
    assert answer.url == f"/accounts/login/?next={ASHA}"
    assert not SavedConsultant.objects.exists()
    answer = client.post(answer.url, {"login": client_user.email, "password": PASSWORD, "next": ASHA})
    assert answer.url == ASHA
    assert SavedConsultant.objects.get().user == client_user
    assert "/drop/" in client.get(ASHA).content.decode()


def test_an_address_alone_saves_nothing(me, consultant) -> None:
    assert me.get("/me/saved/asha-rao/").url == ASHA
    assert me.get("/me/saved/asha-rao/keep/").status_code == 405
    assert not SavedConsultant.objects.exists()


def test_the_page_without_a_login_is_kept_as_before(client, consultant) -> None:
    first, second = client.get(ASHA), client.get(ASHA)
    assert first["ETag"] == second["ETag"]
    assert "s-maxage" in second["Cache-Control"]
    assert "csrfmiddlewaretoken" not in second.content.decode()


def test_the_list_shows_price_and_next_time_of_those_who_are_public(me, client_user, stranger, consultant) -> None:
    make_service(consultant, price_paise=90_000)
    other = make_consultant()
    for who in (consultant, other):
        SavedConsultant.objects.create(user=client_user, consultant=who)
    SavedConsultant.objects.create(user=stranger, consultant=consultant)
    found = me.get("/me/saved/").context["found"]
    assert [one.consultant for one in found] == [other, consultant]
    assert found[1].from_paise == 90_000
    assert found[1].next_free is not None
    Consultant.objects.filter(pk=other.pk).update(status="suspended")
    assert [one.consultant for one in me.get("/me/saved/").context["found"]] == [consultant]


def test_the_list_asks_as_often_for_thirty_as_for_one(me, client_user, django_assert_num_queries) -> None:
    def save(number: int) -> None:
        for _ in range(number):
            who = make_consultant()
            make_service(who)
            SavedConsultant.objects.create(user=client_user, consultant=who)

    save(1)
    me.get("/me/saved/")
    with django_assert_num_queries(10) as first:
        me.get("/me/saved/")
    save(29)
    with django_assert_num_queries(len(first)):
        me.get("/me/saved/")


def test_the_directory_says_who_is_saved(me, client_user, consultant) -> None:
    make_service(consultant)
    SavedConsultant.objects.create(user=client_user, consultant=consultant)
    assert reverse("client_area:unsave", args=["asha-rao"]) in me.get("/consultants/").content.decode()
    me.logout()
    assert reverse("client_area:ask_to_save", args=["asha-rao"]) in me.get("/consultants/").content.decode()
