"""Sessions in the admin's hands: found, read with their join log, never written."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from availability.models import Occupancy
from consultants.models import Consultant
from naksha.testing import next_slot_start
from notifications.models import OutgoingMail
from notifications.rendering import render_mail
from payments.models import Refund
from sessions_app.models import JoinEvent, Session
from sessions_app.services import chatting, move_on_due
from sessions_app.testing import make_recorded, make_session
from sessions_app.tests.chatters import guest_of, say
from sessions_app.tests.test_recording import pay

pytestmark = pytest.mark.django_db
LIST = reverse("admin:sessions_app_session_changelist")


@pytest.fixture
def session(consultant):
    session = make_session(consultant, starts_at=next_slot_start(9))
    JoinEvent.objects.create(session=session, side="client", client=session.client, kind="joined")
    return session


def test_an_admin_finds_a_session_and_reads_who_came(client, admin_user, session):
    client.force_login(admin_user)
    page = client.get(LIST, {"q": session.client.email, "status__exact": "confirmed"}).content.decode()
    assert session.title in page
    page = client.get(reverse("admin:sessions_app_session_change", args=[session.pk])).content.decode()
    assert "Joined the meeting" in page
    assert "(&#x27;confirmed&#x27;" not in page  # the state in a word, not as the badge is made
    assert "Sessions_App" not in page


def test_an_admin_writes_nothing_here_and_nobody_else_reads_it(client, admin_user, stranger, session):
    page = reverse("admin:sessions_app_session_change", args=[session.pk])
    client.force_login(admin_user)
    assert client.post(page, {"title": "Else"}).status_code == 403
    assert client.post(reverse("admin:sessions_app_session_delete", args=[session.pk])).status_code == 403
    assert client.get(reverse("admin:sessions_app_session_add")).status_code == 403
    client.force_login(stranger)
    assert client.get(page).status_code in (302, 403)
    assert Session.objects.get().title == session.title


def test_an_admin_reads_what_the_chat_said_before(client, admin_user, session):
    guest = guest_of(session)
    changed, gone = say(guest, "Pay me <b>in cash</b>."), say(guest, "Or I will tell everybody.")
    chatting.edit(visitor=guest, message_id=changed.pk, body="Thank you.")
    chatting.delete(visitor=guest, message_id=gone.pk)
    client.force_login(admin_user)
    page = client.get(reverse("admin:sessions_app_session_change", args=[session.pk])).content.decode()
    name = session.client.name
    assert f"{name} edited “Pay me &lt;b&gt;in cash&lt;/b&gt;.”" in page
    assert f"{name} took back “Or I will tell everybody.”" in page
    assert "Thank you." not in page


# --- a recorded one, called off ---------------------------------------------------------------


@pytest.fixture
def recorded(consultant):
    return make_recorded(consultant, price_paise=100_000)


def press(client, session, reason):
    return client.post(reverse("admin:sessions_app_session_cancel", args=[session.pk]), {"cancel-reason": reason})


@pytest.mark.parametrize("suspended", [False, True])
def test_a_client_who_waits_alone_gets_everything_back(client, admin_user, fake_gateway, recorded, suspended):
    pay(fake_gateway, recorded)
    if suspended:
        Consultant.objects.update(status="suspended")
    with time_machine.travel(recorded.starts_at + timedelta(minutes=20), tick=False):
        came = {"session": recorded, "client": recorded.client, "at": recorded.starts_at}
        JoinEvent.objects.create(side="client", kind="joined", **came)
        assert move_on_due() == 1
        client.force_login(admin_user)
        page = client.get(reverse("admin:sessions_app_session_change", args=[recorded.pk])).content.decode()
        assert "₹1,000.00 goes back to the client." in page
        assert "Move it up to 4 hours before, at most twice." in page
        for _ in range(2):
            press(client, recorded, "The consultant never came.")
    recorded.refresh_from_db()
    assert (recorded.status, Refund.objects.get().amount_paise) == (Session.Status.CANCELLED, 100_000)
    assert not Occupancy.objects.exists()
    assert OutgoingMail.objects.filter(template="called_off_client").count() == 1
    told = OutgoingMail.objects.get(template="called_off_consultant")
    text = render_mail(told.template, json.loads(told.sealed_context)).text
    assert ("/dashboard/sessions/" in text) is not suspended
    assert "The consultant never came." in text


def test_where_both_have_met_or_the_consultant_began_it_nothing_is_called_off(client, admin_user, recorded):
    client.force_login(admin_user)
    Session.objects.update(status="in_progress")
    press(client, recorded, "No.")
    for side, who in (("client", recorded.client), ("consultant", None)):
        JoinEvent.objects.create(session=recorded, side=side, client=who, kind="joined", at=recorded.starts_at)
    press(client, recorded, "No.")
    assert Session.objects.get().status == "in_progress"


def test_it_needs_a_reason_and_an_admin_and_is_not_for_what_was_booked(client, admin_user, stranger, recorded, session):
    client.force_login(stranger)
    assert press(client, recorded, "Mine.").status_code in (302, 403)
    client.force_login(admin_user)
    assert press(client, recorded, " ").status_code == 200
    press(client, session, "Booked.")
    assert set(Session.objects.values_list("status", flat=True)) == {"confirmed"}
