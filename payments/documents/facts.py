"""What stands on a document, as plain text in the order of the page. The template decides only how it looks."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from consultants.models import Consultant
from naksha.money import rupees
from naksha.web.terrain import HEIGHT, WIDTH, contours
from payments import tax
from payments.listing import way_words
from payments.models import Invoice, Payment, PaymentAttempt
from payments.payable import noun_of
from payments.tax import INDIA, Split

Facts = dict[str, Any]
LONGEST_WORD = 28
# Pictures in names, marks that turn text around, and control signs: nothing that a name is made of.
_NOT_FOR_PAPER = re.compile(
    "[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\ufe0e\ufe0f\u20e3\U000e0020-\U000e007f"
    "\u202a-\u202e\u2066-\u2069\u200e\u200f\x00-\x08\x0b-\x1f\x7f]"
)
_LONE_JOINER = re.compile("(?<![\u0900-\u0dff])\u200d|\u200d(?![\u0900-\u0dff])")
_INSET = 30 / 78  # height by width of the piece of land at the head


def printable(text: str) -> str:
    """``text`` without what no font can draw or what would turn the line around, and breakable where it never ends."""
    plain = _LONE_JOINER.sub("", _NOT_FOR_PAPER.sub("", text))
    words = plain.split()
    return " ".join(
        "\u200b".join(word[at : at + LONGEST_WORD] for at in range(0, len(word), LONGEST_WORD)) for word in words
    )


def day(value: date | datetime | str) -> str:
    """``20 November 2026``, the day in India."""
    if isinstance(value, str):
        value = parse_datetime(value) or parse_date(value) or date.min
    if isinstance(value, datetime):
        value = value.astimezone(INDIA).date()
    return f"{value.day} {value:%B %Y}"


def percent(basis_points: float) -> str:
    return f"{basis_points / 100:g}%"


def land(seed: str) -> str:
    """The supplier's own land at the head, as SVG."""
    plain, heavy = contours(seed or "naksha")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 {(HEIGHT - WIDTH * _INSET) / 2:.0f} {WIDTH} '
        f'{WIDTH * _INSET:.0f}" fill="none"><path d="{plain}" stroke="#d9cbaa" stroke-width="1.2"/>'
        f'<path d="{heavy}" stroke="#c4b083" stroke-width="2.1"/></svg>'
    )


def address_lines(party: dict[str, str]) -> list[str]:
    state = party["state"] and f"{party['state']} ({party['state_code']})"
    place = " ".join(filter(None, [state, party["pin_code"]]))
    return [printable(line) for line in (party["address"], place) if line]


def supplier_party(supplier: dict[str, str]) -> Facts:
    """Who supplies, from :func:`payments.invoices.supplier_of`."""
    lines = address_lines(supplier)
    if supplier["gstin"]:
        lines.append(_("GSTIN %(number)s") % {"number": supplier["gstin"]})
    name, trade_name = printable(supplier["name"]), printable(supplier["trade_name"])
    if trade_name and trade_name != name:
        lines.insert(0, trade_name)
    return {"label": _("From"), "name": name, "lines": lines}


def _recipient(invoice: Invoice) -> Facts:
    party = invoice.recipient
    lines = address_lines(party)
    if party["gstin"]:
        lines.append(_("GSTIN %(number)s") % {"number": party["gstin"]})
    lines += [printable(line) for line in (party["email"], party["phone"]) if line]
    return {"label": _("To"), "name": printable(party["name"]) or party["email"], "lines": lines}


def _purpose(name: str) -> str:
    return {"deposit": _("Deposit"), "balance": _("Balance")}.get(name, _("Paid"))


def _payment_line(paid: Facts) -> Facts:
    about = [way_words(paid["method"]), day(paid["at"]) if paid["at"] else "", paid["reference"]]
    if paid.get("voucher"):
        about.append(_("receipt voucher %(number)s") % {"number": paid["voucher"]})
    return {
        "what": _purpose(paid["purpose"]),
        "about": ", ".join(filter(None, about)),
        "amount": rupees(paid["amount_paise"]),
    }


def tax_sums(split: Split, *, basis_points: int, place: str, within_state: bool) -> list[tuple[str, str]]:
    """The taxable value and each tax on it, under its name in ``place``."""
    half = percent(basis_points / 2)
    sums = [(_("Taxable value"), rupees(split.taxable))]
    if split.igst or not within_state:
        sums.append((f"IGST {percent(basis_points)}", rupees(split.igst)))
    else:
        sums.append((f"CGST {half}", rupees(split.cgst)))
        sums.append((f"{tax.state_tax_name(place)} {half}", rupees(split.sgst)))
    if split.round_off:
        sums.append((_("Round off"), rupees(split.round_off)))
    return sums


def _sums(invoice: Invoice) -> list[tuple[str, str]]:
    if not invoice.shows_tax:
        return []
    return tax_sums(
        invoice.split,
        basis_points=invoice.gst_basis_points,
        place=invoice.place_of_supply,
        within_state=invoice.place_of_supply == invoice.supplier["state_code"],
    )


def _notes(invoice: Invoice) -> list[str]:
    notes = []
    registration = invoice.supplier["registration"]
    if not invoice.supplier["gstin"]:
        notes.append(_("The supplier is not registered under GST. No GST is charged."))
    elif registration == Consultant.Registration.COMPOSITION:
        notes.append(_("Composition taxable person, not eligible to collect tax on supplies."))
    if invoice.kind == Invoice.Kind.RECEIPT_VOUCHER:
        notes.append(_("An advance was received. The invoice follows when the whole is paid and agreed."))
    if invoice.details.get("reason"):
        notes.append(_("Reason: %(reason)s") % {"reason": printable(invoice.details["reason"])})
    notes.append(_("Made by computer; valid without a signature."))
    return notes


