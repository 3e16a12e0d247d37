"""Sessions that the consultant records: taken time, money, and what is mailed of them."""

import json
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from availability.errors import SlotTaken
from availability.models import Occupancy
from availability.services import block
from bookings.testing import make_paid
from clients.models import Client
from naksha.errors import DomainError, InvalidState, ReasonNeeded
from naksha.testing import make_client, make_consultant, next_slot_start
from notifications.models import Notification, OutgoingMail
from notifications.rendering import render_mail
from payments.errors import AskedAlready
from payments.models import Invoice, Payment, Refund
from payments.services import complete as settle
from payments.services import ensure_order
from sessions_app.errors import NothingOwed, TooLate
from sessions_app.models import Reminder, Session, SessionLink, SessionNotes
from sessions_app.services import (
    ask_for_price,
    cancel,
    complete,
    follow_up_due,
    mark_no_show,
    open_price,
    reschedule,
)
from sessions_app.testing import wait_in
from sessions_app.tests.practice import record

pytestmark = pytest.mark.django_db
S = Session.Status


def mails():
    return sorted(OutgoingMail.objects.values_list("template", flat=True))


def context(template):
    return json.loads(OutgoingMail.objects.get(template=template).sealed_context)


def pay(gateway, session):
    payment = ensure_order(open_price(session=session).pk)
    settle(**gateway.signed_answer(gateway.pay(payment.order_id)))
    session.refresh_from_db()
    return payment


def begin_now(session):
    start = timezone.now() - timedelta(minutes=30)
    Session.objects.filter(pk=session.pk).update(starts_at=start, ends_at=start + timedelta(minutes=45))
    session.refresh_from_db()
    return session


# --- recorded ---------------------------------------------------------------------------------


def test_one_to_come_is_confirmed_takes_the_time_and_invites_a_new_client(consultant):
    session = record(consultant, notes="Bring the file.")
    assert (session.status, session.client.email, session.minutes) == (S.CONFIRMED, "meera@example.com", 45)
    assert session.reference.startswith("NS-")
    assert session.recorded_by == consultant.user
    assert SessionNotes.objects.get().private == "Bring the file."
    taken = Occupancy.objects.get(pk=session.occupancy_id)
    assert (taken.kind, taken.core_starts_at) == (Occupancy.Kind.SESSION, session.starts_at)
    mail = OutgoingMail.objects.get()
    assert (mail.template, mail.calendar_method) == ("session_recorded_client", "REQUEST")
    assert f"session-{session.pk}@" in mail.calendar
    assert Reminder.objects.filter(side="client").exists()


def test_a_client_who_is_there_already_is_not_made_again(consultant):
    known = make_client(consultant)
    assert record(consultant, client=known).client == known
    assert record(consultant, email=known.email.upper(), starts_at=next_slot_start(3)).client == known
    assert Client.objects.count() == 1


def test_untold_nothing_is_mailed_by_itself(consultant):
    session = record(consultant, tell_client=False, price_paise=100_000)
    assert mails() == []
    assert not Reminder.objects.filter(side="client").exists()
    complete(session=begin_now(session), actor=consultant.user)
    assert (follow_up_due(), mails()) == (0, [])
    ask_for_price(session=session, actor=consultant.user)
    with pytest.raises(AskedAlready):
        ask_for_price(session=session, actor=consultant.user)
    assert mails() == ["balance_due"]


def test_who_was_erased_meanwhile_is_told_nothing_of_the_end_and_gets_no_link(consultant):
    session = record(consultant, price_paise=100_000)
    complete(session=begin_now(session), actor=consultant.user)
    Client.objects.update(erased_at=timezone.now())
    OutgoingMail.objects.all().delete()
    before = SessionLink.objects.count()
    assert (follow_up_due(), mails(), SessionLink.objects.count()) == (0, [], before)


