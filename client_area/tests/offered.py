"""What a consultant keeps of a client and offers them: notes, a tag, a field, an earlier address, and quotations."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from clients.models import Client, ClientAddress, Tag
from clients.services.keeping import add_field, add_note, set_values
from quotations import services
from quotations.models import Quotation
from quotations.services import LineFacts
from quotations.testing import make_draft, make_sent, pay_part

ADDRESS = "203.0.113.9"  # from which they agree
EARLIER = "zubeida.before@example.com"
GSTIN = "27ABCDE1234F1Z0"


def keep_notes(client: Client) -> None:
    """What the consultant writes down of them, and an address that a merged row had."""
    consultant, name = client.consultant, client.name
    add_note(client=client, actor=consultant.user, body=f"{name} calls on Mondays, from {EARLIER}")
    client.tags.add(Tag.objects.create(consultant=consultant, name="Family business"))
    set_values(client, {add_field(consultant=consultant, label="Heir", kind="text").pk: f"The son of {name}"})
    ClientAddress.objects.create(consultant=consultant, client=client, email=EARLIER)


def offer(client: Client, gateway: Any) -> Quotation:
    """One that was asked about, accepted and paid, which is given back; one declined, one open, and a draft."""
    consultant, name = client.consultant, client.name
    words: dict[str, Any] = {
        "client": client,
        "title": f"Estate of {name}",
        "message": f"Dear {name}, as we said.",
        "terms": f"{name} brings the papers.",
        "lines": (LineFacts(f"Will of {name}", 100, 500_000, details=f"Sent to {EARLIER}"),),
    }
    paid, _token = make_sent(consultant, **words)
    services.seen(quotation=paid)
    question = services.ask(quotation=paid, body=f"Is {name} enough as a name?")
    services.answer_question(question=question, actor=consultant.user, answer=f"Yes, {name}.")
    services.accept(quotation=paid, version=1, name=name.upper(), address=ADDRESS)
    pay_part(gateway, paid)
    declined, _token = make_sent(consultant, **words)
    services.decline(quotation=declined, version=1, reason=f"{name} has no estate")
    make_sent(consultant, **words, valid_until=timezone.localdate() + timedelta(days=20))
    make_draft(consultant, **words)
    Quotation.objects.filter(sent_at__isnull=False).update(gstin=GSTIN)
    paid.refresh_from_db()
    return paid
