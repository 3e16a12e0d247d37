"""The pages on which the client of a recorded session cancels and moves it: by login, or by the link of a mail."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from availability.picker import start_text
from bookings.testing import make_paid
from naksha.testing import make_client, next_slot_start
from notifications.models import OutgoingMail
from payments.models import Refund
from sessions_app.access import mint_link
from sessions_app.models import Session
from sessions_app.testing import make_recorded, open_by_link
from sessions_app.tests.test_recording import pay

pytestmark = pytest.mark.django_db
S = Session.Status


@pytest.fixture
def session(consultant, client_user):
    who = make_client(consultant, user=client_user, email=client_user.email, timezone="Asia/Dubai")
    return make_recorded(
        consultant,
        platform="phone",
        place="+91 98000 00001",
        starts_at=next_slot_start(5),
        client=who,
        price_paise=100_000,
    )


@pytest.fixture
def cancelling(session):
    return reverse("sessions:cancel_mine", args=[session.pk])


@pytest.fixture
def moving(session):
    return reverse("sessions:move_mine", args=[session.pk])


@pytest.fixture(params=["login", "link"])
def mine(request, client, client_user, session):
    """A browser with a login, and one that was let in by a link."""
    if request.param == "login":
        client.force_login(client_user)
    else:
        client.get(reverse("sessions:enter", args=[mint_link(session=session, client=session.client)]))
    return client


def text(response):
    return response.content.decode()


def room(session):
    return reverse("sessions:room", args=[session.pk])


def test_the_room_offers_both_and_the_mails_lead_there(mine, session, cancelling, moving):
    page = text(mine.get(room(session)))
    assert f'href="{cancelling}"' in page
    assert f'href="{moving}"' in page
    told = json.loads(OutgoingMail.objects.get(template="session_recorded_client").sealed_context)
    assert told["terms"][0] == "Cancel up to 24 hours before and get all of it back."
    there = mine.get(told["change_url"])
    assert there["Location"] == f"{room(session)}#change"


def test_what_comes_back_is_shown_and_then_given(mine, fake_gateway, session, cancelling):
    pay(fake_gateway, session)
    with time_machine.travel(session.starts_at - timedelta(hours=5), tick=False):
        page = mine.get(cancelling)
        assert "You get 50% back, ₹500.00 of ₹1,000.00." in text(page)
        assert "9:30 to 10:15 am" in text(page)  # in Dubai, where the client is
        assert page["Cache-Control"] == "no-store, private"
        done = mine.post(cancelling, {"refund": "50000", "reason": "I am ill."}, follow=True)
    assert done.redirect_chain == [(room(session), 302)]
    assert "Cancelled. " in text(done)
    session.refresh_from_db()
    assert (session.status, session.cancel_reason, Refund.objects.get().amount_paise) == (
        S.CANCELLED,
        "I am ill.",
        50_000,
    )


def test_a_refund_that_shrank_is_shown_again(mine, fake_gateway, session, cancelling):
    pay(fake_gateway, session)
    with time_machine.travel(session.starts_at - timedelta(hours=5), tick=False):
        again = mine.post(cancelling, {"refund": "100000", "reason": "Ill."})
    assert again.status_code == 409
    assert "The refund has changed" in text(again)
    assert "₹500.00 of ₹1,000.00" in text(again)
    assert 'value="50000"' in text(again)
    assert not Refund.objects.exists()


@pytest.mark.parametrize("words", ["x" * 1001, "a\x00b"])
def test_a_reason_that_can_not_be_kept_is_said_beside_it(mine, session, cancelling, words):
    answer = mine.post(cancelling, {"refund": "0", "reason": words})
    assert (answer.status_code, Session.objects.get().status) == (400, S.CONFIRMED)


def test_another_time_is_chosen_seen_and_taken(mine, session, moving):
    new = next_slot_start(7)
    page = text(mine.get(moving, {"day": f"{new:%Y-%m-%d}"}))
    assert f"start={start_text(new).replace(':', '%3A')}" in page
    assert "Dubai" in page
    chosen = text(mine.get(moving, {"start": start_text(new)}))
    assert "Move it to this time?" in chosen
    assert "You can move this session 2 more times." in chosen
    done = mine.post(moving, {"start": start_text(new)}, follow=True)
    assert done.redirect_chain == [(room(session), 302)]
    session.refresh_from_db()
    assert session.starts_at == new


def test_a_time_that_is_gone_leads_to_the_nearest(mine, consultant, session, moving):
    new = next_slot_start(7)
    make_recorded(consultant, title="Another", starts_at=new, client=session.client)
    answer = mine.post(moving, {"start": start_text(new)})
    assert answer.status_code == 409
    assert "The nearest that are free:" in text(answer)
    session.refresh_from_db()
    assert session.sequence == 0


def test_what_the_terms_no_longer_allow_is_not_offered(mine, session, cancelling, moving):
    with time_machine.travel(session.starts_at - timedelta(hours=2), tick=False):
        page = text(mine.get(room(session)))
        assert moving not in page
        assert cancelling in page
        assert mine.get(moving).status_code == 302
        late = mine.post(moving, {"start": start_text(next_slot_start(7))}, follow=True)
        assert "It is too close to the start to move it." in text(late)
    with time_machine.travel(session.starts_at, tick=False):
        assert cancelling not in text(mine.get(room(session)))
        late = mine.post(cancelling, {"refund": "0"}, follow=True)
        assert "It has begun" in text(late)
        assert mine.get(cancelling).status_code == 302
    session.refresh_from_db()
    assert (session.status, session.sequence) == (S.CONFIRMED, 0)


def test_a_stranger_and_another_client_find_nothing(client, consultant, stranger, session, cancelling, moving):
    other = make_recorded(consultant, title="Another", starts_at=next_slot_start(6))
    for page in (cancelling, moving):
        assert client.get(page).status_code == 404
    client.force_login(stranger)
    open_by_link(client, other)
    for page in (cancelling, moving):
        assert client.get(page).status_code == 404
        assert client.post(page, {"start": start_text(next_slot_start(7))}).status_code == 404
    session.refresh_from_db()
    assert (session.status, session.sequence) == (S.CONFIRMED, 0)


def test_a_link_that_was_revoked_ends_at_once(client, session, cancelling):
    link = open_by_link(client, session)
    assert client.get(cancelling).status_code == 200
    link.__class__.objects.update(revoked_at=session.created_at)
    assert client.post(cancelling, {"refund": "0"}).status_code == 404
    assert Session.objects.get().status == S.CONFIRMED


def test_its_consultant_and_who_has_booked_are_led_to_their_own_pages(
    client, client_user, fake_gateway, consultant, cancelling, moving, session
):
    client.force_login(consultant.user)
    assert client.get(cancelling)["Location"] == reverse("sessions:cancel", args=[session.pk])
    assert client.get(moving)["Location"] == reverse("sessions:move", args=[session.pk])
    booking, _ = make_paid(fake_gateway, consultant, starts_at=next_slot_start(6))
    open_by_link(client, booking.session, booking.client)
    client.logout()
    open_by_link(client, booking.session, booking.client)
    there = client.get(reverse("sessions:cancel_mine", args=[booking.session_id]))["Location"]
    assert there == f"{reverse('bookings:of', args=[booking.pk])}?to=cancel"


def test_a_fixed_number_of_queries(django_assert_num_queries, client, client_user, session, cancelling, moving):
    client.force_login(client_user)
    for page in (cancelling, moving):
        client.get(page)
        with django_assert_num_queries(5):
            assert client.get(page).status_code == 200
