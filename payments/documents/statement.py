"""What stands on a statement of account, as plain text in the order of the page (``statement.typ`` draws it)."""

from __future__ import annotations

from typing import Any

from django.utils.dateformat import format as django_format
from django.utils.translation import gettext as _

from naksha.money import rupees
from payments.documents.facts import Facts, day, printable
from payments.statement import Movement, Span, Statement, movements_of
from payments.tax import INDIA

MOST_LISTED = (
    400  # movements; a statement with more tells the sums of its months or days and leaves the rest to the CSV
)


def statement_facts(told: Statement) -> Facts:
    listed = told.movements <= MOST_LISTED
    tables = [_spans(told)]
    if listed and told.movements:
        tables.append(_movements(told))
    consultant = told.consultant
    lines = [consultant.address, consultant.pin_code, f"GSTIN {consultant.gstin}" if consultant.gstin else ""]
    return {
        "title": _("Statement of account"),
        "period": _("%(name)s: %(first)s to %(last)s")
        % {
            "name": told.period.words,
            "first": day(told.period.begins),
            "last": day(told.last_day),
        },
        "date": told.period.begins.date().isoformat(),
        "name": printable(consultant.legal_name or consultant.display_name),
        "lines": [printable(line) for line in lines if line],
        "sums": [
            {"label": label, "amount": rupees(paise), "strong": strong} for label, paise, strong in balance_lines(told)
        ],
        "tables": tables,
        "notes": notes_of(told, listed=listed),
        "made_with": _("Made with"),
        "page": _("Page"),
    }


def balance_lines(told: Statement) -> list[tuple[str, int, bool]]:
    """Name, paise, and whether it is a total."""
    sums = told.sums
    rows = [
        (_("Opening balance"), told.opening, True),
        (_("Clients paid"), sums.received, False),
        (_("Given back"), -sums.refunded, False),
        (_("Platform fee"), -sums.fee, False),
        (_("GST on the fee"), -sums.fee_tax, False),
    ]
    if told.paid_out:
        rows.append((_("Paid out to you"), -told.paid_out, False))
    return [*rows, (_("Closing balance"), told.closing, True)]


def notes_of(told: Statement, *, listed: bool) -> list[str]:
    notes = []
    if not told.is_whole:
        words = _("Up to %(moment)s in India. What came later is not in it.")
        notes.append(words % {"moment": django_format(told.until.astimezone(INDIA), "j F Y, H:i:s")})
    if told.taxed.gst or told.taxed.value:
        words = _("GST within what clients paid, by the documents issued: %(gst)s on %(value)s before GST.")
        notes.append(words % {"gst": rupees(told.taxed.gst), "value": rupees(told.taxed.value)})
    if told.taxed.tcs:
        words = _(
            "TCS under section 52 of the CGST Act on that, 0.5%%: %(sum)s. It is held back when the money is paid out "
            "and is not taken off the balance before."
        )
        notes.append(words % {"sum": rupees(told.taxed.tcs)})
    if told.tds:
        words = _(
            "TDS under section 393(1) of the Income-tax Act, formerly 194-O, 0.1%% of what clients paid before GST: "
            "%(sum)s. It is held back as well when the money is paid out."
        )
        notes.append(words % {"sum": rupees(told.tds)})
    if not listed:
        words = _("%(n)d movements: each of them stands in the CSV file of this statement.")
        notes.append(words % {"n": told.movements})
    notes.append(_("Refunds count from the day on which they were promised. Days are those of India."))
    return notes


def _spans(told: Statement) -> dict[str, Any]:
    by_day = told.by_day
    return {
        "title": _("By day") if by_day else _("By month"),
        "widths": [0, 20, 30, 28, 26, 30],
        "words": 1,
        "head": [
            _("Day") if by_day else _("Month"),
            _("Movements"),
            _("Clients"),
            _("Fee"),
            _("GST on fee"),
            _("Yours"),
        ],
        "rows": [_span(span, by_day) for span in told.spans],
    }


def _span(span: Span, by_day: bool) -> list[str]:
    name = day(span.first) if by_day else django_format(span.first, "F Y")
    return [name, str(span.movements), *(rupees(n) for n in (span.gross, -span.fee, -span.fee_tax, span.yours))]


def _movements(told: Statement) -> dict[str, Any]:
    made = movements_of(told)
    return {
        "title": _("Each movement"),
        "widths": [17, 0, 27, 22, 19, 17, 22, 24],
        "words": 3,
        "head": [_("Day"), _("What"), _("Document"), _("Client"), _("Fee"), _("GST"), _("Yours"), _("Balance")],
        "rows": [_movement(one) for one in made],
    }


def _movement(one: Movement) -> list[str]:
    what = f"{one.words}, {printable(one.client)}"
    sums = (one.gross, one.fee, one.fee_tax, one.yours, one.balance)
    return [f"{one.at.astimezone(INDIA):%d.%m.%y}", what, one.document, *(rupees(n) for n in sums)]
