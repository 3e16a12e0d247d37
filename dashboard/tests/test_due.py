"""What clients owe: who, for what, since when; and asking for it, once a day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bookings.models import Booking
from bookings.services import cancel_by_consultant
from bookings.testing import make_paid, payment_of
from consultants.models import Consultant
from naksha.testing import next_slot_start
from notifications.models import OutgoingMail
from payments.models import Nudge, Payment
from payments.services import refund_by_hand
from quotations.services import accept, call_off
from quotations.testing import make_sent
from sessions_app.models import Session
from sessions_app.services import complete
from sessions_app.services.lifecycle import follow_up
from sessions_app.testing import make_recorded

pytestmark = pytest.mark.django_db
DUE = reverse("money:due")


@pytest.fixture
def desk(client: Client, consultant: Consultant) -> Client:
    client.force_login(consultant.user)
    return client


@pytest.fixture
def deposit(fake_gateway: Any, consultant: Consultant) -> Booking:
    """₹500 of ₹1,500 is paid."""
    return make_paid(fake_gateway, consultant, deposit_paise=50_000)[0]


@pytest.fixture
def recorded(consultant: Consultant) -> Session:
    return record(consultant, -3)


def record(consultant: Consultant, days: int, **fields: Any) -> Session:
    values: dict[str, Any] = {"platform": "phone", "price_paise": 80_000, "tell_client": False}
    return make_recorded(consultant, starts_at=next_slot_start(days), **{**values, **fields})


def text(answer: Any) -> str:
    return answer.content.decode()


def asks() -> list[str]:
    return list(OutgoingMail.objects.filter(template="balance_due").values_list("to", flat=True))


def test_who_owes_what_for_what_since_when_the_oldest_first(desk: Client, deposit: Booking, recorded: Session) -> None:
    answer = desk.get(DUE)
    owed = list(answer.context["page"])
    assert [(one.kind, one.owed_paise, one.paid_paise, one.over_at) for one in owed] == [
        ("session", 80_000, 0, recorded.ends_at),
        ("booking", 100_000, 50_000, deposit.ends_at),
    ]
    page = text(answer)
    for words in (
        "Meera Nair",
        "Farhan Qureshi",
        "₹1,800.00 is owed, 2 balances",
        "of ₹1,500.00",
        "After the session",
    ):
        assert words in page
    assert reverse("sessions:desk", args=[recorded.pk]) in page
    assert reverse("bookings:request", args=[deposit.pk]) in page


def test_what_is_paid_cancelled_or_missed_is_not_owed(
    desk: Client, consultant: Consultant, fake_gateway: Any, deposit: Booking, recorded: Session
) -> None:
    make_paid(fake_gateway, consultant, starts_at=next_slot_start(4))
    cancel_by_consultant(booking=deposit, actor=consultant.user, reason="Ill")
    Session.objects.filter(pk=recorded.pk).update(status="no_show")
    missed, _token = make_paid(fake_gateway, consultant, deposit_paise=1_000, starts_at=next_slot_start(6))
    Session.objects.filter(pk=missed.session_id).update(status="no_show")
    assert "Nobody owes you anything" in text(desk.get(DUE))


def test_what_was_given_back_is_not_asked_for_again(desk: Client, consultant: Consultant, deposit: Booking) -> None:
    paid = payment_of(deposit)
    refund_by_hand(payment=paid, amount_paise=50_000, seen_refunding_paise=0, reason="x", actor=consultant.user)
    assert [one.owed_paise for one in desk.get(DUE).context["page"]] == [100_000]


def test_it_takes_the_same_queries_for_more_rows(
    desk: Client, consultant: Consultant, fake_gateway: Any, deposit: Booking, recorded: Session,
    django_assert_num_queries: Any,
) -> None:  # fmt: skip
    desk.get(DUE)
    with django_assert_num_queries(18):
        desk.get(DUE)
    for day in range(4, 8):
        make_paid(fake_gateway, consultant, deposit_paise=50_000, starts_at=next_slot_start(day))
        record(consultant, -day)
    with django_assert_num_queries(18):
        assert len(desk.get(DUE).context["page"]) == 10


def test_many_are_shown_page_by_page(desk: Client, consultant: Consultant) -> None:
    for day in range(1, 29):
        record(consultant, -day)
    first, second = (desk.get(DUE, {"page": n}).context["page"] for n in (1, 2))
    assert (len(first), len(second)) == (25, 3)
    ends = [one.over_at for one in [*first, *second]]
    assert ends == sorted(ends)


@pytest.mark.parametrize("which", ["deposit", "recorded"])
def test_asking_mails_the_link_once_a_day_and_is_written_down(
    desk: Client, consultant: Consultant, which: str, request: Any
) -> None:
    owed = request.getfixturevalue(which)
    ask = reverse("money:ask", args=[owed.pk])
    answer = desk.post(ask, follow=True)
    assert "Asked. Your client has the link to pay by mail." in text(answer)
    nudge = Nudge.objects.get()
    assert (nudge.payable_id, nudge.actor, nudge.amount_paise) == (
        owed.pk, consultant.user, 100_000 if which == "deposit" else 80_000,
    )  # fmt: skip
    again = desk.post(ask, follow=True)
    assert "less than a day ago. You can ask again from tomorrow" in text(again)
    assert len(asks()) == Nudge.objects.count() == 1
    assert "Again from" in text(again)
    Nudge.objects.update(
        asked_at=timezone.now() - timedelta(days=1), asked_on=timezone.now().date() - timedelta(days=1)
    )
    assert "Ask again" in text(desk.get(DUE))
    desk.post(ask)
    assert len(asks()) == Nudge.objects.count() == 2


def test_the_database_keeps_once_a_day_too(consultant: Consultant, recorded: Session) -> None:
    now = timezone.now()
    row = {
        "payable_kind": "session", "payable_id": recorded.pk, "consultant": consultant, "amount_paise": 1,
        "asked_at": now, "asked_on": now.date(),
    }  # fmt: skip
    Nudge.objects.create(**row)
    with pytest.raises(IntegrityError), transaction.atomic():
        Nudge.objects.create(**row)


def test_asking_from_the_sessions_own_page_is_the_same_ask(desk: Client, recorded: Session) -> None:
    desk.post(reverse("sessions:ask", args=[recorded.pk]))
    desk.post(reverse("money:ask", args=[recorded.pk]))
    assert len(asks()) == Nudge.objects.count() == 1


def test_what_is_asked_for_by_itself_is_written_down_and_waits_a_day(desk: Client, consultant: Consultant) -> None:
    session = record(consultant, 2)
    Session.objects.filter(pk=session.pk).update(
        starts_at=timezone.now() - timedelta(hours=1), ends_at=timezone.now() - timedelta(minutes=30), client_told=True
    )
    session.refresh_from_db()
    complete(session=session, actor=consultant.user)
    follow_up(session_id=session.pk)
    assert Nudge.objects.get().actor is None
    desk.post(reverse("money:ask", args=[session.pk]))
    assert len(asks()) == Nudge.objects.count() == 1


def test_nothing_owed_is_said_and_nothing_is_sent(desk: Client, consultant: Consultant, fake_gateway: Any) -> None:
    booking, _token = make_paid(fake_gateway, consultant)
    assert "Everything is paid already." in text(desk.post(reverse("money:ask", args=[booking.pk]), follow=True))
    assert (asks(), Nudge.objects.count()) == ([], 0)


def test_anothers_is_not_there(
    client: Client, other_consultant: Consultant, deposit: Booking, recorded: Session
) -> None:
    client.force_login(other_consultant.user)
    assert list(client.get(DUE).context["page"]) == []
    for pk in (deposit.pk, deposit.session_id, recorded.pk, Payment.objects.get().pk):
        assert client.post(reverse("money:ask", args=[pk])).status_code == 404
    assert (asks(), Nudge.objects.count()) == ([], 0)
    assert client.get(reverse("money:ask", args=[deposit.pk])).status_code == 405


def test_an_open_list_gets_the_new_one_when_somebody_is_asked_or_pays(desk: Client, recorded: Session) -> None:
    rows = reverse("money:due_rows")
    seen = {"HTTP_IF_NONE_MATCH": desk.get(rows).headers["ETag"]}
    assert desk.get(rows, **seen).status_code == 304
    desk.post(reverse("money:ask", args=[recorded.pk]))
    assert "Again from" in text(desk.get(rows, **seen))
    assert 'data-live-on="payments bookings sessions quotations clients"' in text(desk.get(DUE))


def test_an_open_list_hears_of_accepted_work_and_of_its_end(desk: Client, consultant: Consultant) -> None:
    rows = reverse("money:due_rows")

    def seen() -> dict[str, str]:
        return {"HTTP_IF_NONE_MATCH": desk.get(rows).headers["ETag"]}

    sent, _token = make_sent(consultant)
    before = seen()
    accept(quotation=sent, version=1, name="Farhan Qureshi", address=None)
    assert "₹25,000.00" in text(desk.get(rows, **before))
    before = seen()
    assert desk.get(rows, **before).status_code == 304
    call_off(quotation=sent, actor=consultant.user, reason="Ill.")
    assert "Nobody owes you anything" in text(desk.get(rows, **before))
