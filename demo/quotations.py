"""Quotations of the consultant of the demo login, one in each state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction

from clients.services import find_or_create
from consultants.models import Consultant
from demo.papers import INDIA
from demo.till import Till
from quotations import services
from quotations.models import Quotation
from quotations.services import Draft, LineFacts

Later = Callable[[datetime, Callable[[], object]], None]
PHONE = "+919810000042"
TERMS = "Half before the work begins, the rest when it is handed over. Government fees are paid by the client."


@dataclass(frozen=True)
class Offer:
    """``days`` ago it was sent; ``path`` is what became of it, in order."""

    title: str
    name: str
    days: float
    path: tuple[str, ...]
    lines: tuple[LineFacts, ...]
    deposit: int = 5_000
    discount: int = 0
    message: str = ""


OFFERS = (
    Offer(
        "Incorporation of a private company",
        "Kabir Menon",
        34,
        ("seen", "accept", "pay", "pay"),
        (
            LineFacts("Name, papers and filing", 100, 1_800_000, details="Two directors, one registered office."),
            LineFacts("Advice before and after", 300, 250_000),
        ),
    ),
    Offer(
        "Annual compliance for a start-up",
        "Farhan Qureshi",
        6,
        ("seen", "accept", "pay"),
        (
            LineFacts("Annual return and accounts filing", 100, 2_400_000),
            LineFacts("Board meetings, minutes of each", 400, 350_000, 1_000),
        ),
        message="As we said on Tuesday: the whole year, so that nothing is late again.",
    ),
    Offer(
        "Review of a shareholders’ agreement",
        "Ananya Ghosh",
        2,
        ("seen", "ask"),
        (LineFacts("Reading and a marked-up copy", 100, 1_500_000), LineFacts("Call with your investor", 200, 250_000)),
        deposit=0,
        discount=500,
    ),
    Offer("Trademark search and filing", "Rohan Pillai", 1.1, (), (LineFacts("Search and filing", 200, 650_000),)),
    Offer(
        "Due diligence before a purchase",
        "Meera Kulkarni",
        22,
        ("seen", "decline"),
        (LineFacts("Papers, report and a call", 100, 9_500_000),),
    ),
    Offer("Employment contracts, five of them", "Dev Bansal", 40, ("seen",), (LineFacts("Contract", 500, 400_000),)),
)
DRAFT = Offer(
    "Moving the registered office", "Kabir Menon", 0.2, (), (LineFacts("Resolutions and filing", 100, 1_200_000),)
)


def plan(consultant: Consultant, now: datetime, till: Till, later: Later, *, client_mail: str) -> None:
    """Put what was offered, answered and paid into the market's plan."""
    for offer in (*OFFERS, DRAFT):
        sent = now - timedelta(days=offer.days)
        later(sent, partial(_offer, consultant, offer, client_mail, sent, draft=offer is DRAFT))
        for step, act in enumerate(offer.path, start=1):
            later(sent + timedelta(hours=5 * step), partial(_step, offer.title, act, till))
        if "accept" not in offer.path and "decline" not in offer.path:
            later(sent + timedelta(days=15), services.lapse_due)


def _offer(consultant: Consultant, offer: Offer, client_mail: str, sent: datetime, *, draft: bool) -> None:
    mail = client_mail if offer.name == "Farhan Qureshi" else f"{offer.name.lower().replace(' ', '.')}@example.com"
    with transaction.atomic():
        client = find_or_create(
            consultant=consultant, name=offer.name, email=mail, phone=PHONE, state_code="27", pin_code="400050"
        )
    made = services.write_draft(
        consultant=consultant,
        actor=consultant.user,
        client=client,
        draft=Draft(
            title=offer.title,
            valid_until=(sent + timedelta(days=14)).astimezone(INDIA).date(),
            lines=offer.lines,
            message=offer.message,
            terms=TERMS,
            discount_points=offer.discount,
            deposit_points=offer.deposit,
        ),
    )
    if not draft:
        services.send(quotation=made, actor=consultant.user)


def _step(title: str, act: str, till: Till) -> None:
    quotation = Quotation.objects.select_related("client").get(title=title)
    if act == "seen":
        services.seen(quotation=quotation)
    elif act == "accept":
        services.accept(
            quotation=quotation, version=quotation.version, name=quotation.client.name, address="203.0.113.24"
        )
    elif act == "decline":
        services.decline(
            quotation=quotation,
            version=quotation.version,
            reason="We decided not to buy after all. Thank you for the quick answer.",
        )
    elif act == "ask":
        services.ask(quotation=quotation, body="Would the call be with both partners, or with one of them?")
    elif act == "pay":
        payment = services.open_part(quotation=quotation)
        till.pay(payment.pk, email=payment.payer_email, contact=PHONE)
