"""Signing up."""

import json

import pytest
from django.urls import reverse

from accounts.models import User
from consultants.models import BookingPolicy, Consultant
from naksha.testing import PASSWORD, make_user
from notifications.models import OutgoingMail

pytestmark = pytest.mark.django_db
SIGNUP = reverse("account_signup")


def form(**changes):
    return {
        "account_type": "consultant",
        "name": "Asha Devi Rao",
        "email": "asha@example.com",
        "password1": PASSWORD,
        **changes,
    }


def test_the_page_shows_the_rules_and_starts_with_consultant(client):
    page = client.get(SIGNUP).content.decode()
    assert "8 to 128 characters" in page
    assert 'value="consultant" ' in page
    assert client.get(SIGNUP).context["form"]["account_type"].value() == "consultant"
    assert client.get(SIGNUP, {"as": "client"}).context["form"]["account_type"].value() == "client"


def test_a_consultant_signs_up_and_is_asked_to_look_into_the_mail(client):
    answer = client.post(SIGNUP, form())
    assert answer.status_code == 302
    assert answer.url == reverse("account_email_verification_sent")
    user = User.objects.get()
    assert (user.first_name, user.last_name, user.role) == ("Asha", "Devi Rao", "consultant")
    assert (user.consultant.slug, user.consultant.status) == ("asha-devi-rao", "draft")
    assert BookingPolicy.objects.filter(consultant=user.consultant).exists()
    mail = OutgoingMail.objects.get()
    assert (mail.template, mail.to) == ("account/email_confirmation_signup", "asha@example.com")
    assert not answer.wsgi_request.user.is_authenticated


def test_a_client_signs_up_without_a_page(client):
    client.post(SIGNUP, form(account_type="client"))
    assert User.objects.get().role == "client"
    assert not Consultant.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "A"),
        ("name", "Asha<script>"),
        ("email", "asha"),
        ("password1", "short"),
        ("password1", "monsoon-2026!"),
        ("account_type", "admin"),
        ("account_type", ""),
    ],
)
def test_what_breaks_a_rule_is_said_beside_the_field_and_makes_nothing(client, field, value):
    answer = client.post(SIGNUP, form(**{field: value}))
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]
    assert not User.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_nobody_signs_up_as_an_admin_by_adding_fields(client):
    client.post(SIGNUP, form(role="admin", is_superuser="on", is_staff="on"))
    user = User.objects.get()
    assert not user.is_staff
    assert not user.is_superuser


def test_an_address_that_is_taken_gives_the_same_page_and_a_mail_to_its_owner(client):
    make_user(email="asha@example.com")
    answer = client.post(SIGNUP, form())
    assert answer.status_code == 302
    assert answer.url == reverse("account_email_verification_sent")
    assert User.objects.count() == 1
    assert not Consultant.objects.exists()
    assert OutgoingMail.objects.get().template == "account/account_already_exists"


def test_links_in_mails_lead_to_the_sites_own_address_whatever_host_was_sent(client, settings):
    client.post(SIGNUP, form(), headers={"host": "evil.example"})
    context = json.loads(OutgoingMail.objects.get().sealed_context)
    assert context["activate_url"].startswith(settings.SITE_URL + "/accounts/confirm-email/")


def test_the_sixth_sign_up_with_an_address_has_to_wait(client):
    for _ in range(5):
        client.post(SIGNUP, form())
    mails = OutgoingMail.objects.count()
    answer = client.post(SIGNUP, form())
    assert answer.status_code == 429
    assert 890 <= int(answer["Retry-After"]) <= 900
    assert OutgoingMail.objects.count() == mails
