"""Bookings and suspensions in the admin: what a press would cost, what it did, and who may press."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEntry, User
from bookings.models import Booking
from bookings.services import cancel_by_client, cancel_by_platform
from bookings.testing import details, make_held, make_paid
from consultants.models import Consultant, Suspension, Undoing
from consultants.services import suspending
from naksha.errors import ReasonNeeded
from naksha.testing import next_slot_start
from notifications.models import OutgoingMail
from payments.models import Refund
from payments.testing import FakeGateway
from sessions_app.models import JoinEvent, Session
from sessions_app.services import move_on_due

pytestmark = pytest.mark.django_db
S = Booking.Status


@pytest.fixture
def booked(fake_gateway: FakeGateway, consultant: Consultant) -> Booking:
    return make_paid(fake_gateway, consultant)[0]


@pytest.fixture
def desk(client: Client, admin_user: User) -> Client:
    client.force_login(admin_user)
    return client


def page_of(booking: Booking) -> str:
    return reverse("admin:bookings_booking_change", args=[booking.pk])


def press(desk: Client, booking: Booking, reason: str) -> Any:
    return desk.post(reverse("admin:bookings_booking_cancel", args=[booking.pk]), {"cancel-reason": reason})


def test_a_booking_is_cancelled_with_everything_back_whatever_its_terms(desk: Client, booked: Booking) -> None:
    with time_machine.travel(booked.starts_at - timedelta(hours=1), tick=False):
        desk.force_login(User.objects.get(role="admin"))
        page = desk.get(page_of(booked)).content.decode()
        assert "₹1,500.00 goes back to the client." in page
        assert press(desk, booked, "The consultant is in hospital.").status_code == 302
    booked.refresh_from_db()
    assert (booked.status, booked.closed_by_platform) == (S.CANCELLED, True)
    assert booked.close_reason == "The consultant is in hospital."
    assert Refund.objects.get().amount_paise == 150_000
    entry = AuditEntry.objects.get(action="booking.cancelled_by_platform")
    assert (entry.reason, entry.actor) == ("The consultant is in hospital.", User.objects.get(role="admin"))
    told = OutgoingMail.objects.filter(template__startswith="called_off_").values_list("template", flat=True)
    assert sorted(told) == ["called_off_client", "called_off_consultant"]
    page = desk.get(page_of(booked)).content.decode()
    assert "Cancel and give everything back" not in page
    assert "The consultant is in hospital." in page


def test_a_second_press_gives_nothing_twice(desk: Client, booked: Booking) -> None:
    press(desk, booked, "Once.")
    press(desk, booked, "Twice.")
    booked.refresh_from_db()
    assert booked.close_reason == "Once."
    assert Refund.objects.count() == 1


def test_it_needs_a_reason(desk: Client, booked: Booking, admin_user: User) -> None:
    assert press(desk, booked, "  ").status_code == 200  # the page again, with what is missing
    with pytest.raises(ReasonNeeded):
        cancel_by_platform(booking=booked, actor=admin_user, reason=" ")
    booked.refresh_from_db()
    assert booked.status == S.ACCEPTED
    assert not Refund.objects.exists()


def test_a_session_that_nobody_came_to_can_be_cancelled_after_its_start_but_one_that_began_cannot(
    desk: Client, booked: Booking
) -> None:
    Session.objects.update(status="in_progress")
    assert "Cancel and give everything back" not in desk.get(page_of(booked)).content.decode()
    press(desk, booked, "Too late.")
    assert not Refund.objects.exists()
    Session.objects.update(status="confirmed")
    with time_machine.travel(booked.ends_at + timedelta(minutes=10), tick=False):
        desk.force_login(User.objects.get(role="admin"))
        press(desk, booked, "The consultant did not come.")
    assert Refund.objects.get().amount_paise == 150_000


def test_a_client_who_waits_alone_gets_everything_back_by_an_admin(desk: Client, booked: Booking) -> None:
    session = booked.session
    assert session is not None
    with time_machine.travel(booked.starts_at + timedelta(minutes=20), tick=False):
        came = {"session": session, "client": booked.client, "at": session.starts_at}
        JoinEvent.objects.create(side="client", kind="joined", **came)
        assert move_on_due() == 1
        desk.force_login(User.objects.get(role="admin"))
        assert "Cancel and give everything back" in desk.get(page_of(booked)).content.decode()
        press(desk, booked, "The consultant never came.")
    booked.refresh_from_db()
    session.refresh_from_db()
    assert (booked.status, session.status) == (S.CANCELLED, Session.Status.CANCELLED)
    assert Refund.objects.get().amount_paise == 150_000
    assert booked.occupancy_id is None


def test_where_both_have_met_nothing_is_cancelled_any_more(desk: Client, booked: Booking) -> None:
    session = booked.session
    assert session is not None
    for side, who in (("client", booked.client), ("consultant", None)):
        JoinEvent.objects.create(session=session, side=side, client=who, kind="joined", at=session.starts_at)
    Session.objects.update(status="in_progress")
    assert "Cancel and give everything back" not in desk.get(page_of(booked)).content.decode()
    press(desk, booked, "No.")
    assert not Refund.objects.exists()


def test_a_hold_is_not_the_admins_to_cancel(desk: Client, consultant: Consultant) -> None:
    held, _ = make_held(consultant)
    assert "Cancel and give everything back" not in desk.get(page_of(held)).content.decode()
    press(desk, held, "No.")
    held.refresh_from_db()
    assert held.status == S.HELD


@pytest.mark.parametrize("who", ["client", "consultant"])
def test_nobody_but_an_admin_may(client: Client, booked: Booking, client_user: User, who: str) -> None:
    client.force_login(client_user if who == "client" else booked.consultant.user)
    assert press(client, booked, "Mine.").status_code in (302, 403, 404)
    booked.refresh_from_db()
    assert booked.status == S.ACCEPTED
    assert not Refund.objects.exists()


def test_the_list_asks_the_same_for_one_as_for_many(desk: Client, consultant: Consultant) -> None:
    def ask() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert desk.get(reverse("admin:bookings_booking_changelist")).status_code == 200
        return len(asked)

    make_held(consultant)
    ask()
    few = ask()
    for n in range(4):
        make_held(consultant, starts_at=next_slot_start(3 + n), details=details(email=f"p{n}@example.com"))
    assert ask() == few


# --- a suspension --------------------------------------------------------------------------------


def test_the_page_says_before_what_it_costs_and_after_how_far_it_is(
    desk: Client, booked: Booking, admin_user: User
) -> None:
    consultant = booked.consultant
    page = reverse("admin:consultants_consultant_change", args=[consultant.pk])
    assert "1 booking or session is called off, and ₹1,500.00 goes back to clients." in desk.get(page).content.decode()
    desk.post(
        reverse("admin:consultants_consultant_suspend", args=[consultant.pk]), {"suspend-reason": "Three complaints."}
    )
    assert "0 of 1 done" in desk.get(page).content.decode()
    suspension = Suspension.objects.get()
    assert (suspension.consultant, suspension.by) == (consultant, admin_user)
    suspending.work(suspension_id=suspension.pk)
    words = desk.get(page).content.decode()
    assert "1 of 1 done" in words
    assert "<dd>₹1,500.00</dd>" in words


def test_the_page_says_what_was_over_first_and_what_failed(desk: Client, booked: Booking) -> None:
    consultant = booked.consultant
    desk.post(
        reverse("admin:consultants_consultant_suspend", args=[consultant.pk]), {"suspend-reason": "Three complaints."}
    )
    page = reverse("admin:consultants_consultant_change", args=[consultant.pk])
    Undoing.objects.update(failures=2, last_error="RuntimeError: the disk is full")
    assert "RuntimeError: the disk is full" in desk.get(page).content.decode()
    cancel_by_client(booking=booked)
    suspending.work(suspension_id=Suspension.objects.get().pk)
    words = desk.get(page).content.decode()
    assert "Over before it was reached" in words
    assert "the disk is full" not in words


def test_who_has_nothing_booked_costs_nothing(desk: Client, consultant: Consultant) -> None:
    page = reverse("admin:consultants_consultant_change", args=[consultant.pk])
    assert "Nothing is booked that would be called off." in desk.get(page).content.decode()


def test_the_page_asks_the_same_for_one_booking_as_for_many(
    desk: Client, fake_gateway: FakeGateway, consultant: Consultant
) -> None:
    def ask() -> int:
        with CaptureQueriesContext(connection) as asked:
            page = desk.get(reverse("admin:consultants_consultant_change", args=[consultant.pk]))
        assert page.status_code == 200
        return len(asked)

    make_paid(fake_gateway, consultant)
    ask()
    few = ask()
    for n in range(4):
        make_paid(fake_gateway, consultant, starts_at=next_slot_start(3 + n), details=details(email=f"p{n}@x.example"))
    assert ask() == few <= 22