def _total_label(invoice: Invoice) -> str:
    if invoice.gives_back:
        return _("Given back")
    return _("Received") if invoice.kind == Invoice.Kind.RECEIPT_VOUCHER else _("Total")


def _about(invoice: Invoice) -> list[tuple[str, str]]:
    about = [
        (_("Number"), invoice.number),
        (_("Date"), day(invoice.issued_on)),
        (noun_of(invoice.payable_kind), invoice.reference),
    ]
    original = invoice.details.get("original")
    if original:
        about.append(
            (
                _("Against"),
                _("%(number)s of %(day)s") % {"number": original["number"], "day": day(original["issued_on"])},
            )
        )
    supplied_at = invoice.lines[0].get("supplied_at")
    if supplied_at:
        about.append((_("Day of the session"), day(supplied_at)))
    if invoice.supplier["gstin"]:
        state = f"{tax.state_name(invoice.place_of_supply)} ({invoice.place_of_supply})"
        about.append((_("Place of supply"), state))
        about.append((_("Reverse charge"), _("No")))
    return about


def _beneath(invoice: Invoice, line: Facts) -> str:
    """Under one of several lines: what was taken off its price, and the taxes on it."""
    words = [_("%(sum)s off") % {"sum": rupees(line["discount_paise"])}] if line.get("discount_paise") else []
    if invoice.shows_tax and "igst_paise" in line:
        within = invoice.place_of_supply == invoice.supplier["state_code"]
        state_tax = tax.state_tax_name(invoice.place_of_supply)
        taxes = [("CGST", "cgst_paise"), (state_tax, "sgst_paise")] if within else [("IGST", "igst_paise")]
        words += [f"{name} {rupees(line[key])}" for name, key in taxes]
    return " · ".join(words)


def invoice_facts(invoice: Invoice) -> Facts:
    """Rule 46's particulars (49, 50, 51, 53 for its kin), from the document's own row alone."""
    rows = [
        [
            printable(line["description"]),
            line["sac"],
            str(line["quantity"]),
            rupees(line["price_paise"]),
            rupees(line["taxable_paise"]),
            _beneath(invoice, line),
        ]
        for line in invoice.lines
    ]
    payments = [_payment_line(paid) for paid in invoice.details.get("paid", [])]
    return {
        "title": invoice.title,
        "terrain": land(invoice.supplier["slug"]),
        "date": invoice.issued_on.isoformat(),
        "about": _about(invoice),
        "parties": [supplier_party(invoice.supplier), _recipient(invoice)],
        "columns": [
            _("Service"),
            _("SAC"),
            _("Quantity"),
            _("Price"),
            _("Taxable value") if invoice.shows_tax else _("Value"),
        ],
        "rows": rows,
        "sums": _sums(invoice),
        "total": {"label": _total_label(invoice), "amount": rupees(invoice.total_paise)},
        "words": tax.in_words(invoice.total_paise),
        "payments": {"label": _("How it was paid"), "rows": payments},
        "notes": _notes(invoice),
        "made_with": _("Made with"),
        "page": _("Page"),
    }


def receipt_facts(payment: Payment) -> Facts:
    """A receipt for one payment: what came, how, for what, and what went back since. It is not a tax document."""
    consultant = payment.consultant
    attempt = payment.attempts.filter(outcome=PaymentAttempt.Outcome.SETTLED).first()
    about = [(_("Paid on"), day(payment.captured_at)) if payment.captured_at else (_("Paid on"), "—")]
    if attempt is not None:
        about.append((_("By"), way_words(attempt.method)))
        about.append((_("Payment"), attempt.gateway_payment_id))
    about.append((_("Order"), payment.order_id or "—"))
    documents = Invoice.objects.for_payable(payment.payable_kind, payment.payable_id).order_by("issued_at")
    about += [(one.title, one.number) for one in documents]
    refunds = payment.refunds.order_by("created_at").filter(replaces__isnull=True)
    given_back = [
        {
            "what": _("Refund"),
            "about": ", ".join(filter(None, [day(one.created_at), one.gateway_refund_id or ""])),
            "amount": rupees(one.amount_paise),
        }
        for one in refunds
    ]
    return {
        "title": _("Payment receipt"),
        "terrain": land(consultant.slug),
        "date": payment.created_at.astimezone(INDIA).date().isoformat(),
        "about": about,
        "parties": [
            {"label": _("Paid to"), "name": printable(consultant.legal_name or consultant.display_name), "lines": []},
            {
                "label": _("Paid by"),
                "name": printable(payment.payer_name) or payment.payer_email,
                "lines": [line for line in (payment.payer_email, payment.payer_phone) if line],
            },
        ],
        "columns": [_("For"), "", "", "", _("Amount")],
        "rows": [[printable(payment.description), "", "", "", rupees(payment.captured_paise)]],
        "sums": [],
        "total": {"label": _("Received"), "amount": rupees(payment.captured_paise)},
        "words": tax.in_words(payment.captured_paise),
        "payments": {"label": _("Given back since"), "rows": given_back},
        "notes": [_("A receipt for money. The invoice is a document of its own.")],
        "made_with": _("Made with"),
        "page": _("Page"),
    }
