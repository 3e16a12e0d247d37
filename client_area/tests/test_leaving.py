"""Deleting an account: the way to it, and that it is refused while something is open."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client as Browser
from django.utils import timezone

from accounts.models import User
from bookings.models import Booking
from bookings.services import cancel_by_client
from bookings.testing import details, make_held, make_paid
from client_area.services import erasing
from client_area.testing import booked, client_of
from client_area.tests.lived import MAIL, NAME, ZONE, erase, mentions
from consultants.models import Consultant
from naksha.testing import PASSWORD
from payments.models import Refund
from payments.services.sending import send
from quotations.testing import make_accepted, pay_part

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_is_refused_while_something_is_to_come_to_pay_or_to_come_back(person, consultant, fake_gateway) -> None:
    client_of(person, consultant)
    typed = details(name=NAME, email=MAIL)
    ahead, _token = make_paid(fake_gateway, consultant, details=typed)
    words = refused(person)
    assert "is still to come" in words[0]
    cancel_by_client(booking=ahead, by=person)
    assert "on its way back to you" in refused(person)[0]
    send(Refund.objects.get().pk)
    held, _token = make_held(consultant, details=typed)
    assert len(refused(person)) == 1
    Booking.objects.filter(pk=held.pk).update(status="abandoned")
    start = timezone.now() - timedelta(days=1)
    booked(person, consultant, starts_at=start, paid_paise=50_000, session={"status": "completed"})
    assert "₹1,000.00" in refused(person)[0]
    assert User.objects.filter(pk=person.pk).exists()


def test_it_is_refused_while_accepted_work_is_not_paid(person, consultant, fake_gateway) -> None:
    client = client_of(person, consultant)
    work, _token = make_accepted(consultant, client=client, title="A will", deposit_points=4000)
    [reason] = reasons(person)
    name = consultant.display_name
    assert reason.words == f"₹25,000.00 of quotation {work.number}, A will, by {name} is still to be paid."
    assert reason.url == f"/me/quotations/{work.pk}/"
    pay_part(fake_gateway, work)  # the deposit
    assert "₹15,000.00 of quotation" in reasons(person)[0].words
    Consultant.objects.update(status="suspended")  # who can't be paid
    assert reasons(person) == []
    Consultant.objects.update(status="approved")
    pay_part(fake_gateway, work)
    erase(person)
    assert not User.objects.filter(pk=person.pk).exists()


def reasons(user: User) -> list[erasing.Reason]:
    return erasing.reasons_against(user, ZONE, timezone.now())


def refused(user: User) -> list[str]:
    before = sorted(mentions())
    with pytest.raises(erasing.NotYet) as refusal:
        erase(user)
    assert sorted(mentions()) == before
    return [reason.words for reason in refusal.value.reasons]


def confirm(browser: Browser) -> None:
    answer = browser.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": "/me/delete/now/"})
    assert answer.url == "/me/delete/now/"


def test_the_way_through_the_pages(client, person, past) -> None:
    elsewhere = Browser()
    for browser in (client, elsewhere):
        browser.post("/accounts/login/", {"login": MAIL, "password": PASSWORD})
    page = client.get("/me/delete/").content.decode()
    assert "This stays" in page
    assert "/me/delete/now/" in page
    assert "/accounts/reauthenticate/" in client.get("/me/delete/now/").url
    assert "/accounts/reauthenticate/" in elsewhere.post("/me/delete/now/", {"word": "DELETE"}).url
    assert User.objects.filter(pk=person.pk).exists()
    confirm(client)
    assert client.post("/me/delete/now/", {"word": "yes"}).status_code == 400
    assert User.objects.filter(pk=person.pk).exists()
    answer = client.post("/me/delete/now/", {"word": "delete"})
    assert "Your account is deleted" in answer.content.decode()
    assert not UserSession.objects.exists()
    for browser in (client, elsewhere):
        assert browser.get("/me/").url == "/accounts/login/?next=/me/"
        assert browser.post("/me/delete/now/", {"word": "DELETE"}).status_code == 302
    assert client.post("/accounts/login/", {"login": MAIL, "password": PASSWORD}).status_code == 200


def test_a_consultants_and_an_admins_login_stay(client, consultant, admin_user) -> None:
    for user, words in ((consultant.user, "Write to us"), (admin_user, "super admin")):
        client.force_login(user)
        page = client.get("/me/delete/").content.decode()
        assert words in page
        assert "/me/delete/now/" not in page
        with pytest.raises(Exception, match="Only a client"):
            erase(user)
        assert User.objects.filter(pk=user.pk).exists()
