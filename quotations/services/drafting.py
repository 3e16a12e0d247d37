"""Writing a quotation down before it is sent: new, changed, copied, as a new version, thrown away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from clients.models import Client
from clients.services import chosen
from consultants.models import Consultant
from consultants.pricing import gst_rate
from naksha.db import db_now
from naksha.errors import InvalidState, WrongInput
from naksha.india import ABROAD, STATES
from naksha.money import rupees
from payments import tax
from quotations.errors import ChangedElsewhere
from quotations.models import Quotation, QuotationLine
from quotations.services import machine, telling
from quotations.services.machine import S
from quotations.sums import MOST_PAISE, MOST_QUANTITY, WHOLE, LineSum, Sums, line_sum

MOST_LINES = 50
LONGEST_DAYS = 366
USUAL_DAYS = 14  # how long a copy is valid


@dataclass(frozen=True)
class LineFacts:
    """``quantity`` in hundredths, ``discount_points`` basis points of the line."""

    description: str
    quantity: int
    unit_paise: int
    discount_points: int = 0
    details: str = ""

    @property
    def sum(self) -> LineSum:
        return line_sum(quantity=self.quantity, unit_paise=self.unit_paise, discount_points=self.discount_points)


@dataclass(frozen=True)
class Draft:
    """What a consultant types. Shares are basis points; ``state_code`` is empty where the client's own counts."""

    title: str
    valid_until: date
    lines: tuple[LineFacts, ...]
    message: str = ""
    terms: str = ""
    state_code: str = ""
    discount_points: int = 0
    deposit_points: int = 0


@transaction.atomic
def write_draft(*, consultant: Consultant, actor: User, client: Client, draft: Draft) -> Quotation:
    """A new draft for one of the consultant's own clients, who comes back from the archive. Raises WrongInput, or
    InvalidState for one who was erased or merged meanwhile; nothing is written then."""
    client = chosen(client)
    quotation = Quotation(consultant=consultant, client=client)
    _write(quotation, client, draft)
    audit.record(actor=actor, action="quotation.drafted", subject=quotation)
    return quotation


@transaction.atomic
def change_draft(*, quotation: Quotation, actor: User, edition: int, client: Client, draft: Draft) -> Quotation:
    """Write a draft anew, over the ``edition`` that the writer has seen.

    Raises ChangedElsewhere where it was saved meanwhile, InvalidState once it was sent, WrongInput, PermissionDenied.
    """
    client = chosen(client)
    quotation = machine.locked_for(quotation, actor)
    if quotation.status != S.DRAFT:
        raise InvalidState(_("It was sent meanwhile, so it can’t be changed any more. Revise it instead."))
    if quotation.edition != edition:
        raise ChangedElsewhere
    if quotation.version > 1 and client.pk != quotation.client_id:
        raise WrongInput("client", _("A new version is for the same client. Duplicate it for somebody else."))
    quotation.edition += 1
    _write(quotation, client, draft)
    return quotation


def _write(quotation: Quotation, client: Client, draft: Draft) -> None:
    check(quotation.consultant, client, draft, db_now())
    quotation.client = client
    quotation.title, quotation.message, quotation.terms = draft.title.strip(), draft.message, draft.terms
    quotation.valid_until, quotation.state_code = draft.valid_until, draft.state_code
    quotation.discount_points, quotation.deposit_points = draft.discount_points, draft.deposit_points
    found = reckon(quotation, [line.sum for line in draft.lines])
    check_total(found)
    quotation.save()
    quotation.lines.all().delete()
    QuotationLine.objects.bulk_create(
        QuotationLine(
            quotation=quotation,
            position=position,
            description=line.description.strip(),
            details=line.details,
            quantity=line.quantity,
            unit_paise=line.unit_paise,
            discount_points=line.discount_points,
            gross_paise=each.gross,
            discount_paise=each.discount,
            net_paise=each.net,
        )
        for position, (line, each) in enumerate(zip(draft.lines, found.lines, strict=True), start=1)
    )
    telling.written(quotation)


def reckon(quotation: Quotation, lines: list[LineSum]) -> Sums:
    """Write onto an unsaved or locked draft what ``lines`` come to, under today's registration of its consultant and
    the place of supply that its client has."""
    consultant, client = quotation.consultant, quotation.client
    quotation.gstin = client.gstin
    quotation.place_of_supply = tax.place_of_supply(
        supplier_state=consultant.state_code,
        recipient_gstin=client.gstin,
        recipient_state=quotation.state_code or client.state_code,
    )
    quotation.within_state = quotation.place_of_supply == consultant.state_code
    quotation.gst_points = gst_rate(sum(line.net for line in lines), charges_gst=consultant.charges_gst)
    quotation.fee_points = settings.PLATFORM_FEE_BASIS_POINTS
    return quotation.reckon(lines)


def as_sent_now(quotation: Quotation) -> Quotation:
    """A draft with the sums and the place of supply that it would be sent with, without saving it: its consultant's
    registration or its client's State may be another since it was written. What was sent stands. No query."""
    if quotation.status == S.DRAFT:
        reckon(quotation, [LineSum(quotation.subtotal_paise, 0)])
    return quotation


