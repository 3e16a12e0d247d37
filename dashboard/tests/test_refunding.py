"""Giving a client's money back: told before it is done, done once, and what can't be is said beside its field."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from bookings.testing import make_held, payment_of
from consultants.models import Consultant
from dashboard.tests import scene
from dashboard.tests.scene import text
from naksha.api.testing import api_of
from naksha.testing import make_service
from payments.models import Invoice, Payment, Refund
from payments.services import verify_ledger
from payments.testing import work_through
from quotations.models import Quotation
from quotations.testing import make_accepted, pay_part

pytestmark = pytest.mark.django_db
desk, payment = scene.owner, scene.payment


def asked(payment: Payment, **changes: Any) -> dict[str, Any]:
    return {"amount": "500", "reason": "Cut short", "seen": 0, "press": uuid4().hex, **changes}


def test_what_it_does_is_told_before_it_is_done(desk: Client, payment: Payment) -> None:
    page = reverse("money:refund", args=[payment.pk])
    assert 'value="1500"' in text(desk.get(page))
    check = desk.post(page, asked(payment))
    effect = check.context["effect"]
    assert (effect.amount, effect.fee, effect.fee_tax, effect.yours, effect.left) == (
        50_000, 5_000, 900, 44_100, 100_000,
    )  # fmt: skip
    for words in ("₹500.00", "−₹441.00", f"A credit note on invoice {Invoice.objects.get().number}", "Cut short"):
        assert words in text(check)
    assert not Refund.objects.exists()


def test_a_part_goes_back_once_however_often_it_is_pressed(desk: Client, payment: Payment) -> None:
    page = reverse("money:refund", args=[payment.pk])
    press = asked(payment, confirm="yes")
    first, second = desk.post(page, press, follow=True), desk.post(page, press, follow=True)
    for answer in (first, second):
        assert answer.redirect_chain[-1][0] == reverse("money:one", args=[payment.pk])
        assert "₹500.00 is on its way back." in text(answer)
    refund = Refund.objects.get()
    assert (refund.amount_paise, refund.reason, refund.fee_paise, refund.fee_tax_paise) == (
        50_000, "Cut short", 5_000, 900,
    )  # fmt: skip
    work_through()
    payment.refresh_from_db()
    assert payment.status == "partially_refunded"
    one = desk.get(reverse("money:one", args=[payment.pk]))
    assert one.context["story"].totals["yours"] == 132_300 - 44_100
    assert "₹500.00 has gone back" in text(one)
    assert verify_ledger() == []


def test_the_same_press_with_another_amount_is_refused(desk: Client, payment: Payment) -> None:
    page, press = reverse("money:refund", args=[payment.pk]), asked(payment, confirm="yes")
    desk.post(page, press)
    assert desk.post(page, {**press, "amount": "600"}).status_code == 409
    assert Refund.objects.count() == 1


def test_what_went_back_meanwhile_is_told_and_what_was_typed_stays(desk: Client, payment: Payment) -> None:
    page = reverse("money:refund", args=[payment.pk])
    desk.post(page, asked(payment, amount="1400", confirm="yes"))
    answer = desk.post(page, asked(payment, amount="100", reason="Late too", confirm="yes"))
    assert answer.status_code == 409
    assert "Something went back meanwhile" in text(answer)
    assert (answer.context["form"]["amount"].value(), answer.context["form"]["seen"].value()) == ("100", 140_000)
    assert "Late too" in text(answer)
    assert "₹100.00 is left to give back." in text(answer)
    assert Refund.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"amount": "1500.01"}, "₹1,500.00 is left to give back."),
        ({"amount": "0"}, "Write how much goes back."),
        ({"amount": "-5"}, "Write an amount in rupees"),
        ({"amount": "9" * 19}, "Write an amount in rupees"),
        ({"amount": "9" * 10}, "₹1,500.00 is left to give back."),
        ({"amount": ""}, "is-wrong"),
        ({"reason": " "}, "Say why, in a sentence."),
        ({"reason": "x" * 10_000}, "is-wrong"),
        ({"seen": "x"}, "data-error-summary"),
        ({"press": "x"}, "data-error-summary"),
    ],
)
@pytest.mark.parametrize("step", [{}, {"confirm": "yes"}])
def test_what_cant_be_is_said_beside_the_field(
    desk: Client, payment: Payment, changes: dict[str, str], said: str, step: dict[str, str]
) -> None:
    answer = desk.post(reverse("money:refund", args=[payment.pk]), {**asked(payment, **changes), **step})
    assert answer.status_code == 400
    assert said in text(answer)
    assert answer.context["form"]["reason"].value() == changes.get("reason", "Cut short")
    assert not Refund.objects.exists()


def test_control_signs_in_a_reason_are_left_out(desk: Client, payment: Payment) -> None:
    typed = asked(payment, reason="Late\0 \u202ereversed", confirm="yes")
    assert desk.post(reverse("money:refund", args=[payment.pk]), typed).status_code in (302, 400)
    assert all("\0" not in refund.reason and "\u202e" not in refund.reason for refund in Refund.objects.all())


@pytest.fixture
def deposit(fake_gateway: Any, consultant: Consultant) -> Payment:
    """₹12,500, all that was paid for accepted work."""
    return pay_part(fake_gateway, make_accepted(consultant, deposit_points=5_000)[0])


def calls_off(payment: Payment) -> str:
    return f"This calls the work off; {payment.payer_name} is told."


def test_that_accepted_work_ends_with_all_of_its_money_is_told_before_it_does(desk: Client, deposit: Payment) -> None:
    page = reverse("money:refund", args=[deposit.pk])
    form = text(desk.get(page))
    assert f"If all ₹12,500.00 goes back: {calls_off(deposit)} With less, nothing ends." in form
    assert "stays booked" not in form
    part, whole = (text(desk.post(page, asked(deposit, amount=rupees))) for rupees in ("12499.99", "12500"))
    assert "What was booked stays booked." in part
    assert calls_off(deposit) not in part
    assert calls_off(deposit) in whole
    assert "stays booked" not in whole
    desk.post(page, asked(deposit, amount="12500", confirm="yes"))
    assert Quotation.objects.get().ending == Quotation.Ending.CALLED_OFF


def test_one_of_two_payments_for_accepted_work_ends_nothing(desk: Client, deposit: Payment, fake_gateway: Any) -> None:
    pay_part(fake_gateway, Quotation.objects.get())
    page = reverse("money:refund", args=[deposit.pk])
    assert "What was booked stays booked" in text(desk.get(page))
    assert "What was booked stays booked." in text(desk.post(page, asked(deposit, amount="12500")))


def test_what_the_page_said_it_ends_holds_when_it_is_done(desk: Client, deposit: Payment, fake_gateway: Any) -> None:
    """Two windows: while one asks, the other gives back what the first had counted on."""
    rest = pay_part(fake_gateway, Quotation.objects.get())
    page, other = (reverse("money:refund", args=[payment.pk]) for payment in (deposit, rest))
    check = desk.post(page, asked(deposit, amount="12500"))
    assert 'name="ends" value="no"' in text(check)
    desk.post(other, asked(rest, amount="12500", confirm="yes", ends="no"))
    answer = desk.post(page, asked(deposit, amount="12500", confirm="yes", ends="no"))
    assert answer.status_code == 409
    assert f"all that was paid has gone back by now. {calls_off(deposit)}" in text(answer)
    assert (Refund.objects.get().payment, Quotation.objects.get().ending) == (rest, "")
    assert 'name="ends" value="yes"' in text(desk.post(page, asked(deposit, amount="12500")))
    press = asked(deposit, amount="12500", confirm="yes", ends="yes")
    for _again in range(2):
        assert desk.post(page, press).status_code == 302
    assert Refund.objects.count() == 2
    assert Quotation.objects.get().ending == Quotation.Ending.CALLED_OFF


def test_what_ends_nothing_any_more_is_told_too(desk: Client, deposit: Payment, fake_gateway: Any) -> None:
    page = reverse("money:refund", args=[deposit.pk])
    assert 'name="ends" value="yes"' in text(desk.post(page, asked(deposit, amount="12500")))
    pay_part(fake_gateway, Quotation.objects.get())
    answer = desk.post(page, asked(deposit, amount="12500", confirm="yes", ends="yes"))
    assert answer.status_code == 409
    assert "By now this no longer ends what was agreed" in text(answer)
    assert not Refund.objects.exists()


@pytest.mark.parametrize(("paise", "ends"), [(1_249_999, False), (1_250_000, True)])
def test_the_api_says_what_a_refund_ends(deposit: Payment, consultant: Consultant, paise: int, ends: bool) -> None:
    body = {"paymentId": str(deposit.pk), "amountPaise": paise, "reason": "Cut short"}
    said = api_of(consultant.user).post("/payments/refund", body).message
    assert said == "The refund is on its way." + (f" {calls_off(deposit)}" if ends else "")


def test_where_nothing_is_left_the_page_leads_back(desk: Client, consultant: Consultant) -> None:
    booking, _token = make_held(consultant, service=make_service(consultant))
    payment = payment_of(booking)
    page = reverse("money:refund", args=[payment.pk])
    assert desk.get(page).status_code == 302
    assert desk.post(page, asked(payment, confirm="yes")).status_code == 400
