"""Guests become clients at once, and a login takes over what its confirmed address booked."""

import pytest
from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from django.urls import reverse

from accounts.models import User
from bookings.services import hold
from bookings.testing import details, make_paid
from clients.models import Client
from clients.services import claim_confirmed, find_or_create
from naksha.testing import PASSWORD, make_client, make_service, make_user, next_slot_start
from payments.models import Invoice

pytestmark = pytest.mark.django_db


def test_one_row_for_a_consultant_and_an_address_whatever_its_case(consultant):
    first = find_or_create(consultant=consultant, name="Meera", email="Meera@Example.com")
    assert find_or_create(consultant=consultant, name="Other", email="meera@example.COM") == first
    assert (first.email, Client.objects.get().name) == ("meera@example.com", "Meera")


def test_two_consultants_keep_two_rows(consultant, other_consultant):
    for one in (consultant, other_consultant):
        find_or_create(consultant=one, name="Meera", email="meera@example.com")
    assert Client.objects.count() == 2


def test_a_login_fills_what_is_empty_and_rewrites_nothing(consultant, client_user):
    make_client(consultant, email=client_user.email, name="As known", phone="", state_code="27")
    found = find_or_create(
        consultant=consultant,
        name="New",
        email="ignored@example.com",
        phone="+919820012345",
        state_code="29",
        user=client_user,
    )
    assert (found.name, found.phone, found.state_code, found.user) == ("As known", "+919820012345", "27", client_user)


def test_confirming_an_address_claims_what_it_booked(consultant, fake_gateway):
    booking, _ = make_paid(fake_gateway, consultant)
    user = make_user(email="farhan@example.com", verified=False)
    assert claim_confirmed(user=user) == 0
    address = EmailAddress.objects.get(user=user)
    address.verified = True
    address.save()
    email_confirmed.send(sender=EmailAddress, request=None, email_address=address)
    assert user.client_records.get().bookings.get() == booking


def test_logging_in_claims_too_but_never_what_is_anothers(client, consultant, other_consultant):
    mine = make_client(consultant, email="farhan@example.com")
    theirs = make_client(other_consultant, email="farhan@example.com", user=make_user())
    user = make_user(email="farhan@example.com")
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert mine.user == user
    assert theirs.user != user


def test_a_login_that_changed_its_address_keeps_its_row_and_the_old_one_is_its_new_owners(consultant):
    user = make_user(email="old@example.com")
    row = find_or_create(consultant=consultant, name="Farhan", email=user.email, user=user)
    User.objects.filter(pk=user.pk).update(email="new@example.com")
    EmailAddress.objects.filter(user=user).update(email="new@example.com")
    heir = make_user(email="old@example.com")
    theirs = find_or_create(consultant=consultant, name="Heir", email=heir.email, user=heir)
    row.refresh_from_db()
    assert (theirs.user, row.user, row.email) == (heir, user, "new@example.com")
    user.refresh_from_db()
    assert find_or_create(consultant=consultant, name="Farhan", email=user.email, user=user) == row
    assert Client.objects.filter(consultant=consultant).count() == 2


def test_who_books_first_with_a_new_address_is_found_by_both(consultant):
    user = make_user(email="old@example.com")
    row = find_or_create(consultant=consultant, name="Farhan", email=user.email, user=user)
    user.email = "new@example.com"
    assert find_or_create(consultant=consultant, name="Farhan", email=user.email, user=user) == row
    for email in ("old@example.com", "new@example.com"):
        assert find_or_create(consultant=consultant, name="Guest", email=email) == row
    assert Client.objects.get(pk=row.pk).email == "new@example.com"


def test_a_guest_who_types_somebodys_address_reads_nothing_of_theirs_in_the_invoice(consultant, fake_gateway):
    consultant.registration, consultant.gstin = "regular", "27AABCN1234F1ZW"
    consultant.save()
    make_client(
        consultant, email="farhan@example.com", gstin="29AABCN1234F1ZS", address="7 Secret Lane", user=make_user()
    )
    make_paid(fake_gateway, consultant, details=details(state_code="07", pin_code="110001"))
    said = str(Invoice.objects.get().recipient)
    assert "Secret" not in said
    assert "29AABCN1234F1ZS" not in said


def test_the_login_itself_gets_its_own_address_on_the_invoice(consultant, client_user, fake_gateway):
    from bookings.testing import pay

    make_client(consultant, email=client_user.email, user=client_user, address="7 Own Lane")
    booking, _ = hold(
        service=make_service(consultant), starts_at=next_slot_start(), details=details(), user=client_user
    )
    pay(fake_gateway, booking)
    assert "7 Own Lane" in str(Invoice.objects.get().recipient)
