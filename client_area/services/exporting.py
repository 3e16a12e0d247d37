"""My data: everything that is known of a login, as JSON for machines, a page for people, and the papers as PDF."""

from __future__ import annotations

import json
import zipfile
from tempfile import SpooledTemporaryFile
from typing import IO, Any

import structlog
from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string
from django.utils import timezone

from accounts import personal as accounts
from accounts.models import User
from bookings import personal as bookings
from client_area.belongings import Belongings, belongings_of
from clients import personal as clients
from consultants import personal as consultants
from naksha.files import tidy_filename
from notifications import personal as notifications
from payments import documents
from payments import personal as payments
from payments.models import Invoice, Payment
from quotations import personal as quotations
from sessions_app import personal as sessions

log = structlog.get_logger(__name__)
IN_MEMORY = 8 * 1024 * 1024  # bytes; what is larger is kept in a file while it is sent


def everything_of(user: User) -> dict[str, Any]:
    """What each app knows of ``user``, by app."""
    return _parts(belongings_of(user))


def _parts(theirs: Belongings) -> dict[str, Any]:
    user = theirs.user
    return {
        "account": accounts.export(user),
        "notifications": notifications.export(user, theirs.emails),
        "saved": consultants.export(user),
        "client": clients.export(user),
        "payments": payments.export(theirs.payments, theirs.documents),
        "sessions": sessions.export(theirs.client_ids),
        "quotations": quotations.export(theirs.client_ids),
        "bookings": bookings.export(theirs.client_ids, theirs.emails),
    }


def export_zip(user: User) -> IO[bytes]:
    """The archive, at its beginning: data.json, index.html, documents/, receipts/, files/."""
    theirs = belongings_of(user)
    text = json.dumps(_parts(theirs), cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
    target: IO[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the answer closes it
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", text)
        page = {"parts": json.loads(text), "name": user.name, "made_at": timezone.now()}
        archive.writestr("index.html", render_to_string("client_area/export.html", page))
        for invoice in Invoice.objects.filter(pk__in=theirs.documents).order_by("issued_at"):
            name = (
                f"documents/{invoice.consultant_id.hex[-6:]}-{invoice.filename}"  # two suppliers may both have a 00001
            )
            archive.writestr(name, documents.draw(documents.invoice_facts(invoice)))
        for payment in Payment.objects.captured().filter(pk__in=theirs.payments).select_related("consultant"):  # type: ignore[attr-defined]
            archive.writestr(
                f"receipts/receipt-{payment.order_id}.pdf", documents.draw(documents.receipt_facts(payment))
            )
        for number, one in enumerate(sessions.files_of(theirs.client_ids), start=1):
            extension = "." + str(one.file.name).rpartition(".")[2]
            name = tidy_filename(one.original_name, extension=extension, fallback="file")
            try:
                with one.file.open("rb") as source:
                    archive.writestr(f"files/{number:04d}-{name}", source.read())
            except FileNotFoundError:
                # Gone from the storage: what there is should still be had. data.json names it.
                log.warning("file_missing_in_export", attachment=str(one.pk))
    target.seek(0)
    return target
