"""What happens by itself: reminders before a quotation lapses, and the end of its validity."""

from __future__ import annotations

from uuid import UUID

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from naksha.db import db_now
from notifications.services import mail_waits_until
from quotations.models import Quotation, QuotationReminder
from quotations.services import machine, telling
from quotations.services.machine import S

log = structlog.get_logger(__name__)
R = QuotationReminder.Status


def lapse_due(*, limit: int = 500) -> int:
    """End those whose last day is over, each in a transaction of its own. Returns how many. One that fails is logged
    and met again at the next round."""
    due = Quotation.objects.filter(status__in=Quotation.OPEN, lapses_at__lte=db_now()).order_by("lapses_at")
    return sum(_tried(_lapse, pk) for pk in list(due.values_list("pk", flat=True)[:limit]))


@transaction.atomic
def _lapse(quotation_id: UUID) -> bool:
    try:
        quotation = machine.locked(quotation_id, skip_locked=True)
    except Quotation.DoesNotExist:
        return False  # somebody answers it just now
    now = db_now()
    if not quotation.is_open or quotation.is_open_at(now):
        return False
    machine.close(quotation, S.EXPIRED, now=now, ending=Quotation.Ending.LAPSED)
    audit.record(actor=None, action="quotation.lapsed", subject=quotation)
    telling.consultant(quotation, "quotation_lapsed", once="lapsed")
    telling.line_for_consultant(quotation, _("Your quotation has lapsed"))
    return True


def send_reminders(*, limit: int = 500) -> int:
    """Send the reminders whose time has come, each in a transaction of its own. Returns how many."""
    due = QuotationReminder.objects.filter(status=R.WAITING, due_at__lte=db_now()).order_by("due_at")
    return sum(_tried(_remind, pk) for pk in list(due.values_list("pk", flat=True)[:limit]))


@transaction.atomic
def _remind(reminder_id: UUID) -> bool:
    found = QuotationReminder.objects.filter(pk=reminder_id).values_list("quotation_id", flat=True).first()
    if found is None:
        return False
    quotation = machine.locked(found)
    now = db_now()
    mine = QuotationReminder.objects.filter(pk=reminder_id, status=R.WAITING, due_at__lte=now)
    until = mail_waits_until(quotation.client.email, now, useful_until=quotation.lapses_at)
    if until and mine.update(due_at=until):
        return False  # all is asked again when its reader's quiet hours are over
    if not mine.update(status=R.SENT, sent_at=now):
        return False
    reminder = QuotationReminder.objects.get(pk=reminder_id)
    nearer = QuotationReminder.objects.filter(
        quotation=quotation,
        status__in=[R.WAITING, R.SENT],
        due_at__lte=now,
        days_before__lt=reminder.days_before,
    )
    if not quotation.is_open_at(now) or nearer.exists():
        QuotationReminder.objects.filter(pk=reminder_id).update(status=R.DROPPED, sent_at=None)
        return False
    telling.reminder(quotation, days=reminder.days_before)
    return True


def _tried(work: object, pk: UUID) -> bool:
    try:
        return bool(work(pk))  # type: ignore[operator]
    except Exception:
        log.exception("quotation_job_failed", row=str(pk))
        return False
