"""Documents on paper: what a reader finds on them, and who may open them."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from django.urls import reverse
from pypdf import PdfReader

from consultants.models import Consultant
from naksha.testing import make_consultant
from payments import documents
from payments.documents.facts import printable
from payments.documents.paper import draw_picture
from payments.models import Invoice
from payments.testing import paid, promise_refund
from payments.tests.test_invoices import FACTS, REGULAR, UNTAXED

pytestmark = pytest.mark.django_db


@pytest.fixture
def sell(fake_gateway, fake_payable):
    def sold(facts=FACTS, amount_paise=None, consultant=None, **fields):
        fake_payable.invoice_facts = lambda: facts
        consultant = consultant or make_consultant(**REGULAR)
        return paid(fake_payable, consultant, amount_paise or facts.total_paise, **fields)

    return sold


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages)


def paper(invoice: Invoice) -> str:
    return text_of(documents.draw(documents.invoice_facts(invoice)))


def test_a_tax_invoice_has_the_particulars_of_rule_46(sell):
    sell(replace(FACTS, client_gstin="29AAGCB7383J1Z4", client_address="12 Hill Road"))
    invoice = Invoice.objects.get()
    page = paper(invoice)
    for particular in (
        "Tax invoice",
        invoice.number,
        "Asha Rao LLP",
        "GSTIN 27AABCN1234F1ZW",
        "4 Karve Road, Pune",
        "Maharashtra (27) 411004",
        "Farhan Qureshi",
        "12 Hill Road",
        "GSTIN 29AAGCB7383J1Z4",
        "998399",
        "First call",
        "₹1,000.00",
        "IGST 18%",
        "₹180.00",
        "₹1,180.00",
        "Karnataka (29)",
        "Rupees One Thousand One Hundred Eighty Only",
        "NK-TEST2345",
    ):
        assert particular in page
    assert "REVERSE CHARGE No" in page


def test_within_the_state_it_shows_both_halves(sell):
    sell()
    page = paper(Invoice.objects.get())
    assert "CGST 9% ₹90.00" in page
    assert "SGST 9% ₹90.00" in page
    assert "IGST" not in page


def test_a_round_off_is_shown(sell):
    sell(replace(FACTS, price_paise=100_050, tax_paise=18_009, total_paise=118_059))
    assert "Round off -₹0.01" in paper(Invoice.objects.get())


def test_an_unregistered_consultants_invoice_has_no_word_of_tax_but_why(sell):
    sell(UNTAXED, consultant=make_consultant())
    page = paper(Invoice.objects.get())
    assert "The supplier is not registered under GST. No GST is charged." in page
    for word in ("GSTIN", "CGST", "SGST", "IGST", "Tax invoice", "Taxable", "PLACE OF SUPPLY"):
        assert word not in page


def test_a_composition_taxpayer_says_so(sell):
    sell(UNTAXED, consultant=make_consultant(**{**REGULAR, "registration": Consultant.Registration.COMPOSITION}))
    page = paper(Invoice.objects.get())
    assert "Bill of supply" in page
    assert "Composition taxable person, not eligible to collect tax on supplies." in page


def test_a_credit_note_names_its_invoice_and_its_reason(sell, fake_payable):
    sell()
    promise_refund(fake_payable, 59_000)
    page = paper(Invoice.objects.get(kind="credit_note"))
    assert f"{Invoice.objects.final().get().number} of" in page
    assert "Reason: Cancelled by the client." in page
    assert "₹590.00" in page


def test_an_invoice_after_a_deposit_tells_both_payments_and_the_voucher(sell):
    consultant = make_consultant(**REGULAR)
    sell(amount_paise=59_000, purpose="deposit", consultant=consultant)
    sell(amount_paise=59_000, purpose="balance", consultant=consultant)
    page = paper(Invoice.objects.final().get())
    assert "Deposit" in page
    assert "Balance" in page
    assert "receipt voucher RV/" in page


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("आशा राव", "आशा राव"),
        ("Asha 🎉 Rao 👩🏽‍⚖️", "Asha Rao"),
        ("क्‍ष", "क्‍ष"),  # its joiner is a letter's
        ("Asha\u202eoaR", "AshaoaR"),
        ("#import \"x\" *bold* $x$ \\ <label>", "#import \"x\" *bold* $x$ \\ <label>"),
        ("x" * 60, "x" * 28 + "\u200b" + "x" * 28 + "\u200b" + "xxxx"),
        ("🎉", ""),
    ],
)  # fmt: skip
def test_a_name_is_made_fit_for_paper(name, shown):
    assert printable(name) == shown


@pytest.mark.parametrize(
    "name", ["آشا راو", "#panic()", "🎉", "<script>", "x" * 300, "अ" * 200, "A\x01B", "Ünïcödé ﷽ 漢字"]
)
def test_any_name_is_drawn(sell, name):
    sell(replace(FACTS, client_name=name[:200], description=name[:100]))
    pdf = documents.draw(documents.invoice_facts(Invoice.objects.get()))
    assert len(PdfReader(io.BytesIO(pdf)).pages) == 1


def test_what_was_drawn_is_kept_and_what_changed_is_drawn_anew(sell, monkeypatch):
    sell()
    facts = documents.invoice_facts(Invoice.objects.get())
    first = documents.draw(facts)
    monkeypatch.setattr("payments.documents.paper._compile", lambda *_a, **_k: b"drawn again")
    assert documents.draw(facts) == first
    assert documents.draw({**facts, "title": "Other"}) == b"drawn again"


def test_it_is_an_archive_pdf_with_its_title_and_language(sell):
    sell()
    facts = documents.invoice_facts(Invoice.objects.get())
    pdf = documents.draw(facts)
    reader = PdfReader(io.BytesIO(pdf))
    assert reader.metadata is not None
    assert reader.metadata.title == "Tax invoice"
    assert b"pdfaid" in pdf or "pdfaid" in str(reader.xmp_metadata and reader.trailer["/Root"])
    assert draw_picture(facts).startswith(b"\x89PNG")


# --- who may open them --------------------------------------------------------------------------


def test_its_link_opens_it_without_a_login(sell, client):
    sell()
    invoice = Invoice.objects.get()
    answer = client.get(invoice.get_absolute_url())
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Content-Disposition"] == f'inline; filename="{invoice.number.replace("/", "-")}.pdf"'
    assert "private" in answer["Cache-Control"]
    assert invoice.number in text_of(answer.content)


def test_no_other_link_does(sell, client):
    payment = sell()
    invoice = Invoice.objects.get()
    good = invoice.get_absolute_url().split("/")[-2]
    receipt = documents.receipt_url(payment).split("/")[-2]
    for key in (invoice.pk.hex, str(invoice.pk), good[:-1], good.replace(":", ":x"), receipt, "x:y"):
        assert client.get(reverse("payments:document", args=[key])).status_code == 404
    assert client.get(reverse("payments:receipt", args=[good])).status_code == 404
    assert client.post(invoice.get_absolute_url()).status_code == 405


def test_a_receipt_says_what_came_and_what_went_back(sell, fake_payable, client):
    payment = sell()
    promise_refund(fake_payable, 18_000)
    payment.refresh_from_db()
    page = text_of(client.get(documents.receipt_url(payment)).content)
    for part in ("Payment receipt", "₹1,180.00", payment.order_id, "Refund", "₹180.00", "Farhan Qureshi", "UPI"):
        assert part in page


def test_what_was_not_paid_has_no_receipt(fake_gateway, fake_payable, client):
    from payments.testing import ordered

    payment = ordered(fake_payable, make_consultant())
    assert client.get(documents.receipt_url(payment)).status_code == 404


def test_an_admin_finds_documents_and_changes_none(sell, client, admin_user):
    sell()
    invoice = Invoice.objects.get()
    client.force_login(admin_user)
    listed = client.get(reverse("admin:payments_invoice_changelist"), {"q": invoice.number})
    assert invoice.get_absolute_url() in listed.content.decode()
    url = reverse("admin:payments_invoice_change", args=[invoice.pk])
    assert "₹90.00" in client.get(url).content.decode()
    assert client.post(url, {"number": "X"}).status_code == 403
    assert client.get(reverse("admin:payments_invoice_add")).status_code == 403
