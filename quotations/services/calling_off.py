"""The end of accepted work: called off, or all that was paid for it promised back. Both are one end."""

from __future__ import annotations

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from naksha.db import db_now
from naksha.errors import InvalidState, ReasonNeeded, WrongInput
from naksha.money import rupees
from payments.models import Refund
from payments.services import request_refund
from quotations.models import Quotation
from quotations.services import machine, telling
from quotations.services.machine import S

log = structlog.get_logger(__name__)
LONGEST_REASON = 300  # it stands on the credit note, too


@transaction.atomic
def call_off(
    *,
    quotation: Quotation,
    actor: User,
    reason: str,
    refund_paise: int | None = None,
    seen_paise: int | None = None,
) -> Quotation:
    """End accepted work: nothing more is asked for, and ``refund_paise`` of what was paid goes back, all that is left
    where that is None. The client reads the reason and the sum by mail. Called off already: nothing changes.

    ``seen_paise`` is what the writer saw as left to give back. Raises ReasonNeeded, WrongInput, InvalidState where it
    isn't accepted or money came or went meanwhile, PermissionDenied.
    """
    quotation = machine.locked_for(quotation, actor)
    if quotation.ending == Quotation.Ending.CALLED_OFF:
        return quotation
    if quotation.status not in Quotation.AGREED:
        raise InvalidState(_("Only accepted work can be called off."))
    reason = reason.strip()
    if not reason:
        raise ReasonNeeded(_("Say why, in a sentence that the client will read."))
    left = quotation.refundable_paise
    if seen_paise is not None and seen_paise != left:
        raise InvalidState(_("Money came or went meanwhile. Look at what is left, and decide again."))
    back = left if refund_paise is None else refund_paise
    if not 0 <= back <= left:
        raise WrongInput("refund", _("Between nothing and %(left)s can go back.") % {"left": rupees(left)})
    if back:
        request_refund(
            payable_kind=Quotation.PAYABLE,
            payable_id=quotation.pk,
            amount_paise=back,
            reason=reason[:LONGEST_REASON],
            actor=actor,
            key=f"quotation-{quotation.pk}-called-off",
        )
    quotation.refunding_paise += back
    _end(quotation, reason=reason[:LONGEST_REASON], back=back)
    audit.record(
        actor=actor, action="quotation.called_off", subject=quotation, reason=reason, data={"refund_paise": back}
    )
    return quotation


def ends_with(quotation: Quotation, refund_paise: int) -> bool:
    """Whether ``refund_paise`` more, given back, is all that was left of what was paid for accepted work."""
    return quotation.status in Quotation.AGREED and 0 < refund_paise == quotation.refundable_paise


def refund_promised(quotation: Quotation, refund: Refund) -> None:
    """Somebody gives back money of a locked quotation. All of it calls the work off, there and then: what the gateway
    does later changes nothing about that."""
    ends = ends_with(quotation, refund.amount_paise)
    quotation.refunding_paise += refund.amount_paise
    if ends:
        _end(quotation, reason=refund.reason, back=refund.amount_paise)
        return
    if quotation.status == S.PAID:
        machine.move(quotation, S.ACCEPTED)
    quotation.save()
    telling.changed(quotation)


def _end(quotation: Quotation, *, reason: str, back: int) -> None:
    machine.close(quotation, S.EXPIRED, now=db_now(), ending=Quotation.Ending.CALLED_OFF, reason=reason)
    kept = quotation.refundable_paise
    more = {"refund_paise": back, "kept_paise": kept, "deposit_paise": 0}
    telling.client(quotation, "quotation_called_off", once="called-off", **more)
    telling.line_for_client(quotation, _("Work was called off"))
    telling.changed(quotation)
    log.info("quotation_called_off", number=quotation.label, refund_paise=back)
