"""The invoice of accepted work: its lines as they were agreed, each with its part of price and tax, to the paisa."""

import io

import pytest
from pypdf import PdfReader

from naksha.testing import make_client, make_consultant
from payments import documents
from payments.models import Invoice
from payments.services import refund_by_hand
from quotations.models import QuotationLine
from quotations.services import LineFacts
from quotations.testing import make_accepted, pay_part

pytestmark = pytest.mark.django_db(transaction=True)
LINES = (
    LineFacts("Name, papers and filing", 100, 2_000_001),
    LineFacts("Advice by the hour", 250, 199_999, discount_points=1_000, details="By phone"),
    LineFacts("A first look", 100, 0),
)
REGULAR = {"registration": "regular", "gstin": "27AAPFU0939F1ZV"}


def sold(gateway, *, lines=LINES, client=None, **consultant):
    """Paid in two parts, with 7 % off the whole."""
    supplier = make_consultant(**consultant)
    recipient = make_client(supplier, **(client or {"address": "12 Hill Road, Mumbai"}))
    quotation, _token = make_accepted(
        supplier, client=recipient, lines=lines, discount_points=700, deposit_points=5_000
    )
    for _part in range(2):
        payment = pay_part(gateway, quotation)
    quotation.refresh_from_db()
    return quotation, payment, Invoice.objects.final().get(payable_id=quotation.pk)


def text_of(invoice):
    pages = PdfReader(io.BytesIO(documents.draw(documents.invoice_facts(invoice)))).pages
    return " ".join(" ".join(page.extract_text().split()) for page in pages)


@pytest.mark.parametrize("client", [{"state_code": "27"}, {"state_code": "29"}])
def test_the_lines_add_up_to_the_invoice_in_every_tax(fake_gateway, client):
    quotation, _payment, invoice = sold(fake_gateway, client=client, **REGULAR)
    assert [line["description"] for line in invoice.lines] == [line.description for line in LINES]
    for name in ("taxable_paise", "cgst_paise", "sgst_paise", "igst_paise"):
        assert sum(line[name] for line in invoice.lines) == getattr(invoice, name), name
    assert (invoice.taxable_paise, invoice.total_paise) == (quotation.taxable_paise, quotation.total_paise)
    assert invoice.cgst_paise == quotation.split.cgst
    assert invoice.igst_paise == quotation.split.igst
    first, second, free = invoice.lines
    assert (second["quantity"], second["price_paise"]) == ("2.5", 199_999)
    assert second["discount_paise"] == 499_998 - second["taxable_paise"]
    assert (first["sac"], free["taxable_paise"]) == (invoice.supplier["sac"], 0)


def test_the_paper_shows_each_line_with_its_taxes(fake_gateway):
    _quotation, _payment, invoice = sold(fake_gateway, **REGULAR)
    paper = text_of(invoice)
    for line in invoice.lines[:2]:
        assert line["description"] in paper
        for paise in (line["price_paise"], line["taxable_paise"], line["cgst_paise"]):
            assert documents.facts.rupees(paise) in paper
    assert f"CGST {documents.facts.rupees(invoice.lines[0]['cgst_paise'])}" in paper
    assert documents.facts.rupees(invoice.total_paise) in paper


def test_every_paper_about_it_calls_it_a_quotation(fake_gateway, admin_user):
    quotation, payment, _invoice = sold(fake_gateway, **REGULAR)
    refund_by_hand(payment=payment, amount_paise=100_000, seen_refunding_paise=0, reason="Late.", actor=admin_user)
    drawn = [documents.invoice_facts(paper)["about"] for paper in Invoice.objects.filter(payable_id=quotation.pk)]
    assert len(drawn) == 3  # for the deposit, for the whole, and for what went back
    assert all(("Quotation", quotation.label) in about for about in drawn)


def test_without_gst_the_lines_add_up_to_the_total_and_no_tax_is_named(fake_gateway):
    quotation, _payment, invoice = sold(fake_gateway)
    assert sum(line["taxable_paise"] for line in invoice.lines) == invoice.total_paise == quotation.total_paise
    assert "CGST" not in text_of(invoice)


def test_the_lines_stay_as_they_were_and_a_credit_note_names_the_whole(fake_gateway, admin_user):
    quotation, payment, invoice = sold(fake_gateway, **REGULAR)
    QuotationLine.objects.filter(quotation=quotation).update(description="Something else")
    refund_by_hand(payment=payment, amount_paise=100_000, seen_refunding_paise=0, reason="Late.", actor=admin_user)
    note = invoice.corrections.get()
    assert [line["description"] for line in note.lines] == [quotation.title]
    assert note.lines[0]["taxable_paise"] == note.taxable_paise
    assert "Something else" not in text_of(Invoice.objects.get(pk=invoice.pk))


def test_fifty_lines_are_drawn(fake_gateway):
    many = tuple(LineFacts(f"Part {n} of the work", 100, 10_007 + n) for n in range(50))
    _quotation, _payment, invoice = sold(fake_gateway, lines=many, **REGULAR)
    paper = text_of(invoice)
    assert all(f"Part {n} of the work" in paper for n in range(50))
    assert sum(line["cgst_paise"] for line in invoice.lines) == invoice.cgst_paise
