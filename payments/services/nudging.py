"""Asking a client for what is still owed: written down, and once a day at most, whoever presses how often."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from consultants.models import Consultant
from naksha.db import db_now
from naksha.times import people_time, within_sentence
from notifications.live import changed_for
from payments.errors import AskedAlready
from payments.models import Nudge
from payments.services.telling import PAYMENTS

AGAIN_AFTER = timedelta(days=1)


def ask_from(asked_at: datetime | None, now: datetime) -> datetime | None:
    """From when a client who was last asked then may be asked again; None is now."""
    return None if asked_at is None or asked_at + AGAIN_AFTER <= now else asked_at + AGAIN_AFTER


def ask(*, kind: str, payable_id: UUID, consultant: Consultant, amount_paise: int, actor: User) -> Nudge:
    """Write down that the client is asked for ``amount_paise`` now; the caller, who holds the payable's lock, sends the
    mail. Raises AskedAlready, with the moment from which it can be asked again, within a day of the last time."""
    last = Nudge.objects.for_payable(kind, payable_id).first()  # type: ignore[attr-defined]
    again = ask_from(last.asked_at if last else None, db_now())
    if again is not None:
        moment = within_sentence(people_time(again, consultant.timezone))
        words = _("Your client was asked less than a day ago. You can ask again from %(moment)s.")
        raise AskedAlready(words % {"moment": moment})
    return _write(kind, payable_id, consultant, amount_paise, actor)


def asked_by_itself(*, kind: str, payable_id: UUID, consultant: Consultant, amount_paise: int) -> None:
    """The client is asked because a session has ended, asked before today or not; the payable's lock is held."""
    before = Nudge.objects.for_payable(kind, payable_id)  # type: ignore[attr-defined]
    if not before.filter(asked_on=db_now().astimezone(UTC).date()).exists():
        _write(kind, payable_id, consultant, amount_paise, None)


def _write(kind: str, payable_id: UUID, consultant: Consultant, amount_paise: int, actor: User | None) -> Nudge:
    now = db_now()
    changed_for(consultant.user_id, PAYMENTS)
    return Nudge.objects.create(
        payable_kind=kind,
        payable_id=payable_id,
        consultant=consultant,
        amount_paise=amount_paise,
        actor=actor,
        asked_at=now,
        asked_on=now.astimezone(UTC).date(),
    )