def today_of(consultant: Consultant, now: datetime) -> date:
    return now.astimezone(ZoneInfo(consultant.timezone)).date()


def check(consultant: Consultant, client: Client, draft: Draft, now: datetime) -> None:
    """Raise WrongInput for what can't be offered."""
    if client.consultant_id != consultant.pk:
        raise WrongInput("client", _("Choose one of your own clients."))
    if not draft.title.strip() or len(draft.title) > 100:
        raise WrongInput("title", _("Say in up to 100 letters what it is."))
    if not 1 <= len(draft.lines) <= MOST_LINES:
        raise WrongInput("lines", _("A quotation has 1 to %(most)d lines.") % {"most": MOST_LINES})
    today = today_of(consultant, now)
    if not today <= draft.valid_until <= today + timedelta(days=LONGEST_DAYS):
        raise WrongInput("valid_until", _("Choose a day from today to a year from now."))
    if draft.state_code and draft.state_code not in STATES and draft.state_code != ABROAD:
        raise WrongInput("state_code", _("Choose the State from the list."))
    if not 0 <= draft.discount_points <= WHOLE:
        raise WrongInput("discount", _("A discount is between 0 and 100 %."))
    if not 0 <= draft.deposit_points <= WHOLE:
        raise WrongInput("deposit", _("A deposit is between 0 and 100 %."))
    for line in draft.lines:
        if not line.description.strip() or len(line.description) > 200:
            raise WrongInput("lines", _("Say of each line what it is, in up to 200 letters."))
        if not 1 <= line.quantity <= MOST_QUANTITY:
            raise WrongInput("lines", _("A quantity is between 0.01 and 10,000."))
        if not 0 <= line.unit_paise <= MOST_PAISE:
            raise WrongInput("lines", _("A price is at most %(most)s.") % {"most": rupees(MOST_PAISE)})
        if not 0 <= line.discount_points <= WHOLE:
            raise WrongInput("lines", _("A discount is between 0 and 100 %."))


def check_total(found: Sums) -> None:
    """Raise WrongInput for a sum that can't be kept or paid. What it came to is in memory alone until then."""
    if found.gross > MOST_PAISE:
        raise WrongInput("lines", _("All lines together are at most %(most)s.") % {"most": rupees(MOST_PAISE)})
    if 0 < found.total < 100:
        raise WrongInput("lines", _("The total is at least ₹1, or nothing at all."))


def facts_of(quotation: Quotation) -> tuple[LineFacts, ...]:
    """Its lines as they would be typed."""
    return tuple(
        LineFacts(line.description, line.quantity, line.unit_paise, line.discount_points, line.details)
        for line in quotation.lines.all()
    )


def _copied(quotation: Quotation, now: datetime) -> Draft:
    """The same words and lines. A day that has passed is moved on."""
    today = today_of(quotation.consultant, now)
    fresh = quotation.valid_until if quotation.valid_until >= today else today + timedelta(days=USUAL_DAYS)
    return Draft(
        title=quotation.title,
        valid_until=fresh,
        lines=facts_of(quotation),
        message=quotation.message,
        terms=quotation.terms,
        state_code=quotation.state_code,
        discount_points=quotation.discount_points,
        deposit_points=quotation.deposit_points,
    )


@transaction.atomic
def duplicate(*, quotation: Quotation, actor: User) -> Quotation:
    """A new draft with the same words and lines, whatever became of the first. Raises PermissionDenied."""
    quotation = machine.locked_for_client(quotation, actor)
    made = Quotation(consultant=quotation.consultant, client=quotation.client)
    _write(made, quotation.client, _copied(quotation, db_now()))
    audit.record(actor=actor, action="quotation.drafted", subject=made, data={"like": quotation.label})
    return made


@transaction.atomic
def revise(*, quotation: Quotation, actor: User) -> Quotation:
    """A draft of its next version; the one there is already, when asked again. Nothing changes for the client until
    that one is sent. Raises InvalidState for what was accepted or never sent, PermissionDenied."""
    quotation = machine.locked_for_client(quotation, actor)
    if quotation.status == S.DRAFT or quotation.accepted_at:
        raise InvalidState(_("Only what was sent, and not accepted, has a new version."))
    begun = Quotation.objects.filter(revises=quotation).select_related("consultant__user", "client__user").first()
    if begun is not None:
        return begun
    made = Quotation(
        consultant=quotation.consultant,
        client=quotation.client,
        number=quotation.number,
        version=quotation.version + 1,
        revises=quotation,
    )
    _write(made, quotation.client, _copied(quotation, db_now()))
    audit.record(actor=actor, action="quotation.revised", subject=made)
    return made


@transaction.atomic
def throw_away(*, quotation: Quotation, actor: User) -> None:
    """Delete a draft. Raises InvalidState for what was sent (withdraw it), PermissionDenied."""
    quotation = machine.locked_for(quotation, actor)
    if quotation.status != S.DRAFT:
        raise InvalidState(_("Only a draft can be thrown away. Withdraw what was sent."))
    audit.record(actor=actor, action="quotation.thrown_away", subject=quotation)
    quotation.delete()
    telling.written(quotation)