def test_outside_the_hours_is_fine_and_what_is_past_is_completed_at_once(consultant):
    night = next_slot_start(hour_utc=20)
    assert record(consultant, starts_at=night).status == S.CONFIRMED
    OutgoingMail.objects.all().delete()
    past = record(consultant, starts_at=next_slot_start(-3), tell_client=False)
    assert (past.status, past.ended_at) == (S.COMPLETED, past.ends_at)
    assert (follow_up_due(), mails()) == (0, [])
    assert not Reminder.objects.filter(session=past).exists()
    record(consultant, starts_at=next_slot_start(-4))
    assert (follow_up_due(), mails()) == (1, ["session_completed"])


@pytest.mark.parametrize(("days", "asked"), [(-40, True), (-70, False)])
def test_a_rating_is_asked_for_while_it_can_be_given(consultant, days, asked):
    record(consultant, starts_at=next_slot_start(days))
    assert follow_up_due() == 1
    mail = render_mail("session_completed", context("session_completed"))
    assert ("Rate the session" in mail.text, "How was it?" in mail.html) == (asked, asked)


@pytest.mark.parametrize("days", [2, -3])
def test_an_overlap_is_refused_with_what_is_there(consultant, days):
    record(consultant, starts_at=next_slot_start(days))
    before = Session.objects.count(), OutgoingMail.objects.count(), Client.objects.count()
    with pytest.raises(SlotTaken, match=r"“Second opinion” is there already: .*11:00"):
        record(consultant, starts_at=next_slot_start(days) + timedelta(minutes=30), email="else@example.com")
    assert (Session.objects.count(), OutgoingMail.objects.count(), Client.objects.count()) == before


def test_a_block_and_a_booking_stand_in_the_way_too(fake_gateway, consultant):
    start = next_slot_start(4)
    block(consultant_id=consultant.pk, starts_at=start, ends_at=start + timedelta(hours=1))
    with pytest.raises(SlotTaken, match="You have blocked this time"):
        record(consultant, starts_at=start)
    booking, _ = make_paid(fake_gateway, consultant)
    with pytest.raises(SlotTaken, match="“First call” is there already"):
        record(consultant, starts_at=booking.starts_at)


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": " "},
        {"platform": "zoom"},
        {"platform": "link", "place": "not an address"},
        {"platform": "in_person", "place": ""},
        {"platform": "jitsi", "place": "https://meet.example/mine"},
        {"minutes": 0},
        {"starts_at": timezone.now() - timedelta(days=400)},
        {"starts_at": timezone.now() + timedelta(days=800)},
        {"price_paise": 99},
        {"name": ""},
        {"email": ""},
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_written(consultant, wrong):
    with pytest.raises(DomainError):
        record(consultant, **wrong)
    assert (Session.objects.count(), Client.objects.count(), Occupancy.objects.count()) == (0, 0, 0)


def test_anothers_client_is_refused(consultant):
    with pytest.raises(DomainError):
        record(consultant, client=make_client(make_consultant()))
    assert Session.objects.count() == 0


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_for_one_time_one_is_recorded(consultant):
    gate, results = threading.Barrier(6), []

    def one(n):
        gate.wait(20)
        try:
            record(consultant, email=f"rival{n}@example.com")
            results.append("recorded")
        except SlotTaken:
            results.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(results) == ["recorded"] + ["refused"] * 5
    assert (Session.objects.count(), Occupancy.objects.count(), Client.objects.count()) == (1, 1, 1)


# --- money ------------------------------------------------------------------------------------


@pytest.fixture
def priced(consultant):
    consultant.registration, consultant.gstin = "regular", "27AABCN1234F1ZW"
    consultant.save()
    return record(consultant, price_paise=150_000)


def test_gst_is_frozen_by_the_registration_of_the_day(consultant, priced):
    assert (priced.price_paise, priced.tax_paise, priced.total_paise) == (150_000, 27_000, 177_000)
    assert (priced.gst_basis_points, priced.fee_basis_points) == (1_800, 1_000)
    consultant.registration, consultant.gstin = "unregistered", ""
    consultant.save()
    assert record(consultant, price_paise=100, starts_at=next_slot_start(3)).tax_paise == 0
    priced.refresh_from_db()
    assert priced.total_paise == 177_000


