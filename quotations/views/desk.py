"""The consultant's quotations: the list with its sums, and one of them with all that became of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Count, F, Max, Q, QuerySet, Sum
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import condition, require_GET

from accounts.access import ConsultantRequest, approved_consultant_required
from clients.fields import plain
from naksha.db import db_now
from naksha.money import rupees
from naksha.web.parts import part_alone, part_of
from payments.documents import papers
from payments.models import Payment, Refund
from quotations.forms import AnswerForm, SendForm
from quotations.models import LEFT_TO_PAY, OWES, Quotation, QuotationQuestion, QuotedSession
from quotations.services.drafting import as_sent_now
from quotations.views.fetching import own, sums_of

S = Quotation.Status
PER_PAGE = 25
FRESH_MINUTES = 5  # what the clock alone changes ("Tomorrow") is drawn again this often
TABS: dict[str, Q] = {
    "all": ~Q(ending=Quotation.Ending.REVISED),
    "drafts": Q(status=S.DRAFT),
    "open": Q(status__in=Quotation.OPEN),
    "asked": Q(pk__in=QuotationQuestion.objects.waiting().values("quotation")),
    "accepted": Q(status=S.ACCEPTED),
    "paid": Q(status=S.PAID),
    "declined": Q(status=S.DECLINED),
    "lapsed": Q(status=S.EXPIRED) & ~Q(ending=Quotation.Ending.REVISED),
}


def _version(request: ConsultantRequest) -> str:
    """An ETag: changes whenever the list would look different."""
    last, named = Max("updated_at"), Max("client__updated_at")
    asked = Max("questions__updated_at")
    told = request.consultant.quotations.aggregate(last=last, named=named, asked=asked, n=Count("pk", distinct=True))
    clock = int(timezone.now().timestamp()) // (FRESH_MINUTES * 60)
    facts = [request.consultant.updated_at, told, clock, request.GET.urlencode()]
    return f'W/"{hashlib.sha256(repr(facts).encode()).hexdigest()[:24]}"'


@require_GET
@approved_consultant_required
def quotations(request: ConsultantRequest) -> HttpResponse:
    """The newest on top; what was replaced by a new version is found from that one."""
    # The version is read first: what changes while the page is made is then fetched once too often, never missed.
    context = {"version": _version(request), "nav": "quotations"}
    return render(request, "quotations/desk/list.html", {**context, **_listed(request)})


@require_GET
@approved_consultant_required
@condition(etag_func=_version)
def rows(request: ConsultantRequest) -> HttpResponse:
    """The list alone, for a page that is open; 304 while nothing has changed."""
    response = render(request, "quotations/desk/_list.html", _listed(request))
    response["Cache-Control"] = "private, no-cache"
    return response


def _listed(request: ConsultantRequest) -> dict[str, Any]:
    show = request.GET.get("show", "")
    show = show if show in TABS else "all"
    words = plain(request.GET.get("q", "")).strip()[:200]
    mine = request.consultant.quotations.all()
    found = mine.filter(TABS[show]).about(words).select_related("client").order_by("-created_at", "-pk")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    page.object_list = [as_sent_now(each) for each in page.object_list]
    return {
        "show": show,
        "words": words,
        "tabs": _tabs(),
        "page": page,
        "sums": _sums(mine),
        "zone": request.consultant.timezone,
    }


def _tabs() -> list[tuple[str, str]]:
    return [
        ("all", _("All")),
        ("drafts", _("Drafts")),
        ("open", _("Waiting")),
        ("asked", _("Asked about")),
        ("accepted", _("Accepted")),
        ("paid", _("Paid")),
        ("declined", _("Declined")),
        ("lapsed", _("Lapsed")),
    ]


def _sums(mine: QuerySet[Quotation]) -> dict[str, int]:
    """What is open, what is agreed and not paid, and what was paid and kept. One query."""
    return mine.aggregate(
        count=Count("pk"),
        open_paise=Sum("total_paise", filter=Q(status__in=Quotation.OPEN), default=0),
        open_count=Count("pk", filter=Q(status__in=Quotation.OPEN)),
        owed_paise=Sum(LEFT_TO_PAY, filter=OWES, default=0),
        owed_count=Count("pk", filter=OWES),
        paid_paise=Sum(F("paid_paise") - F("refunding_paise"), default=0),
    )


@dataclass(frozen=True)
class Mark:
    """One line of what became of a quotation."""

    at: datetime
    words: str
    icon: str
    more: str = ""


@require_GET
@approved_consultant_required
def quotation(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    return one_page(request, own(request, pk))


def one_page(request: ConsultantRequest, found: Quotation, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page of one quotation; ``more`` is what an act has to show on it (a link that was made, a form's errors)."""
    live = part_of(request, "quotations/desk/_one.html", {**_one(request, found), **more})
    context = {"nav": "quotations", "quotation": found, "live": live, **more}
    response = render(request, "quotations/desk/one.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


@require_GET
@approved_consultant_required
def parts(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    """All that may change of the page, for one that is open; 304 while nothing has."""
    return part_alone(request, part_of(request, "quotations/desk/_one.html", _one(request, own(request, pk))))


def _one(request: ConsultantRequest, found: Quotation) -> dict[str, Any]:
    """Eight queries, whatever became of it."""
    now = db_now()
    payments = list(Payment.objects.for_payable(Quotation.PAYABLE, found.pk).captured().order_by("captured_at"))
    versions = Quotation.objects.none()
    if found.number:
        versions = Quotation.objects.filter(consultant=found.consultant, number=found.number).exclude(pk=found.pk)
    questions = list(found.questions.all())
    sessions = QuotedSession.objects.filter(line__quotation=found).select_related("line").order_by("created_at")
    return {
        **sums_of(found),
        "zone": request.consultant.timezone,
        "is_open": found.is_open_at(now),
        "trail": _trail(found, payments),
        "questions": questions,
        "asked": sum(question.answered_at is None for question in questions),
        "answer_form": AnswerForm(),
        "send_form": SendForm.of(found),
        "versions": [as_sent_now(each) for each in versions.select_related("consultant", "client").order_by("version")],
        "sessions": list(sessions) if found.accepted_at else [],
        "is_agreed": found.status in Quotation.AGREED,
        "can_revise": found.sent_at and not found.accepted_at and found.ending != Quotation.Ending.REVISED,
        "documents": papers(Quotation.PAYABLE, found.pk, payments) if payments else [],
    }


def _trail(found: Quotation, payments: list[Payment]) -> list[Mark]:
    """What became of it, the first on top."""
    marks = [Mark(found.created_at, _("Written down"), "pencil")]
    if found.sent_at:
        marks.append(Mark(found.sent_at, _("Sent"), "mail", found.client.email))
    for view in found.views.all()[:100]:
        first = view.at == found.viewed_at
        marks.append(Mark(view.at, _("Opened for the first time") if first else _("Opened"), "eye"))
    if found.accepted_at:
        evidence = {"name": found.accepted_name, "address": found.accepted_from or _("an unknown address")}
        marks.append(Mark(found.accepted_at, _("Accepted"), "check", _("%(name)s, from %(address)s") % evidence))
    for payment in payments:
        if payment.captured_at:
            words = _("%(sum)s paid") % {"sum": rupees(payment.captured_paise)}
            marks.append(Mark(payment.captured_at, words, "indian-rupee", payment.get_purpose_display()))
    for refund in Refund.objects.filter(payment__in=payments, replaced_by__isnull=True) if payments else []:
        words = _("%(sum)s given back") % {"sum": rupees(refund.amount_paise)}
        marks.append(Mark(refund.created_at, words, "undo-2", refund.reason))
    if found.closed_at:
        words = str(Quotation.Ending(found.ending).label) if found.ending else found.get_status_display()
        marks.append(Mark(found.closed_at, words, "x", found.close_reason))
    return sorted(marks, key=lambda mark: mark.at)
