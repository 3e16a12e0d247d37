"""What the consultant of the demo login keeps of clients: tags, notes, fields of their own, and somebody put away."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from clients import services
from clients.models import Client, CustomField
from consultants.models import Consultant
from demo.clock import at

TAGS = (("Regular",), ("Founder", "Regular"), (), ("Referred by Meera",), ("Founder",), (), ("Notice under way",))
NOTES = (
    "Prefers a call before ten. Sends papers the evening before, all in one mail.",
    "Runs two companies; ask each time which of them it is about.",
    "Wants everything in writing after the session. The summary is enough.",
    "Moved from Bengaluru to Pune in spring: the State on invoices has changed.",
)
PLANS = ("Yearly", "Single sessions", "Yearly", "Trial")
COMPANIES = ("Banyan Looms", "Quick Kirana", "Saffron & Slate", "Neelkanth Exports")
SHOWN = 14
# Whom the consultant writes down by hand; nobody who books is called so, for an address is one client's.
MET: dict[str, str] = {"name": "Ishaan Dutta", "email": "ishaan.dutta@example.com", "phone": "+919830012345"}
PUT_AWAY: dict[str, str] = {"name": "Lata Banerjee", "email": "lata.banerjee@example.com"}


def keep(consultant: Consultant, now: datetime) -> None:
    """Write it down over the last weeks."""
    actor = consultant.user
    with at(now - timedelta(days=40)):
        company = services.add_field(consultant=consultant, label="Company", kind=CustomField.Kind.TEXT)
        plan = services.add_field(
            consultant=consultant, label="Plan", kind=CustomField.Kind.CHOICE, choices=sorted(set(PLANS))
        )
        since = services.add_field(consultant=consultant, label="Books close on", kind=CustomField.Kind.DATE)
    clients = Client.objects.current().filter(consultant=consultant).order_by("created_at", "email")[:SHOWN]
    for n, client in enumerate(clients):
        values = {}
        if n % 3 == 0:
            values = {company.pk: COMPANIES[n // 3 % len(COMPANIES)], plan.pk: PLANS[n // 3 % len(PLANS)]}
        if n % 6 == 0:
            values[since.pk] = date(now.year + 1, 3, 31).isoformat()
        with at(now - timedelta(days=30 - n, hours=n)):
            services.change_client(client=client, actor=actor, tags=TAGS[n % len(TAGS)], values=values)
            if n % 4 == 1:
                services.add_note(client=client, actor=actor, body=NOTES[n // 4 % len(NOTES)])
    with at(now - timedelta(days=6)):
        services.add_client(
            consultant=consultant,
            actor=actor,
            details=MET,
            tags=["Met at a meet-up"],
            note="Asked for a first call in the new year.",
        )
        old = services.add_client(consultant=consultant, actor=actor, details=PUT_AWAY)
        services.archive(client=old, actor=actor)