def test_the_price_is_asked_for_on_completion_and_paid_by_the_link_in_the_mail(
    client, fake_gateway, consultant, priced
):
    assert Payment.objects.count() == 0
    complete(session=begin_now(priced), actor=consultant.user)
    follow_up_due()
    assert mails() == ["balance_due", "session_completed", "session_recorded_client"]
    link = context("balance_due")["pay_url"]
    page = client.get(link)
    assert "₹1,770.00" in page.content.decode()
    assert page["Cache-Control"] == "no-store, private"
    payment = Payment.objects.get()
    answer = fake_gateway.signed_answer(fake_gateway.pay(payment.order_id))
    back = client.post(
        link + "done/",
        {
            "razorpay_order_id": answer["order_id"],
            "razorpay_payment_id": answer["gateway_payment_id"],
            "razorpay_signature": answer["signature"],
        },
    )
    assert back.status_code == 302
    priced.refresh_from_db()
    assert (priced.paid_paise, priced.balance_paise) == (177_000, 0)
    page = client.get(back["Location"]).content.decode()
    assert "Paid. Thank you." in page
    assert "Tax invoice INV/" in page
    assert Payment.objects.count() == 1
    assert Invoice.objects.get().total_paise == 177_000
    assert "payment_received" in mails()


def test_asked_at_once_the_client_has_the_link_before_it_begins(consultant):
    record(consultant, price_paise=100_000, ask_now=True)
    assert mails() == ["balance_due", "session_recorded_client"]


def test_a_forged_answer_moves_nothing(client, fake_gateway, priced):
    payment = ensure_order(open_price(session=priced).pk)
    link = context("session_recorded_client")["pay_url"]
    forged = {"razorpay_order_id": payment.order_id, "razorpay_payment_id": "pay_x", "razorpay_signature": "00"}
    assert client.post(link + "done/", forged).status_code == 400
    foreign = {**forged, "razorpay_order_id": "order_of_somebody_else"}
    assert client.post(link + "done/", foreign).status_code == 400
    given_up = client.post(link + "done/", {"error[reason]": "payment_cancelled"})
    assert "You stopped the payment" in client.get(given_up["Location"]).content.decode()
    priced.refresh_from_db()
    assert priced.paid_paise == 0


def test_money_that_comes_for_a_cancelled_session_goes_back(fake_gateway, consultant, priced):
    payment = ensure_order(open_price(session=priced).pk)
    cancel(session=priced, actor=consultant.user, reason="I am ill.")
    settle(**fake_gateway.signed_answer(fake_gateway.pay(payment.order_id)))
    priced.refresh_from_db()
    assert (priced.paid_paise, Refund.objects.get().amount_paise) == (0, 177_000)
    with pytest.raises(NothingOwed):
        open_price(session=priced)


def test_nothing_is_owed_for_a_no_show(consultant, priced):
    mark_no_show(session=wait_in(begin_now(priced)), actor=consultant.user)
    follow_up_due()
    assert "balance_due" not in mails()
    with pytest.raises(NothingOwed):
        ask_for_price(session=priced, actor=consultant.user)


# --- cancelled and moved ----------------------------------------------------------------------


def test_cancelling_gives_everything_back_frees_the_time_and_takes_it_out_of_the_calendar(
    fake_gateway, consultant, priced
):
    pay(fake_gateway, priced)
    session = cancel(session=priced, actor=consultant.user, reason="I am ill.")
    assert (session.status, session.cancel_reason) == (S.CANCELLED, "I am ill.")
    assert Refund.objects.get().amount_paise == 177_000
    assert not Occupancy.objects.exists()
    assert not Reminder.objects.filter(status="waiting").exists()
    mail = OutgoingMail.objects.get(template="session_cancelled_client")
    assert (mail.calendar_method, json.loads(mail.sealed_context)["reason"]) == ("CANCEL", "I am ill.")
    cancel(session=priced, actor=consultant.user, reason="Again.")
    assert Refund.objects.count() == 1
    assert record(consultant, starts_at=priced.starts_at).status == S.CONFIRMED


