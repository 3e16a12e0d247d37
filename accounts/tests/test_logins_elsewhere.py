"""Google and Microsoft, where this installation has their keys."""

from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.urls import reverse

from accounts.models import User
from naksha.testing import make_user

pytestmark = pytest.mark.django_db
GOOGLE = "/accounts/google/login/"
SIGNUP = reverse("socialaccount_signup")


@pytest.fixture
def keys(settings):
    settings.SOCIALACCOUNT_PROVIDERS = {
        "google": {
            "APPS": [{"client_id": "google-client", "secret": "google-secret"}],
            "SCOPE": ["profile", "email"],
            "OAUTH_PKCE_ENABLED": True,
            "EMAIL_AUTHENTICATION": True,
            "EMAIL_AUTHENTICATION_AUTO_CONNECT": True,
        }
    }


def test_without_keys_nothing_of_them_shows(client):
    assert "Google" not in client.get(reverse("account_login")).content.decode()
    assert client.get(GOOGLE).status_code == 404
    assert client.post("/accounts/microsoft/login/").status_code == 404


def test_with_keys_a_button_posts_and_leads_to_google_with_pkce(client, keys):
    page = client.get(reverse("account_login")).content.decode()
    assert "Go on with Google" in page
    assert "Microsoft" not in page
    assert client.get(GOOGLE).status_code == 200
    answer = client.post(GOOGLE)
    address = urlsplit(answer.url)
    asked = parse_qs(address.query)
    assert address.hostname == "accounts.google.com"
    assert asked["client_id"] == ["google-client"]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["state"]
    assert "google-secret" not in answer.url


def test_a_made_up_return_logs_nobody_in(client, keys):
    page = client.get("/accounts/google/login/callback/", {"code": "x", "state": "forged"})
    assert "That login did not work" in page.content.decode()
    assert "_auth_user_id" not in client.session


def came_from_google(client, email="asha@example.com", name=("Asha", "Rao")):
    """A visitor whom Google has vouched for, before the form that makes the account."""
    login = SocialLogin(
        provider=get_adapter().get_provider(None, "google"),
        user=User(email=email, first_name=name[0], last_name=name[1]),
        account=SocialAccount(provider="google", uid="1"),
        email_addresses=[EmailAddress(email=email, verified=True, primary=True)],
    )
    session = client.session
    session["socialaccount_sociallogin"] = login.serialize()
    session.save()


def test_the_form_knows_the_name_and_asks_what_brings_them(client, keys):
    came_from_google(client)
    form = client.get(SIGNUP).context["form"]
    assert form["name"].value() == "Asha Rao"
    assert form["account_type"].value() == "consultant"


def test_the_account_is_made_with_its_page_and_is_logged_in_at_once(client, keys):
    came_from_google(client)
    answer = client.post(SIGNUP, {"account_type": "consultant", "name": "Asha Devi Rao", "email": "asha@example.com"})
    user = User.objects.get()
    assert (user.name, user.consultant.slug) == ("Asha Devi Rao", "asha-devi-rao")
    assert user.has_confirmed_mail()
    assert not user.has_usable_password()
    assert answer.url == reverse("consultants:application")
    assert "_auth_user_id" in client.session


def test_the_name_rule_holds_here_too(client, keys):
    came_from_google(client)
    answer = client.post(SIGNUP, {"account_type": "client", "name": "😀", "email": "asha@example.com"})
    assert "name" in answer.context["form"].errors
    assert not User.objects.exists()


def test_an_address_that_is_taken_makes_no_second_account(client, keys):
    make_user(email="asha@example.com")
    came_from_google(client)
    client.post(SIGNUP, {"account_type": "client", "name": "Asha Rao", "email": "asha@example.com"})
    assert User.objects.count() == 1
    assert not SocialAccount.objects.exists()
    assert "_auth_user_id" not in client.session
