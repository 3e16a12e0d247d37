"""From a draft to an offer that counts: its number, its link, its reminders; and taking it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from clients.services import chosen
from consultants.commitments import told_to_clients
from naksha.db import db_now
from naksha.errors import InvalidState, WrongInput
from payments import tax
from quotations.errors import ChangedElsewhere, SumsChanged
from quotations.models import Quotation, QuotationReminder, QuotationSeries
from quotations.services import links, machine, telling
from quotations.services.drafting import check_total, reckon, today_of
from quotations.services.machine import S
from quotations.sums import LineSum

log = structlog.get_logger(__name__)
REMIND_DAYS = (3, 1)
REMIND_AT = time(10, 0)  # in the consultant's zone
RECKONED = [  # what reckon() writes
    *("gstin", "place_of_supply", "within_state", "gst_points", "fee_points", "subtotal_paise", "discount_paise"),
    *("tax_paise", "total_paise", "deposit_paise", "updated_at"),
]


@dataclass(frozen=True)
class Read:
    """What its sender has read of a draft. Of what they don't say, what was last written down counts."""

    edition: int | None = None
    total_paise: int | None = None
    taxed: str | None = None  # Quotation.taxed


def send(*, quotation: Quotation, actor: User, by_mail: bool = True, read: Read | None = None) -> str:
    """Make the offer: number, GST and the end of its validity stand from now on. Returns a link's token.

    A new version ends the one before it. Raises InvalidState where it was sent already, or the version before was
    accepted meanwhile, or its client was erased or merged; ChangedElsewhere and SumsChanged where it is not what was
    ``read``; WrongInput for a day that has passed; PermissionDenied.
    """
    sent = _send(quotation, actor, by_mail=by_mail, read=read or Read())
    if isinstance(sent, SumsChanged):  # raised out here, so that the sums that were reckoned anew stay
        raise sent
    return sent


@transaction.atomic
def _send(quotation: Quotation, actor: User, *, by_mail: bool, read: Read) -> str | SumsChanged:
    chosen(quotation.client)
    before_id = Quotation.objects.values_list("revises", flat=True).get(pk=quotation.pk)
    before = machine.locked(before_id) if before_id else None
    quotation = machine.locked_for(quotation, actor)
    machine.move(quotation, S.SENT)
    now = db_now()
    if quotation.valid_until < today_of(quotation.consultant, now):
        raise WrongInput("valid_until", _("Its last day has passed. Choose a later one."))
    if read.edition not in (None, quotation.edition):
        raise ChangedElsewhere
    was_paise = quotation.total_paise if read.total_paise is None else read.total_paise
    was_taxed = quotation.taxed if read.taxed is None else read.taxed
    found = reckon(quotation, [LineSum(line.gross_paise, line.discount_paise) for line in quotation.lines.all()])
    check_total(found)
    if (was_paise, was_taxed) != (quotation.total_paise, quotation.taxed):
        quotation.save(update_fields=RECKONED)
        telling.written(quotation)
        return SumsChanged(was_paise=was_paise, now_paise=quotation.total_paise)
    if before is not None:
        _supersede(before, now)
    quotation.sent_at = now
    quotation.lapses_at = end_of(quotation)
    if not quotation.number:
        quotation.number = _next_number(quotation, now)
    quotation.save()
    audit.record(actor=actor, action="quotation.sent", subject=quotation, data={"total_paise": quotation.total_paise})
    log.info("quotation_sent", number=quotation.label, total_paise=quotation.total_paise)
    if by_mail:
        telling.client(quotation, "quotation_sent", once="sent")
        _plan_reminders(quotation, now)
    telling.line_for_client(quotation, _("A quotation for you"))
    telling.changed(quotation)
    return links.mint(quotation)


def _supersede(before: Quotation, now: datetime) -> None:
    if before.accepted_at:
        raise InvalidState(_("The version before was accepted meanwhile, so no other takes its place."))
    if before.is_open:
        machine.close(before, S.EXPIRED, now=now, ending=Quotation.Ending.REVISED)


def end_of(quotation: Quotation) -> datetime:
    """The instant at which its last day ends, where the consultant is."""
    zone = ZoneInfo(quotation.consultant.timezone)
    return datetime.combine(quotation.valid_until + timedelta(days=1), time.min, zone)


