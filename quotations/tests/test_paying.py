"""Money for accepted work: the deposit and the rest, or all; invoices with it; and what a refund does."""

import pytest

from naksha.testing import make_client, make_consultant
from notifications.models import OutgoingMail
from payments.models import Invoice, Payment, Refund
from payments.services import complete, ensure_order, refund_by_hand, sending, verify_ledger
from payments.testing import work_through
from quotations import services
from quotations.errors import NothingOwed
from quotations.models import Quotation
from quotations.testing import make_accepted, make_sent, pay_part

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def accepted(fake_gateway, db):
    """₹29,500 with GST, of which half comes first."""
    registered = make_consultant(registration="regular", gstin="27AAPFU0939F1ZV")
    client = make_client(registered, address="12 Hill Road, Mumbai")
    return make_accepted(registered, client=client, deposit_points=5_000)[0]


def papers(quotation):
    found = Invoice.objects.filter(payable_id=quotation.pk).order_by("created_at")
    return [(paper.kind, paper.total_paise) for paper in found]


def test_the_deposit_and_then_the_rest(accepted, fake_gateway):
    pay_part(fake_gateway, accepted)
    accepted.refresh_from_db()
    assert (accepted.status, accepted.paid_paise, accepted.owed_paise) == ("accepted", 1_475_000, 1_475_000)
    assert papers(accepted) == [("receipt_voucher", 1_475_000)]
    pay_part(fake_gateway, accepted)
    accepted.refresh_from_db()
    assert (accepted.status, accepted.paid_paise, accepted.owed_paise) == ("paid", 2_950_000, 0)
    assert papers(accepted) == [("receipt_voucher", 1_475_000), ("tax_invoice", 2_950_000)]
    assert list(Payment.objects.order_by("created_at").values_list("purpose", flat=True)) == ["deposit", "balance"]
    assert OutgoingMail.objects.filter(template="quotation_paid").count() == 2
    with pytest.raises(NothingOwed):
        services.open_part(quotation=accepted)
    assert verify_ledger() == []


def test_all_at_once(accepted, fake_gateway):
    pay_part(fake_gateway, accepted, "all")
    accepted.refresh_from_db()
    assert accepted.status == "paid"
    invoice = Invoice.objects.get()
    assert (invoice.kind, invoice.taxable_paise, invoice.cgst_paise, invoice.reference) == (
        "tax_invoice",
        2_500_000,
        225_000,
        accepted.label,
    )


def test_money_that_comes_twice_goes_back(accepted, fake_gateway):
    """Two tabs: one pays the deposit, the other all. Only what is owed is kept."""
    deposit = ensure_order(services.open_part(quotation=accepted, part="deposit").pk)
    whole = ensure_order(services.open_part(quotation=accepted, part="all").pk)
    for payment in (deposit, whole):
        complete(**fake_gateway.signed_answer(fake_gateway.pay(payment.order_id)))
    work_through()
    accepted.refresh_from_db()
    assert (accepted.status, accepted.paid_paise, accepted.refunded_paise) == ("accepted", 1_475_000, 0)
    assert Refund.objects.get().amount_paise == 2_950_000


def test_the_same_answer_twice_is_one_payment(accepted, fake_gateway):
    payment = ensure_order(services.open_part(quotation=accepted).pk)
    told = fake_gateway.signed_answer(fake_gateway.pay(payment.order_id))
    complete(**told)
    complete(**told)
    accepted.refresh_from_db()
    assert accepted.paid_paise == 1_475_000
    assert OutgoingMail.objects.filter(template="quotation_paid").count() == 1


def refunded(payment, paise, admin):
    payment.refresh_from_db()
    refund_by_hand(
        payment=payment,
        amount_paise=paise,
        seen_refunding_paise=payment.refunding_paise,
        reason="Cut short",
        actor=admin,
    )
    work_through()


def test_a_part_that_went_back_leaves_it_accepted_and_asks_for_nothing(accepted, fake_gateway, admin_user):
    payment = pay_part(fake_gateway, accepted, "all")
    refunded(payment, 500_000, admin_user)
    accepted.refresh_from_db()
    assert (accepted.status, accepted.refunded_paise, accepted.owed_paise) == ("accepted", 500_000, 0)
    assert accepted.refunding_paise == 500_000
    assert accepted.status_words == "Partly refunded"
    assert ("credit_note", 500_000) in papers(accepted)
    assert OutgoingMail.objects.filter(template="quotation_refund").count() == 1


def test_a_deposit_that_went_back_calls_the_work_off(accepted, fake_gateway, admin_user):
    payment = pay_part(fake_gateway, accepted)
    refunded(payment, 1_475_000, admin_user)
    accepted.refresh_from_db()
    assert (accepted.ending, accepted.owed_paise, accepted.status_words) == ("called_off", 0, "Refunded")
    with pytest.raises(NothingOwed):
        services.open_part(quotation=accepted)
    assert papers(accepted) == [("receipt_voucher", 1_475_000), ("refund_voucher", 1_475_000)]
    assert verify_ledger() == []


def test_our_own_word_counts_not_when_the_gateway_answers(accepted, fake_gateway, admin_user):
    """From the promise on nothing is owed, shown as paid, or taken: the gateway may be away for days."""
    first = pay_part(fake_gateway, accepted)
    rest = ensure_order(services.open_part(quotation=accepted).pk)
    first.refresh_from_db()
    refund_by_hand(payment=first, amount_paise=1_475_000, seen_refunding_paise=0, reason="Cut short", actor=admin_user)
    accepted.refresh_from_db()
    assert (accepted.ending, accepted.close_reason) == ("called_off", "Cut short")
    assert (accepted.refunding_paise, accepted.refunded_paise, accepted.owed_paise) == (1_475_000, 0, 0)
    assert not Quotation.objects.owing().exists()
    with pytest.raises(NothingOwed):
        services.open_part(quotation=accepted)
    complete(**fake_gateway.signed_answer(fake_gateway.pay(rest.order_id)))
    work_through()
    accepted.refresh_from_db()
    assert (accepted.paid_paise, accepted.refunded_paise) == (1_475_000, 1_475_000)
    assert sorted(Refund.objects.values_list("cause", flat=True)) == ["requested", "returned"]
    assert OutgoingMail.objects.filter(template="quotation_called_off").count() == 1
    assert verify_ledger() == []


def test_a_refund_made_at_the_gateway_calls_the_work_off_too(accepted, fake_gateway):
    payment = pay_part(fake_gateway, accepted)
    fake_gateway.make_refund(payment.attempts.get().gateway_payment_id, 1_475_000)
    sending.ask_after(payment.attempts.get().gateway_payment_id)
    accepted.refresh_from_db()
    assert (accepted.ending, accepted.refunding_paise, accepted.refunded_paise) == ("called_off", 1_475_000, 1_475_000)


def test_nothing_is_paid_before_the_yes_nor_to_who_is_suspended(accepted, fake_gateway, consultant):
    waiting, _token = make_sent(consultant)
    with pytest.raises(NothingOwed):
        services.open_part(quotation=waiting)
    payment = ensure_order(services.open_part(quotation=accepted).pk)
    accepted.consultant.status = accepted.consultant.Status.SUSPENDED
    accepted.consultant.save()
    with pytest.raises(NothingOwed):
        services.open_part(quotation=accepted)
    complete(**fake_gateway.signed_answer(fake_gateway.pay(payment.order_id)))
    work_through()
    accepted.refresh_from_db()
    assert accepted.paid_paise == 0
    assert Refund.objects.get().amount_paise == 1_475_000
