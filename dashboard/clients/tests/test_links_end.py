"""Links that were mailed to an address which is not the client's: they end, and the right one gets new ones."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from bookings.models import Booking
from bookings.services import links
from bookings.services.renewing import new_link as of_booking
from bookings.testing import make_paid
from clients import keys
from clients.models import Client
from clients.services import change_client, merge
from naksha.errors import InvalidState
from naksha.testing import make_client, make_user, next_slot_start
from notifications.models import OutgoingMail
from notifications.rendering import render_mail
from quotations.models import Quotation
from quotations.services import decline
from quotations.services import links as quotation_links
from quotations.testing import make_sent
from sessions_app.models import Message, Session
from sessions_app.services.renewing import new_link as of_session
from sessions_app.testing import make_recorded
from sessions_app.tests.rooms import let_in, logged_in, room

pytestmark = pytest.mark.django_db
WRONG, RIGHT = "mera@x.example", "meera@x.example"


@pytest.fixture
def session(consultant):
    """Recorded for a client whose address was mistyped."""
    return make_recorded(consultant, starts_at=next_slot_start(5), minutes=30, email=WRONG, price_paise=100_000)


@pytest.fixture
def booking(consultant, session, fake_gateway):
    booking, _token = make_paid(fake_gateway, consultant, starts_at=next_slot_start(6))
    Booking.objects.filter(pk=booking.pk).update(client=session.client)
    Session.objects.filter(pk=booking.session_id).update(client=session.client)
    booking.refresh_from_db()
    return booking


def links_told(to):
    """The links of the mails that went out, by what they open."""
    mails = OutgoingMail.objects.filter(to=to, template__in=["link_renewed", "quotation_sent"]).order_by("pk")
    facts = [json.loads(mail.sealed_context) for mail in mails]
    return sorted(fact.get("manage_url") or fact["page_url"] for fact in facts)


def opens(url):
    return Browser().get(url, follow=True).status_code == 200


def test_a_stranger_who_was_mailed_by_mistake_is_out_and_the_client_is_in(session, consultant):
    stranger = let_in(session)
    assert stranger.get(room(session)).status_code == 200
    change_client(client=session.client, actor=consultant.user, details={"email": RIGHT})
    assert stranger.get(room(session)).status_code == 404
    answer = stranger.post(reverse("chat:messages", args=[session.pk]), {"body": "Who are you?"})
    assert answer.status_code == 404
    assert not Message.objects.filter(body="Who are you?").exists()
    assert stranger.post(reverse("sessions:cancel_mine", args=[session.pk]), {}).status_code == 404
    (told,) = links_told(RIGHT)
    assert opens(told)
    assert not links_told(WRONG)


def test_of_a_booking_every_link_ends_and_one_new_is_mailed(booking, session, consultant):
    old = [links.manage_url(links.mint(booking)) for _ in range(2)]
    stranger = let_in(booking.session, booking.client)
    change_client(client=booking.client, actor=consultant.user, details={"email": RIGHT})
    assert [opens(url) for url in old] == [False, False]
    assert stranger.get(room(booking.session)).status_code == 404
    told = links_told(RIGHT)
    assert len(told) == 2  # the recorded one has its own
    assert all(opens(url) for url in told)


def test_a_quotation_s_link_ends_too(consultant, session):
    client = session.client
    quotation, token = make_sent(consultant, client=client)
    assert opens(quotation_links.page_url(token))
    change_client(client=client, actor=consultant.user, details={"email": RIGHT})
    assert not opens(quotation_links.page_url(token))
    assert Quotation.objects.get(pk=quotation.pk).links.filter(revoked_at__isnull=True).count() == 1
    assert len(links_told(RIGHT)) == 2
    assert all(opens(url) for url in links_told(RIGHT))


def test_an_offer_that_was_answered_is_closed_without_a_mail(consultant):
    client = make_client(consultant, email=WRONG)
    quotation, token = make_sent(consultant, client=client)
    decline(quotation=quotation, reason="Too dear", version=1)
    change_client(client=client, actor=consultant.user, details={"email": RIGHT})
    assert not opens(quotation_links.page_url(token))
    assert not links_told(RIGHT)


def test_what_is_over_is_closed_without_a_mail(session, consultant):
    stranger = let_in(session)
    past = timezone.now() - timedelta(days=2)
    Session.objects.filter(pk=session.pk).update(
        status="completed", starts_at=past, ends_at=past + timedelta(minutes=30)
    )
    change_client(client=session.client, actor=consultant.user, details={"email": RIGHT})
    assert stranger.get(room(session)).status_code == 404
    assert not links_told(RIGHT)


@pytest.mark.parametrize("details", [{"name": "Meera N"}, {"email": "Mera@X.example"}, {"phone": ""}])
def test_any_other_change_leaves_them(session, consultant, details):
    guest = let_in(session)
    change_client(client=session.client, actor=consultant.user, details=details)
    assert guest.get(room(session)).status_code == 200
    assert not OutgoingMail.objects.filter(template="link_renewed").exists()


def test_merged_into_the_right_one_the_wrong_address_opens_nothing_more(session, consultant):
    right, stranger = make_client(consultant, email=RIGHT), let_in(session)
    own = make_recorded(consultant, title="Third opinion", starts_at=next_slot_start(7), client=right)
    inside = let_in(own)
    merge(kept=right, gone=session.client, actor=consultant.user)
    assert stranger.get(room(session)).status_code == 404
    assert inside.get(room(own)).status_code == 200
    (told,) = links_told(RIGHT)
    assert opens(told)


def test_merged_the_other_way_it_is_the_login_s_address_that_stays(session, consultant):
    user = make_user(email=RIGHT)
    right = make_client(consultant, email=RIGHT)
    Client.objects.filter(pk=right.pk).update(user=user)
    stranger, wrong = let_in(session), session.client
    merge(kept=wrong, gone=right, actor=consultant.user)
    assert Client.objects.get(pk=wrong.pk).email == RIGHT
    assert stranger.get(room(session)).status_code == 404
    assert logged_in(user).get(room(session)).status_code == 200
    assert len(links_told(RIGHT)) == 1


def test_the_pages_say_what_happens(session, consultant):
    desk, client = logged_in(consultant.user), session.client
    page = reverse("clients:edit", args=[client.pk])
    assert "links that went to this one stop" in desk.get(page).content.decode()
    saved = desk.post(page, {"name": client.name, "email": RIGHT, "phone": "", "tags": ""}, follow=True)
    assert f"Links that went to {WRONG} have stopped" in saved.content.decode()
    again = desk.post(page, {"name": "Meera N", "email": RIGHT, "phone": "", "tags": ""}, follow=True)
    assert "have stopped" not in again.content.decode()
    other = make_client(consultant, email="other@x.example")
    words = desk.get(reverse("clients:merge", args=[client.pk]), {"other": str(other.pk)}).content.decode()
    assert "mailed to other@x.example stop working" in words


# --- by the consultant's hand -----------------------------------------------------------------------


def test_a_new_link_to_a_recorded_session_ends_the_others(session, consultant):
    desk, stranger = logged_in(consultant.user), let_in(session)
    page = reverse("sessions:new_link", args=[session.pk])
    assert page in desk.get(reverse("sessions:desk", args=[session.pk])).content.decode()
    assert f"gets a new one by mail at {WRONG}" in desk.get(page).content.decode()
    assert stranger.get(room(session)).status_code == 200
    said = desk.post(page, follow=True)
    assert "Those before it have stopped." in said.content.decode()
    assert stranger.get(room(session)).status_code == 404
    (told,) = links_told(WRONG)
    assert opens(told)
    assert AuditEntry.objects.filter(action="session.links_ended", subject_id=session.pk).count() == 1


def test_a_second_press_in_the_same_minute_spoils_nothing(session, consultant):
    desk, page = logged_in(consultant.user), reverse("sessions:new_link", args=[session.pk])
    first = timezone.now().minute
    for _ in range(2):
        desk.post(page)
    if timezone.now().minute != first:
        desk.post(page)
    assert opens(links_told(WRONG)[-1])


def test_a_new_link_to_a_booking_ends_those_to_its_room_too(booking, consultant):
    desk, old = logged_in(consultant.user), links.manage_url(links.mint(booking))
    stranger, page = let_in(booking.session, booking.client), reverse("bookings:new_link", args=[booking.pk])
    for where in (
        reverse("bookings:request", args=[booking.pk]),
        reverse("sessions:desk", args=[booking.session_id]),
    ):
        assert page in desk.get(where).content.decode()
    assert desk.get(reverse("sessions:new_link", args=[booking.session_id]))["Location"] == page
    assert opens(old)
    assert "Those before it have stopped." in desk.post(page, follow=True).content.decode()
    assert not opens(old)
    assert stranger.get(room(booking.session)).status_code == 404
    (told,) = links_told(booking.client.email)
    assert opens(told)
    mail = OutgoingMail.objects.get(template="link_renewed")
    assert "has stopped working" in render_mail(mail.template, json.loads(mail.sealed_context)).text


@pytest.mark.parametrize("name", ["sessions:new_link", "bookings:new_link"])
def test_only_its_own_consultant_ends_links(name, session, booking, other_consultant):
    page = reverse(name, args=[session.pk if name.startswith("sessions") else booking.pk])
    assert Browser().post(page)["Location"].startswith("/accounts/login/")
    assert logged_in(other_consultant.user).post(page).status_code == 404
    assert not OutgoingMail.objects.filter(template="link_renewed").exists()


def test_the_services_end_links_for_nobody_else_either(session, booking, other_consultant):
    with pytest.raises(PermissionDenied):
        of_session(session=session, actor=other_consultant.user)
    with pytest.raises(PermissionDenied):
        of_booking(booking=booking, actor=other_consultant.user)


def test_no_new_link_is_made_of_a_session_that_was_booked_or_whose_client_was_erased(session, booking, consultant):
    with pytest.raises(InvalidState):
        of_session(session=booking.session, actor=consultant.user)
    Client.objects.update(erased_at=timezone.now())
    with pytest.raises(InvalidState):
        of_session(session=session, actor=consultant.user)


def test_no_new_link_is_made_of_a_booking_that_came_to_nothing_or_whose_client_was_erased(booking, consultant):
    for status in ("held", "abandoned"):
        Booking.objects.filter(pk=booking.pk).update(status=status, hold_expires_at=timezone.now())
        with pytest.raises(InvalidState):
            of_booking(booking=booking, actor=consultant.user)
    Booking.objects.filter(pk=booking.pk).update(status="accepted")
    Client.objects.update(erased_at=timezone.now())
    with pytest.raises(InvalidState):
        of_booking(booking=booking, actor=consultant.user)


def test_a_second_press_for_a_booking_spoils_nothing_either(booking, consultant, monkeypatch):
    monkeypatch.setattr(keys, "press_of", lambda now: "link:one-minute")
    for _ in range(2):
        of_booking(booking=booking, actor=consultant.user)
    (told,) = links_told(WRONG)
    assert opens(told)


def test_of_a_session_that_its_client_was_not_told_of_the_right_address_hears_nothing(session, consultant):
    stranger = let_in(session)
    Session.objects.filter(pk=session.pk).update(client_told=False)
    change_client(client=session.client, actor=consultant.user, details={"email": RIGHT})
    assert stranger.get(room(session)).status_code == 404
    assert not links_told(RIGHT)


def test_who_was_erased_is_written_to_no_more(session, booking, consultant):
    Client.objects.filter(pk=session.client_id).update(erased_at=timezone.now())
    desk = logged_in(consultant.user)
    for page in (
        reverse("sessions:new_link", args=[session.pk]),
        reverse("bookings:new_link", args=[booking.pk]),
    ):
        assert desk.post(page).status_code == 302
    assert not OutgoingMail.objects.filter(template="link_renewed").exists()
