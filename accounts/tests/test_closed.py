"""Whoever can't log in is told why, once the password was right, and what can be done about it."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.services import close_account
from consultants.models import Consultant
from consultants.services import approval
from naksha.testing import PASSWORD

pytestmark = pytest.mark.django_db
LOGIN = reverse("account_login")
REASON = "Three complaints of no-shows."


def log_in(client: Client, email: str, password: str = PASSWORD) -> str:
    return client.post(LOGIN, {"login": email, "password": password}, follow=True).content.decode()


def test_a_suspended_consultant_reads_why_and_what_to_do(
    client: Client, consultant: Consultant, admin_user: User
) -> None:
    approval.suspend(consultant=consultant, actor=admin_user, reason=REASON)
    page = log_in(client, consultant.user.email)
    assert REASON in page
    assert "everything that was still to come has been called off" in page
    assert "mailto:hello@naksha.invalid" in page
    assert REASON not in client.get(reverse("account_inactive")).content.decode()  # told once


def test_nobody_reads_it_without_the_password(client: Client, consultant: Consultant, admin_user: User) -> None:
    approval.suspend(consultant=consultant, actor=admin_user, reason=REASON)
    assert REASON not in log_in(client, consultant.user.email, "Wrong-2026!")
    assert REASON not in client.get(reverse("account_inactive")).content.decode()


def test_a_client_whose_account_was_closed_reads_why(client: Client, client_user: User, admin_user: User) -> None:
    close_account(user=client_user, actor=admin_user, reason="You asked us to.")
    page = log_in(client, client_user.email)
    assert "You asked us to." in page
    assert "Your page is down" not in page


def test_an_old_reason_is_not_told_for_a_new_suspension(
    client: Client, consultant: Consultant, admin_user: User
) -> None:
    approval.suspend(consultant=consultant, actor=admin_user, reason="The first.")
    approval.reinstate(consultant=consultant, actor=admin_user, reason="Cleared.")
    approval.suspend(consultant=consultant, actor=admin_user, reason="The second.")
    page = log_in(client, consultant.user.email)
    assert "The second." in page
    assert "The first." not in page
