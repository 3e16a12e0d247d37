"""Documents: which one is issued, what it says, under which number, and that it never changes."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from consultants.models import Consultant
from naksha.testing import make_consultant
from payments.documents import papers
from payments.invoices import issue_credit_note, issue_for_payment, issue_for_supply
from payments.models import Invoice, InvoiceSeries
from payments.payable import InvoiceFacts
from payments.testing import paid, promise_refund

pytestmark = pytest.mark.django_db
Kind = Invoice.Kind
REGULAR = {"registration": Consultant.Registration.REGULAR, "gstin": "27AABCN1234F1ZW", "legal_name": "Asha Rao LLP"}
FACTS = InvoiceFacts(
    reference="NK-TEST2345",
    description="First call",
    currency="INR",
    price_paise=100_000,
    tax_paise=18_000,
    total_paise=118_000,
    gst_basis_points=1_800,
    fee_basis_points=500,
    client_name="Farhan Qureshi",
    client_email="farhan@example.com",
    client_state_code="27",
    client_pin_code="411001",
)
UNTAXED = replace(FACTS, tax_paise=0, price_paise=118_000, gst_basis_points=0)


@pytest.fixture
def sell(fake_gateway, fake_payable, db):
    """Sell what ``facts`` say: pays ``amount_paise`` (all of it unless told otherwise) and returns the payment."""

    def sold(consultant, facts=FACTS, amount_paise=None, **fields):
        fake_payable.invoice_facts = lambda: facts
        return paid(fake_payable, consultant, amount_paise or facts.total_paise, **fields)

    return sold


# --- which document -----------------------------------------------------------------------------


def test_a_registered_consultant_gives_a_tax_invoice(sell):
    payment = sell(make_consultant(**REGULAR))
    invoice = Invoice.objects.get()
    assert (invoice.kind, invoice.payment, invoice.is_final) == (Kind.TAX_INVOICE, payment, True)
    assert (invoice.taxable_paise, invoice.cgst_paise, invoice.sgst_paise, invoice.igst_paise) == (
        100_000,
        9_000,
        9_000,
        0,
    )
    assert invoice.total_paise == payment.captured_paise == 118_000
    assert invoice.supplier["gstin"] == "27AABCN1234F1ZW"
    assert (invoice.recipient["state"], invoice.recipient["pin_code"]) == ("Maharashtra", "411001")
    assert invoice.details["paid"][0]["amount_paise"] == 118_000


def test_for_another_state_it_is_igst(sell):
    sell(make_consultant(**REGULAR), replace(FACTS, client_state_code="29"))
    invoice = Invoice.objects.get()
    assert (invoice.cgst_paise, invoice.sgst_paise, invoice.igst_paise) == (0, 0, 18_000)
    assert invoice.place_of_supply == "29"


def test_a_registered_clients_number_names_the_place(sell):
    sell(make_consultant(**REGULAR), replace(FACTS, client_gstin="29AAGCB7383J1Z4"))
    assert Invoice.objects.get().place_of_supply == "29"


def test_an_unregistered_consultant_gives_a_plain_invoice_without_tax(sell):
    sell(make_consultant(), UNTAXED)
    invoice = Invoice.objects.get()
    assert (invoice.kind, invoice.taxable_paise, invoice.split.tax) == (Kind.INVOICE, 118_000, 0)
    assert invoice.title == "Invoice"


def test_a_composition_taxpayer_gives_a_bill_of_supply(sell):
    sell(make_consultant(**{**REGULAR, "registration": Consultant.Registration.COMPOSITION}), UNTAXED)
    invoice = Invoice.objects.get()
    assert (invoice.kind, invoice.split.tax) == (Kind.BILL_OF_SUPPLY, 0)


def test_an_exempt_supply_has_a_bill_of_supply(sell):
    sell(make_consultant(**REGULAR), UNTAXED)
    assert Invoice.objects.get().kind == Kind.BILL_OF_SUPPLY


def test_who_lost_the_registration_since_shows_no_tax(sell):
    sell(make_consultant(), FACTS)
    invoice = Invoice.objects.get()
    assert (invoice.kind, invoice.split.tax, invoice.total_paise) == (Kind.INVOICE, 0, 118_000)


def test_a_deposit_has_a_voucher_and_the_balance_brings_the_invoice(sell, fake_payable):
    consultant = make_consultant(**REGULAR)
    deposit = sell(consultant, amount_paise=59_000, purpose="deposit")
    voucher = Invoice.objects.get()
    assert (voucher.kind, voucher.title) == (Kind.RECEIPT_VOUCHER, "Receipt voucher")
    assert (voucher.taxable_paise, voucher.cgst_paise, voucher.total_paise) == (50_000, 4_500, 59_000)
    balance = sell(consultant, amount_paise=59_000, purpose="balance")
    invoice = Invoice.objects.final().get()
    assert (invoice.kind, invoice.total_paise, invoice.payment) == (Kind.TAX_INVOICE, 118_000, balance)
    assert list(invoice.advances.all()) == [voucher]
    assert [one["number"] for one in invoice.details["advances"]] == [voucher.number]
    assert [one["purpose"] for one in invoice.details["paid"]] == ["deposit", "balance"]
    assert deposit.invoices.get() == voucher


def test_a_request_that_waits_has_a_voucher_until_its_yes(sell, fake_payable):
    sell(make_consultant(**REGULAR), replace(FACTS, supply_confirmed=False))
    voucher = Invoice.objects.get()
    assert voucher.kind == Kind.RECEIPT_VOUCHER

    def supply(facts):
        return issue_for_supply(payable_kind="fake", payable_id=fake_payable.payable_id, facts=facts)

    assert supply(replace(FACTS, supply_confirmed=False)) is None
    invoice = supply(FACTS)
    assert (invoice.kind, list(invoice.advances.all())) == (Kind.TAX_INVOICE, [voucher])
    assert supply(FACTS) == invoice


def test_an_unregistered_consultants_advance_is_no_voucher_of_gst(sell):
    sell(make_consultant(), UNTAXED, amount_paise=50_000, purpose="deposit")
    invoice = Invoice.objects.get()
    assert (invoice.title, invoice.split.tax) == ("Receipt for an advance", 0)
    labels = [paper.label for paper in papers(invoice.payable_kind, invoice.payable_id)]
    assert labels == [f"Receipt for an advance {invoice.number}", "Receipt of ₹500.00"]


def test_money_that_is_of_no_use_has_no_document(sell, fake_payable):
    from payments.payable import RefundInFull

    fake_payable.verdict = RefundInFull("The time was taken.")
    sell(make_consultant(**REGULAR))
    assert Invoice.objects.count() == 0


# --- money that goes back -----------------------------------------------------------------------


def test_refunds_make_credit_notes_that_add_up_to_the_invoice(sell, fake_payable):
    facts = replace(FACTS, price_paise=100_050, tax_paise=18_009, total_paise=118_059)
    sell(make_consultant(**REGULAR), facts)
    invoice = Invoice.objects.final().get()
    assert invoice.round_off_paise == -1
    for number, amount in enumerate((33_333, 1, 84_725)):
        promise_refund(fake_payable, amount, key=str(number))
    notes = Invoice.objects.filter(kind=Kind.CREDIT_NOTE).order_by("serial")
    assert [note.total_paise for note in notes] == [33_333, 1, 84_725]
    assert {note.original for note in notes} == {invoice}
    for name in ("taxable_paise", "cgst_paise", "sgst_paise", "igst_paise", "round_off_paise", "total_paise"):
        assert sum(getattr(note, name) for note in notes) == getattr(invoice, name)
    assert notes[0].details["original"]["number"] == invoice.number
    assert notes[0].details["reason"] == "Cancelled by the client."


def test_an_advance_that_goes_back_has_a_refund_voucher(sell, fake_payable):
    sell(make_consultant(**REGULAR), replace(FACTS, supply_confirmed=False))
    voucher = Invoice.objects.get()
    promise_refund(fake_payable, 118_000)
    back = Invoice.objects.get(kind=Kind.REFUND_VOUCHER)
    assert (back.original, back.split) == (voucher, voucher.split)


def test_a_refund_has_one_document_however_often_it_is_asked_for(sell, fake_payable):
    sell(make_consultant(**REGULAR))
    [promised] = promise_refund(fake_payable, 1_000)
    note = promised.credit_note
    assert issue_credit_note(promised) == note
    assert Invoice.objects.filter(kind=Kind.CREDIT_NOTE).count() == 1
    assert InvoiceSeries.objects.get(code="CN").last_number == 1


def test_a_payment_has_one_document_however_often_it_is_asked_for(sell):
    payment = sell(make_consultant(**REGULAR))
    assert issue_for_payment(payment, FACTS) == Invoice.objects.get()
    assert InvoiceSeries.objects.get().last_number == 1


# --- numbers ------------------------------------------------------------------------------------


def test_numbers_are_short_and_run_within_supplier_and_year(sell, fake_payable, monkeypatch):
    from uuid_utils.compat import uuid7

    first, second = make_consultant(**REGULAR), make_consultant(**REGULAR)

    def number(consultant):
        fake_payable.payable_id = uuid7()
        payment = sell(consultant)
        return Invoice.objects.get(payment=payment).number

    with time_machine.travel(datetime(2027, 3, 31, 18, 29, tzinfo=UTC), tick=False):
        assert [number(first), number(first), number(second)] == ["INV/2627/00001", "INV/2627/00002", "INV/2627/00001"]
    with time_machine.travel(datetime(2027, 3, 31, 18, 30, tzinfo=UTC), tick=False):
        assert number(first) == "INV/2728/00001"
    assert all(len(one.number) <= 16 for one in Invoice.objects.all())


def test_a_number_that_is_rolled_back_is_the_next_ones(sell, fake_payable):
    sell(make_consultant(**REGULAR))

    def refund_and_fail():
        with transaction.atomic():
            promise_refund(fake_payable, 1_000, key="1")
            raise ZeroDivisionError

    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            refund_and_fail()
    assert Invoice.objects.filter(kind=Kind.CREDIT_NOTE).count() == 0
    [promised] = promise_refund(fake_payable, 1_000, key="2")
    assert promised.credit_note.number.endswith("/00001")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_many_at_once_leave_no_gap_and_no_double():
    from uuid_utils.compat import uuid7

    from payments.invoices import _number_and_save
    from payments.models import Payment

    consultant = make_consultant(**REGULAR)
    payment = Payment.objects.create(
        payable_kind="fake", payable_id=uuid7(), consultant=consultant, purpose="full", amount_paise=118_000,
        payer_name="F", payer_email="f@example.com", description="x",
    )  # fmt: skip
    errors: list[Exception] = []

    def issue() -> None:
        try:
            for _ in range(5):
                _number_and_save(
                    Invoice(
                        kind=Kind.TAX_INVOICE, consultant=consultant, payable_kind="fake", payable_id=uuid7(),
                        reference="NK", payment=payment, supplier={}, recipient={}, place_of_supply="27", lines=[],
                        currency="INR", gst_basis_points=0, taxable_paise=1, cgst_paise=0, sgst_paise=0,
                        igst_paise=0, round_off_paise=0, total_paise=1,
                    ),
                    None,
                )  # fmt: skip
        except Exception as error:  # noqa: BLE001 - shown by the assertion below
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=issue) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    issued = list(Invoice.objects.order_by("serial").values_list("serial", "issued_at"))
    assert [serial for serial, _ in issued] == list(range(1, 41))
    assert [moment for _, moment in issued] == sorted(moment for _, moment in issued)


# --- for good -----------------------------------------------------------------------------------


def test_a_document_never_changes(sell):
    sell(make_consultant(**REGULAR))
    invoice = Invoice.objects.get()
    invoice.total_paise = 1
    with pytest.raises(TypeError):
        invoice.save()
    with pytest.raises(TypeError):
        invoice.delete()


def test_nor_does_the_database_let_it(sell):
    sell(make_consultant(**REGULAR))
    with pytest.raises(IntegrityError), transaction.atomic():
        Invoice.objects.update(total_paise=1, taxable_paise=1, cgst_paise=0, sgst_paise=0)
    assert Invoice.objects.get().total_paise == 118_000


@pytest.mark.postgres
def test_nor_deleted(sell):
    sell(make_consultant(**REGULAR))
    with pytest.raises(IntegrityError), transaction.atomic():
        Invoice.objects.all().delete()
    assert Invoice.objects.count() == 1


def test_it_says_what_was_true_on_the_day(sell):
    consultant = make_consultant(**REGULAR)
    sell(consultant)
    Consultant.objects.filter(pk=consultant.pk).update(legal_name="Somebody Else", address="Elsewhere")
    assert Invoice.objects.get().supplier["name"] == "Asha Rao LLP"


@pytest.mark.parametrize(
    "wrong",
    [
        {"total_paise": 118_001},
        {"cgst_paise": 9_001, "total_paise": 118_001},
        {"igst_paise": 1, "total_paise": 118_001},
        {"round_off_paise": 51, "total_paise": 118_051},
        {"kind": Kind.CREDIT_NOTE},
        {"kind": Kind.INVOICE},
    ],
)
def test_what_does_not_add_up_is_not_written(sell, wrong, fake_payable):
    from uuid_utils.compat import uuid7

    sell(make_consultant(**REGULAR))
    good = Invoice.objects.get()
    values = {field.attname: getattr(good, field.attname) for field in Invoice._meta.concrete_fields}
    values |= {"id": uuid7(), "serial": 2, "number": "INV/2627/00002", "payable_id": uuid7(), **wrong}
    with pytest.raises(IntegrityError), transaction.atomic():
        Invoice.objects.create(**values)
