"""The list of one's logins, and ending them."""

from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.urls import reverse

from accounts.services import end_logins
from accounts.templatetags.devices import device
from naksha.testing import PASSWORD, make_user

pytestmark = pytest.mark.django_db
LIST = reverse("usersessions_list")
CHROME = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile Safari/537.36"


@pytest.fixture
def user() -> Any:
    return make_user(email="asha@example.com")


def log_in(browser: Any, user: Any, agent: Any = CHROME) -> Any:
    browser.post(reverse("account_login"), {"login": user.email, "password": PASSWORD}, headers={"user-agent": agent})
    return browser


def logged_in(browser: Any) -> bool:
    return browser.get(LIST).status_code == 200


def test_the_list_names_devices_in_words_and_marks_this_one(client: Any, user: Any) -> None:
    log_in(client, user)
    page = client.get(LIST).content.decode()
    assert "Chrome on Android" in page
    assert "this one" in page


def test_one_login_can_be_ended_and_the_other_stays(client: Any, user: Any) -> None:
    other = log_in(client.__class__(), user)
    log_in(client, user)
    theirs = UserSession.objects.order_by("pk").first()
    client.post(reverse("accounts:end_login", args=[theirs.pk]))
    assert logged_in(client)
    assert not logged_in(other)


def test_nobody_ends_anothers_login(client: Any, user: Any, stranger: Any) -> None:
    theirs = log_in(client.__class__(), stranger)
    log_in(client, user)
    login = UserSession.objects.get(user=stranger)
    assert client.post(reverse("accounts:end_login", args=[login.pk])).status_code == 404
    assert logged_in(theirs)


def test_all_but_this_one_can_be_ended(client: Any, user: Any) -> None:
    other = log_in(client.__class__(), user)
    log_in(client, user)
    client.post(LIST)
    assert logged_in(client)
    assert not logged_in(other)


def test_ending_every_login_reaches_sessions_that_no_list_knows(client: Any, user: Any) -> None:
    client.force_login(user)
    UserSession.objects.all().delete()
    end_logins(user=user)
    assert not logged_in(client)


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (CHROME, "Chrome on Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/131.0 Safari/537.36 Edg/131.0", "Edge on Windows"),
        ("curl/8.5", "Another program"),
        ("", "Another program"),
    ],
)
def test_a_browser_is_named_as_people_name_it(agent: Any, words: Any) -> None:
    assert device(agent) == words


def test_apps_stand_in_the_list_with_their_own_name_and_can_be_ended(client: Any, user: Any, stranger: Any) -> None:
    from accounts.api import tokens
    from naksha.api.testing import api_of

    app, others = api_of(user), api_of(stranger)
    app.login.device = "Diary/2.1 (Android 14; <b>)"
    app.login.save()
    log_in(client, user)
    page = client.get(LIST).content.decode()
    assert "Diary/2.1" in page
    assert "<b>" not in page.split("Diary/2.1")[1][:40]
    assert client.post(reverse("accounts:end_app_login", args=[others.login.pk])).status_code == 404
    assert others.get("/auth/me").status == 200
    assert client.post(reverse("accounts:end_app_login", args=[app.login.pk])).status_code == 302
    assert app.get("/auth/me").status == 401
    assert "Diary/2.1" not in client.get(LIST).content.decode()
    assert not tokens.open_logins_of(user).exists()


def test_ending_all_but_this_one_ends_the_apps_too(client: Any, user: Any) -> None:
    from naksha.api.testing import api_of

    app = api_of(user)
    log_in(client, user)
    assert "End all but this one" in client.get(LIST).content.decode()
    client.post(LIST)
    assert app.get("/auth/me").status == 401
    assert logged_in(client)


def test_the_list_costs_the_same_with_one_app_and_with_ten(
    client: Any, user: Any, django_assert_max_num_queries: Any
) -> None:
    from naksha.api.testing import api_of

    log_in(client, user)
    for _ in range(10):
        api_of(user)
    with django_assert_max_num_queries(9):
        assert client.get(LIST).status_code == 200
