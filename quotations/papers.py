"""A quotation on paper, and as a picture for a chat: what stands on them, as plain text. Typst draws."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext as _

from naksha.money import rupees
from naksha.web.terrain import HEIGHT, WIDTH, contours
from payments import tax
from payments.documents.facts import address_lines, day, land, percent, printable, supplier_party, tax_sums
from payments.invoices import supplier_of
from quotations.models import Quotation
from quotations.sums import hundredths

_PICTURE = Path(__file__).with_name("picture.typ")
_FONTS = settings.BASE_DIR / "node_modules/@expo-google-fonts"
KEEP = timedelta(days=7)


def _recipient(quotation: Quotation) -> dict[str, Any]:
    client = quotation.client
    lines = address_lines(
        {
            "address": client.address,
            "state": tax.state_name(quotation.place_of_supply),
            "state_code": quotation.place_of_supply,
            "pin_code": client.pin_code,
        }
    )
    if quotation.gstin:
        lines.append(_("GSTIN %(number)s") % {"number": quotation.gstin})
    lines += [printable(line) for line in (client.email, client.phone) if line]
    return {"label": _("For"), "name": printable(client.name) or client.email, "lines": lines}


def _sums(quotation: Quotation) -> list[tuple[str, str]]:
    sums = []
    if quotation.discount_paise:
        sums.append((_("Lines together"), rupees(quotation.subtotal_paise)))
        words = _("Discount %(percent)s") % {"percent": percent(quotation.discount_points)}
        sums.append((words, rupees(-quotation.discount_paise)))
    if quotation.gst_points:
        sums += tax_sums(
            quotation.split,
            basis_points=quotation.gst_points,
            place=quotation.place_of_supply,
            within_state=quotation.within_state,
        )
    return sums


def _lines_of(text: str) -> list[str]:
    return [printable(line) for line in text.splitlines()]


def facts(quotation: Quotation) -> dict[str, Any]:
    """What stands on the paper, in the order of the page (payments/documents/document.typ)."""
    moment = quotation.sent_at or quotation.created_at
    supplier = supplier_of(quotation.consultant)
    about = [(_("Number"), quotation.label or _("Draft")), (_("Date"), day(moment))]
    about.append((_("Valid until"), day(quotation.valid_until)))
    if quotation.gst_points:
        about.append((_("Place of supply"), f"{tax.state_name(quotation.place_of_supply)}"))
    payments = []
    if quotation.deposit_paise:
        left = quotation.total_paise - quotation.deposit_paise
        payments = [
            {"what": _("To begin with"), "about": _("once accepted"), "amount": rupees(quotation.deposit_paise)},
            {"what": _("The rest"), "about": "", "amount": rupees(left)},
        ]
    notes = []
    if quotation.accepted_at:
        words = {"name": printable(quotation.accepted_name), "day": day(quotation.accepted_at)}
        notes.append(_("Accepted by %(name)s on %(day)s.") % words)
    if not supplier["gstin"]:
        notes.append(_("The supplier is not registered under GST. No GST is charged."))
    notes.append(_("An offer, not an invoice. Made by computer; valid without a signature."))
    parts = [(_("Message"), quotation.message), (_("Terms"), quotation.terms)]
    return {
        "title": _("Quotation"),
        "terrain": land(supplier["slug"]),
        "date": moment.astimezone(tax.INDIA).date().isoformat(),
        "about": about,
        "parties": [supplier_party(supplier), _recipient(quotation)],
        "columns": [_("What"), _("Quantity"), _("Discount"), _("Price"), _("Amount")],
        "rows": [
            [
                printable(f"{line.description}: {line.details}" if line.details else line.description),
                hundredths(line.quantity),
                percent(line.discount_points) if line.discount_points else "",
                rupees(line.unit_paise),
                rupees(line.net_paise),
            ]
            for line in quotation.lines.all()
        ],
        "sums": _sums(quotation),
        "total": {"label": _("Total"), "amount": rupees(quotation.total_paise)},
        "words": tax.in_words(quotation.total_paise),
        "payments": {"label": _("How it is paid"), "rows": payments},
        "words-parts": [{"label": label, "lines": _lines_of(text)} for label, text in parts if text],
        "notes": notes,
        "made_with": _("Made with"),
        "page": _("Page"),
    }


def _terrain(seed: str) -> str:
    plain, heavy = contours(seed)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" fill="none">'
        f'<path d="{plain}" stroke="#d3c3a0"/><path d="{heavy}" stroke="#b79f6d" stroke-width="1.6"/></svg>'
    )


def picture_facts(quotation: Quotation) -> dict[str, Any]:
    """The little that may be read over a shoulder: from whom, what, how much, until when. Not for whom."""
    return {
        "label": _("Quotation %(number)s") % {"number": quotation.label} if quotation.label else _("Quotation"),
        "title": printable(quotation.title),
        "total": rupees(quotation.total_paise).removesuffix(".00"),
        "until": _("Valid until %(day)s") % {"day": day(quotation.valid_until)},
        "name": printable(quotation.consultant.display_name),
        "terrain": _terrain(quotation.consultant.slug),
    }


def picture(quotation: Quotation) -> bytes:
    """A PNG of 1200 by 630 pixels, kept a week."""
    data = json.dumps(picture_facts(quotation), ensure_ascii=False, sort_keys=True)
    key = "quotation:" + hashlib.sha256(f"{_PICTURE.stat().st_mtime_ns}{data}".encode()).hexdigest()
    kept: bytes | None = cache.get(key)
    if kept is not None:
        return kept
    import typst  # 7 MB, which most processes never need

    drawn = bytes(typst.compile(_PICTURE, format="png", ppi=72, font_paths=[_FONTS], sys_inputs={"facts": data}))
    cache.set(key, drawn, int(KEEP.total_seconds()))
    return drawn
