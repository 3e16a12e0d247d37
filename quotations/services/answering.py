"""What a client does on the page: looks, accepts, declines, asks. And the consultant's answer to what was asked."""

from __future__ import annotations

from datetime import timedelta

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from naksha.db import db_now
from naksha.errors import InvalidState, ReasonNeeded, WrongInput
from quotations.errors import AnotherVersion, Lapsed, TooManyQuestions
from quotations.models import Quotation, QuotationQuestion, QuotationView
from quotations.services import machine, telling
from quotations.services.machine import S

log = structlog.get_logger(__name__)
SAME_LOOK = timedelta(minutes=5)  # a page that is loaded again so soon is the same look
MOST_WAITING = 5  # questions without an answer
LONGEST_NAME = 200


@transaction.atomic
def seen(*, quotation: Quotation) -> None:
    """The client has opened the page. The first look of all tells the consultant."""
    quotation = machine.locked(quotation.pk)
    if quotation.status == S.DRAFT:
        return
    now = db_now()
    if not QuotationView.objects.filter(quotation=quotation, at__gt=now - SAME_LOOK).exists():
        QuotationView.objects.create(quotation=quotation, at=now)
        telling.changed(quotation)
    if quotation.status == S.SENT:
        machine.move(quotation, S.VIEWED)
        quotation.viewed_at = now
        quotation.save(update_fields=["status", "viewed_at", "updated_at"])
        telling.line_for_consultant(quotation, _("Your quotation was opened"))


@transaction.atomic
def accept(*, quotation: Quotation, name: str, address: str | None, version: int) -> Quotation:
    """The client agrees, under the typed ``name``; when and from which address is kept as evidence.

    ``version`` is the one that was read. Accepted already: nothing changes, and the first evidence stays. What costs
    nothing is paid with it. Raises Lapsed, AnotherVersion, InvalidState, WrongInput.
    """
    quotation = machine.locked(quotation.pk)
    if quotation.status in Quotation.AGREED:
        return quotation
    name = " ".join(name.split())
    if not 2 <= len(name) <= LONGEST_NAME:
        raise WrongInput("name", _("Write your name, in 2 to %(most)d letters.") % {"most": LONGEST_NAME})
    _check_answerable(quotation, version)
    now = db_now()
    machine.move(quotation, S.ACCEPTED)
    quotation.accepted_at, quotation.accepted_name, quotation.accepted_from = now, name, address
    if not quotation.total_paise:
        machine.move(quotation, S.PAID)
        quotation.paid_at = now
    quotation.save()
    machine.drop_reminders(quotation)
    audit.record(
        actor=None, action="quotation.accepted", subject=quotation, data={"total_paise": quotation.total_paise}
    )
    log.info("quotation_accepted", number=quotation.label, total_paise=quotation.total_paise)
    telling.client(quotation, "quotation_accepted_client", once="accepted")
    telling.consultant(quotation, "quotation_accepted_consultant", once="accepted")
    telling.line_for_consultant(quotation, _("Your quotation was accepted"))
    return quotation


def _check_answerable(quotation: Quotation, version: int | None) -> None:
    if quotation.ending == Quotation.Ending.REVISED or (version is not None and version != quotation.version):
        raise AnotherVersion
    if not quotation.is_open:
        raise Lapsed if quotation.ending == Quotation.Ending.LAPSED else InvalidState
    if not quotation.is_open_at(db_now()):
        raise Lapsed
    if not quotation.consultant.is_approved:
        raise InvalidState(_("This quotation can’t be answered just now."))


@transaction.atomic
def decline(*, quotation: Quotation, reason: str, version: int) -> Quotation:
    """The client says no to the ``version`` that was read, and why. Declined already: nothing changes. Raises as
    :func:`accept`, and ReasonNeeded."""
    quotation = machine.locked(quotation.pk)
    if quotation.status == S.DECLINED:
        return quotation
    reason = reason.strip()
    if not reason:
        raise ReasonNeeded
    _check_answerable(quotation, version)
    machine.close(quotation, S.DECLINED, now=db_now(), reason=reason[:1000])
    audit.record(actor=None, action="quotation.declined", subject=quotation, reason=reason[:1000])
    telling.consultant(quotation, "quotation_declined", once="declined")
    telling.line_for_consultant(quotation, _("Your quotation was declined"))
    return quotation


@transaction.atomic
def ask(*, quotation: Quotation, body: str) -> QuotationQuestion:
    """The client asks something before answering. The same words twice are one question.

    Raises Lapsed, AnotherVersion, InvalidState, TooManyQuestions, WrongInput.
    """
    quotation = machine.locked(quotation.pk)
    body = body.strip()
    if not 1 <= len(body) <= 1000:
        raise WrongInput("body", _("Write your question, in up to 1,000 letters."))
    _check_answerable(quotation, None)
    waiting = QuotationQuestion.objects.filter(quotation=quotation, answered_at__isnull=True)
    same = waiting.filter(body=body).first()
    if same is not None:
        return same
    if waiting.count() >= MOST_WAITING:
        raise TooManyQuestions
    question = QuotationQuestion.objects.create(quotation=quotation, body=body)
    telling.consultant(quotation, "quotation_question", once=question.pk.hex, question=body)
    telling.line_for_consultant(quotation, _("A question about your quotation"))
    return question


@transaction.atomic
def answer_question(*, question: QuotationQuestion, actor: User, answer: str) -> QuotationQuestion:
    """The consultant's answer, once, which the client reads on the page and by mail. Raises InvalidState for another
    answer, WrongInput, PermissionDenied."""
    quotation = machine.locked_for(question.quotation, actor)
    question = QuotationQuestion.objects.select_for_update().get(pk=question.pk)
    answer = answer.strip()
    if not 1 <= len(answer) <= 2000:
        raise WrongInput("answer", _("Write your answer, in up to 2,000 letters."))
    if question.answered_at is not None:
        if question.answer == answer:
            return question
        raise InvalidState(_("You have answered this question already."))
    question.answer, question.answered_at = answer, db_now()
    question.save()
    telling.client(quotation, "quotation_answered", once=question.pk.hex, question=question.body, answer=answer)
    telling.line_for_client(quotation, _("Your question was answered"))
    telling.changed(quotation)
    return question
