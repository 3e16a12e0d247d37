"""A recorded session that was paid in cash, say: who may say so of which, what asks no more, and what never hears."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from bookings.testing import make_paid
from client_area.agenda import owing as owing_of
from consultants.models import Consultant
from dashboard.clients.history import sums_of
from dashboard.figures import keeping
from dashboard.figures.period import named
from dashboard.figures.reading import report
from dashboard.tests.practice import Practice
from dashboard.tests.second_way import SecondWay
from naksha.api.testing import api_of
from naksha.errors import InvalidState
from naksha.testing import make_client, make_service, next_slot_start
from notifications.models import OutgoingMail
from payments.models import LedgerEntry, Payment, Refund
from payments.services import complete as settle
from payments.services import ensure_order
from sessions_app.errors import NothingOwed
from sessions_app.listing import Criteria, matching
from sessions_app.models import Session
from sessions_app.money import money_of
from sessions_app.owing import SessionDesk
from sessions_app.services import (
    ask_for_price,
    cancel,
    complete,
    follow_up_due,
    mark_no_show,
    not_paid_elsewhere,
    open_price,
    paid_elsewhere,
)
from sessions_app.testing import wait_in
from sessions_app.tests.practice import desk, record

__all__ = ["desk"]
pytestmark = pytest.mark.django_db
S = Session.Status


@pytest.fixture
def owing(consultant: Consultant) -> Session:
    made: Session = record(consultant, price_paise=150_000)
    return made


def begin(session: Session) -> Session:
    start = timezone.now() - timedelta(minutes=30)
    Session.objects.filter(pk=session.pk).update(starts_at=start, ends_at=start + timedelta(minutes=45))
    session.refresh_from_db()
    return session


def with_status(consultant: Consultant, status: str) -> list[Any]:
    return list(matching(consultant.sessions.all(), Criteria(payment=(status,)), consultant=consultant))


def test_it_is_paid_everywhere_and_asked_for_nowhere(desk: Browser, consultant: Consultant, owing: Session) -> None:
    due = reverse("money:due")
    assert with_status(consultant, "pending") == [owing]
    assert "₹1,500.00" in desk.get(due).content.decode()
    paid_elsewhere(session=owing, actor=consultant.user)
    owing.refresh_from_db()
    assert (owing.elsewhere_paise, owing.paid_paise, owing.owed_paise) == (150_000, 0, 0)
    assert money_of([owing], user=None)[owing.pk].status == "paid"
    assert (with_status(consultant, "paid"), with_status(consultant, "pending")) == ([owing], [])
    assert not SessionDesk().owing(consultant).exists()
    assert "₹1,500.00" not in desk.get(due).content.decode()
    assert owing.client is not None
    assert (sums_of(owing.client).owed, sums_of(owing.client).captured) == (0, 0)
    for act in (lambda: open_price(session=owing), lambda: ask_for_price(session=owing, actor=consultant.user)):
        with pytest.raises(NothingOwed):
            act()
    complete(session=begin(owing), actor=consultant.user)
    follow_up_due()
    assert "balance_due" not in mails()
    assert "session_completed" in mails()


def mails() -> list[str]:
    return list(OutgoingMail.objects.values_list("template", flat=True))


def test_a_client_with_a_login_is_not_asked_either(consultant: Consultant, client_user: Any) -> None:
    theirs = make_client(consultant, user=client_user, email=client_user.email)
    session = record(consultant, client=theirs, price_paise=150_000)
    assert [entry.balance_paise for entry in owing_of(client_user, timezone.now())] == [150_000]
    paid_elsewhere(session=session, actor=consultant.user)
    assert owing_of(client_user, timezone.now()) == []


def test_taken_back_it_is_owed_again_and_each_is_written_down_once(consultant: Consultant, owing: Session) -> None:
    for act in (paid_elsewhere, paid_elsewhere, not_paid_elsewhere, not_paid_elsewhere):
        act(session=owing, actor=consultant.user)
    owing.refresh_from_db()
    assert (owing.elsewhere_paise, owing.owed_paise) == (0, 150_000)
    said = AuditEntry.objects.filter(action__endswith="paid_elsewhere").order_by("pk")
    assert [(event.action, event.data["paise"]) for event in said] == [
        ("session.paid_elsewhere", 150_000),
        ("session.not_paid_elsewhere", 150_000),
    ]


def test_only_what_is_owed_and_was_recorded_by_whom_it_is_owed_to(
    consultant: Consultant, other_consultant: Consultant, owing: Session, fake_gateway: Any
) -> None:
    service = make_service(consultant, price_paise=200_000, deposit_paise=50_000)
    booking, _token = make_paid(fake_gateway, consultant, service=service, starts_at=next_slot_start(5))
    with pytest.raises(InvalidState, match="was booked"):
        paid_elsewhere(session=booking.session, actor=consultant.user)
    for day, why in ((6, "free"), (7, "cancelled"), (8, "missed")):
        session = record(consultant, starts_at=next_slot_start(day), price_paise=0 if why == "free" else 10_000)
        if why == "cancelled":
            cancel(session=session, actor=consultant.user, reason="Ill.")
        elif why == "missed":
            mark_no_show(session=wait_in(begin(session)), actor=consultant.user)
        with pytest.raises(NothingOwed):
            paid_elsewhere(session=session, actor=consultant.user)
    browser = Browser()
    browser.force_login(other_consultant.user)
    for name in ("paid_elsewhere", "not_paid_elsewhere"):
        assert browser.post(reverse(f"sessions:{name}", args=[owing.pk])).status_code == 404
    owing.refresh_from_db()
    assert owing.elsewhere_paise == 0


def test_money_that_comes_all_the_same_goes_back_whole(
    consultant: Consultant, owing: Session, fake_gateway: Any
) -> None:
    payment = ensure_order(open_price(session=owing).pk)
    paid_elsewhere(session=owing, actor=consultant.user)
    settle(**fake_gateway.signed_answer(fake_gateway.pay(payment.order_id)))
    owing.refresh_from_db()
    assert (owing.paid_paise, owing.elsewhere_paise) == (0, 150_000)
    assert Refund.objects.get().amount_paise == 150_000
    assert LedgerEntry.objects.balance("consultant") == 0


def test_the_database_knows_it_as_the_rest_alone(owing: Session) -> None:
    for wrong in ({"elsewhere_paise": 1}, {"elsewhere_paise": 150_000, "paid_paise": 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Session.objects.filter(pk=owing.pk).update(**wrong)
    Session.objects.filter(pk=owing.pk).update(elsewhere_paise=100_000, paid_paise=50_000)


def test_no_figure_and_no_ledger_hears_of_it_live_or_kept(consultant: Consultant) -> None:
    now = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
    practice = Practice(consultant, now)
    practice.fill(10, 40)
    with time_machine.travel(now, tick=False):
        held = record(consultant, starts_at=now - timedelta(days=40), price_paise=150_000)
        period = named("90d", now.date())
        keeping.keep(consultant.pk)
        before = report(consultant, period, today=now.date()).now.total
        in_books = LedgerEntry.objects.count()
        paid_elsewhere(session=held, actor=consultant.user)
        kept = report(consultant, period, today=now.date()).now.total
        keeping.keep(consultant.pk)
        other = SecondWay(consultant).sums(period.first, period.last)
        assert before == kept == report(consultant, period, today=now.date()).now.total
        assert kept.received_paise == other["received_paise"] > 0
    assert LedgerEntry.objects.count() == in_books
    assert not Payment.objects.filter(payable_id=held.pk).exists()


# --- pages ------------------------------------------------------------------------------------


def test_the_row_offers_it_says_it_and_takes_it_back(desk: Browser, owing: Session) -> None:
    menu = reverse("sessions:acts", args=[owing.pk])
    rows = "/dashboard/sessions/list/?show=all"
    assert reverse("sessions:paid_elsewhere", args=[owing.pk]) in desk.get(menu, {"of": "money"}).content.decode()
    done = desk.post(reverse("sessions:paid_elsewhere", args=[owing.pk]), {"next": rows})
    listed = desk.get(done["Location"]).content.decode()
    assert "Nobody asks for it any more." in listed
    assert listed.count("Paid elsewhere") == 3  # what is said, the badge, and what can be done with several
    assert f'id="money-{owing.pk}"' in listed
    offered = desk.get(menu, {"of": "money"}).content.decode()
    assert "Not paid after all" in offered
    assert "Ask for" not in offered
    page = reverse("sessions:desk", args=[owing.pk])
    assert "not in your revenue or payouts" in desk.get(page).content.decode()
    desk.post(reverse("sessions:not_paid_elsewhere", args=[owing.pk]))
    back = desk.get(page).content.decode()
    assert "Left to pay" in back
    assert "not in your revenue" not in back


def test_who_cancels_gives_back_what_came_elsewhere_themselves(
    desk: Browser, consultant: Consultant, owing: Session
) -> None:
    page = reverse("sessions:cancel", args=[owing.pk])
    assert "paid elsewhere" not in desk.get(page).content.decode()
    paid_elsewhere(session=owing, actor=consultant.user)
    assert "₹1,500.00 was paid elsewhere: give it back to Meera Nair yourself." in desk.get(page).content.decode()
    desk.post(page, {"reason": "I am ill."})
    owing.refresh_from_db()
    assert (owing.status, owing.owed_paise, Refund.objects.count()) == (S.CANCELLED, 0, 0)


def test_several_at_once_with_a_report(
    desk: Browser, consultant: Consultant, owing: Session, fake_gateway: Any
) -> None:
    free = record(consultant, starts_at=next_slot_start(4))
    service = make_service(consultant, price_paise=200_000, deposit_paise=50_000)
    booking, _token = make_paid(fake_gateway, consultant, service=service, starts_at=next_slot_start(6))
    ids = [str(owing.pk), str(free.pk), str(booking.session_id)]
    asked = desk.post("/dashboard/sessions/several/", {"act": "paid-elsewhere", "id": ids}).content.decode()
    for words in ("Was 1 session paid elsewhere?", "There is nothing left to pay.", "booked here and is paid here"):
        assert words in asked
    report = desk.post("/dashboard/sessions/several/", {"act": "paid-elsewhere", "id": ids, "sure": "1"})
    assert "1 session was paid elsewhere, 2 were not" in report.content.decode()
    owing.refresh_from_db()
    assert owing.elsewhere_paise == 150_000


def test_an_app_says_it_and_takes_it_back(consultant: Consultant, owing: Session) -> None:
    app = api_of(consultant.user)
    address = f"/sessions/{owing.pk}"

    def told() -> tuple[Any, ...]:
        row = app.get(address).data
        (listed,) = app.get("/sessions").data["sessions"]
        assert listed == {name: row[name] for name in listed}
        return row["paymentStatus"], row["elsewherePaise"], row["paidPaise"], row["owedPaise"]

    assert told() == ("PENDING", 0, 0, 150_000)
    for action, after in (
        ("paid-elsewhere", ("PAID", 150_000, 0, 0)),
        ("not-paid-elsewhere", ("PENDING", 0, 0, 150_000)),
    ):
        done = app.post("/sessions/bulk", {"ids": [str(owing.pk)], "action": action})
        assert done.data == {"done": [str(owing.pk)], "notDone": []}
        assert told() == after