def _next_number(quotation: Quotation, now: datetime) -> str:
    """The next of the series of the consultant and the financial year. Its lock is the last one and is held until the
    transaction ends: what is rolled back leaves no gap."""
    year = tax.financial_year(tax.issue_date(now))
    mine: dict[str, Any] = {"consultant_id": quotation.consultant_id, "financial_year": year}
    QuotationSeries.objects.get_or_create(**mine)
    series = QuotationSeries.objects.select_for_update().get(**mine)
    series.last_number += 1
    series.save(update_fields=["last_number", "updated_at"])
    return f"QT/{year[2:4]}{year[5:]}/{series.last_number:05d}"


def _plan_reminders(quotation: Quotation, now: datetime) -> None:
    """Once each, and by nothing but a mail: who was handed a link alone is not written to."""
    zone = ZoneInfo(quotation.consultant.timezone)
    for days in REMIND_DAYS:
        due_at = datetime.combine(quotation.valid_until - timedelta(days=days), REMIND_AT, zone)
        if due_at > now:
            QuotationReminder.objects.get_or_create(quotation=quotation, days_before=days, defaults={"due_at": due_at})


@transaction.atomic
def mail_again(*, quotation: Quotation, actor: User) -> None:
    """Mail its link once more, once a day at most. Raises InvalidState where it is not open, PermissionDenied."""
    quotation = machine.locked_for(quotation, actor)
    now = db_now()
    if not quotation.is_open_at(now):
        raise InvalidState
    telling.client(quotation, "quotation_sent", once=f"again:{now:%Y-%m-%d}")
    _plan_reminders(quotation, now)
    audit.record(actor=actor, action="quotation.mailed_again", subject=quotation)
    telling.changed(quotation)


@transaction.atomic
def make_link(*, quotation: Quotation, actor: User) -> str:
    """A further link to hand on; returns its token. Raises InvalidState for a draft, PermissionDenied."""
    quotation = machine.locked_for(quotation, actor)
    if quotation.status == S.DRAFT:
        raise InvalidState(_("A draft has no link. Send it first."))
    return links.mint(quotation)


@transaction.atomic
def new_link(*, quotation: Quotation, actor: User) -> str:
    """A link in the place of all there were, in mails too: those stop at once, for whoever has them. Returns its token.

    Raises InvalidState for a draft, PermissionDenied.
    """
    telling.changed(machine.locked_for(quotation, actor))
    links.stop(quotation, db_now())
    token = make_link(quotation=quotation, actor=actor)
    audit.record(actor=actor, action="quotation.links_stopped", subject=quotation)
    return token


@transaction.atomic
def withdraw(*, quotation: Quotation, actor: User, reason: str = "") -> Quotation:
    """Take an open offer back; the client reads the reason by mail. Withdrawn already: nothing changes.

    Raises InvalidState once it was answered, PermissionDenied.
    """
    quotation = machine.locked_for(quotation, actor)
    if quotation.ending == Quotation.Ending.WITHDRAWN:
        return quotation
    _withdraw(quotation, reason.strip())
    audit.record(actor=actor, action="quotation.withdrawn", subject=quotation, reason=reason)
    return quotation


def _withdraw(quotation: Quotation, reason: str) -> None:
    machine.close(quotation, S.EXPIRED, now=db_now(), ending=Quotation.Ending.WITHDRAWN, reason=reason)
    telling.client(quotation, "quotation_withdrawn", once="withdrawn")
    telling.line_for_client(quotation, _("A quotation was withdrawn"))
    telling.changed(quotation)


@transaction.atomic
def withdraw_by_platform(*, quotation_id: UUID, actor: User | None) -> int | None:
    """Take an open offer back for a consultant who was suspended. None where there was nothing to take back."""
    quotation = machine.locked(quotation_id)
    if not quotation.is_open:
        return None
    reason = told_to_clients(quotation.consultant.display_name)
    _withdraw(quotation, reason)
    audit.record(actor=actor, action="quotation.withdrawn_by_platform", subject=quotation, reason=reason)
    return 0