def test_it_is_not_cancelled_without_a_reason_nor_after_it_began(consultant, priced):
    with pytest.raises(ReasonNeeded):
        cancel(session=priced, actor=consultant.user, reason=" ")
    with pytest.raises(TooLate):
        cancel(session=begin_now(priced), actor=consultant.user, reason="Late.")
    with pytest.raises(TooLate):
        reschedule(session=priced, actor=consultant.user, starts_at=next_slot_start(5))
    priced.refresh_from_db()
    assert priced.status == S.CONFIRMED


def test_moving_takes_the_new_time_and_tells_the_client_once(consultant, priced):
    start = next_slot_start(6)
    moved = reschedule(session=priced, actor=consultant.user, starts_at=start)
    assert (moved.starts_at, moved.minutes, moved.sequence) == (start, 45, 1)
    assert Occupancy.objects.get().core_starts_at == start
    reschedule(session=priced, actor=consultant.user, starts_at=start)
    mail = OutgoingMail.objects.get(template="session_moved_client")
    assert "SEQUENCE:1" in mail.calendar


def test_a_time_that_is_taken_is_refused_and_the_old_one_stays(consultant, priced):
    other = record(consultant, title="Another", starts_at=next_slot_start(6))
    with pytest.raises(SlotTaken, match="“Another” is there already"):
        reschedule(session=priced, actor=consultant.user, starts_at=other.starts_at)
    priced.refresh_from_db()
    assert priced.sequence == 0
    assert Occupancy.objects.filter(core_starts_at=priced.starts_at).exists()


def test_a_booked_session_is_changed_under_its_bookings_terms_alone(fake_gateway, consultant):
    booking, _ = make_paid(fake_gateway, consultant)
    for change in (
        lambda: cancel(session=booking.session, actor=consultant.user, reason="No."),
        lambda: reschedule(session=booking.session, actor=consultant.user, starts_at=next_slot_start(6)),
    ):
        with pytest.raises(InvalidState):
            change()
    booking.session.refresh_from_db()
    assert (booking.session.status, booking.session.starts_at) == (S.CONFIRMED, booking.starts_at)
    assert Refund.objects.count() == 0


# --- the link ---------------------------------------------------------------------------------


def test_the_link_of_a_booked_session_leads_to_its_booking(client, fake_gateway, consultant):
    from naksha.testing import make_service
    from sessions_app.access import mint_link

    service = make_service(consultant, price_paise=200_000, deposit_paise=50_000)
    booking, _ = make_paid(fake_gateway, consultant, service=service)
    token = mint_link(session=booking.session, client=booking.client)
    page = client.get(reverse("sessions:pay", args=[token]), follow=True)
    assert "Pay the balance" in page.content.decode()


def test_an_unknown_or_revoked_link_opens_nothing(client, priced):
    link = context("session_recorded_client")["pay_url"]
    assert client.get(link).status_code == 200
    priced.links.update(revoked_at=timezone.now())
    assert client.get(link).status_code == 404
    assert client.get(reverse("sessions:pay", args=["a" * 32])).status_code == 404


def test_a_client_with_a_login_pays_from_the_room_and_a_stranger_does_not(client, client_user, stranger, priced):
    priced.client.user = client_user
    priced.client.save()
    page = reverse("sessions:pay_by_room", args=[priced.pk])
    client.force_login(stranger)
    assert client.get(page).status_code == 404
    client.force_login(client_user)
    assert client.get(page, follow=True).status_code == 200
    assert Notification.objects.filter(user=client_user).count() == 0
