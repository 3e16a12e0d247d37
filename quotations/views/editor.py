"""Writing a quotation down: lines that are added, moved and taken out, and totals that the server reckons."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import ConsultantRequest, approved_consultant_required
from clients.choosing import known_clients
from clients.models import Client
from clients.services import find_or_create
from naksha.errors import DomainError, WrongInput
from quotations import forms, services
from quotations.errors import ChangedElsewhere
from quotations.models import Quotation
from quotations.services.drafting import MOST_LINES, check_total, reckon
from quotations.sums import LineSum
from quotations.views.fetching import own, sums_of


@require_http_methods(["GET", "HEAD", "POST"])
@approved_consultant_required
def new(request: ConsultantRequest) -> HttpResponse:
    """``?client=`` chooses one of the consultant's clients."""
    if request.method == "POST":
        return _sent(request, None)
    form = forms.QuotationForm.fresh(request.consultant, _chosen(request))
    return _page(request, None, form, forms.shown_lines([forms.EMPTY]))


@require_http_methods(["GET", "HEAD", "POST"])
@approved_consultant_required
def edit(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    quotation = own(request, pk)
    if quotation.status != Quotation.Status.DRAFT:
        messages.info(request, _("It was sent, so it can’t be changed any more. Revise it to send a new version."))
        return redirect("quotations:one", pk)
    if request.method == "POST":
        return _sent(request, quotation)
    lines = forms.shown_lines(forms.rows_of(quotation))
    return _page(request, quotation, forms.QuotationForm.of(quotation), lines)


def _chosen(request: ConsultantRequest) -> Client | None:
    try:
        asked = UUID(request.GET.get("client", ""))
    except ValueError:
        return None
    return known_clients(request.consultant).called(asked)


def _sent(request: ConsultantRequest, quotation: Quotation | None) -> HttpResponse:
    if act := request.POST.get("arrange"):
        lines = forms.shown_lines(forms.arranged(forms.typed_rows(request.POST), act))
        form = forms.QuotationForm.as_typed(request.POST, request.consultant)
        return _page(request, quotation, form, lines, added=act == "add")
    form = forms.QuotationForm(request.POST, consultant=request.consultant)
    lines = forms.sent_lines(request.POST)
    wrong = [sent for sent in (form, *lines) if not sent.is_valid()]  # every one is checked and shows its errors
    if wrong:
        return _page(request, quotation, form, lines, status=422)
    try:
        saved = _save(request, quotation, form, lines)
    except ChangedElsewhere:
        return _collision(request, own(request, quotation.pk if quotation else UUID(int=0)), form, lines)
    except WrongInput as error:
        form.add_error(error.about if error.about in form.fields else None, str(error))
        return _page(request, quotation, form, lines, status=422)
    except DomainError as error:
        form.add_error(None, str(error))
        return _page(request, quotation, form, lines, status=error.http_status)
    messages.success(request, _("Saved. It goes to nobody until you send it."))
    return redirect("quotations:one", saved.pk)


@transaction.atomic
def _save(
    request: ConsultantRequest, quotation: Quotation | None, form: forms.QuotationForm, lines: list[forms.LineForm]
) -> Quotation:
    data = form.cleaned_data
    client = form.client_found or find_or_create(
        consultant=request.consultant,
        name=data["name"],
        email=data["email"],
        timezone=request.consultant.timezone,
    )
    draft = form.draft(lines)
    if quotation is None:
        return services.write_draft(consultant=request.consultant, actor=request.user, client=client, draft=draft)
    edition = data["edition"] or 0
    return services.change_draft(quotation=quotation, actor=request.user, edition=edition, client=client, draft=draft)


def _collision(
    request: ConsultantRequest, kept: Quotation, form: forms.QuotationForm, lines: list[forms.LineForm]
) -> HttpResponse:
    """Both: what is kept now, to read, and what was typed here, to go on with. Saving once more writes over the kept
    one knowingly, for the page carries its edition."""
    mine = forms.QuotationForm.as_typed(request.POST, request.consultant)
    mine.initial["edition"] = kept.edition
    rows = forms.shown_lines(forms.typed_rows(request.POST))
    return _page(request, kept, mine, rows, status=409, theirs=sums_of(kept), typed=(form, lines))


def _page(
    request: ConsultantRequest,
    quotation: Quotation | None,
    form: forms.QuotationForm,
    lines: list[forms.LineForm],
    *,
    status: int = 200,
    typed: tuple[forms.QuotationForm, list[forms.LineForm]] | None = None,
    **more: Any,
) -> HttpResponse:
    if typed is None and request.method == "POST":
        typed = (forms.QuotationForm(request.POST, consultant=request.consultant), forms.sent_lines(request.POST))
        if request.POST.get("arrange"):
            typed = (typed[0], [forms.LineForm(_as_data(line), prefix=line.prefix) for line in lines])
    context = {
        "nav": "quotations",
        "quotation": quotation,
        "form": form,
        "rows": lines,
        "can_add": len(lines) < MOST_LINES,
        "told": _typed_sums(request, *typed) if typed else _kept_sums(request, quotation),
        "charges_gst": request.consultant.charges_gst,
        **more,
    }
    return render(request, "quotations/desk/editor.html", context, status=status)


def _as_data(line: forms.LineForm) -> dict[str, Any]:
    """A line that is only shown, as if it had been sent: to be reckoned with."""
    return {line.add_prefix(name): line[name].value() for name in line.fields} | {
        line.add_prefix(name): line[name].field.prepare_value(line[name].value()) for name in ("quantity", "unit_paise")
    }


@require_POST
@approved_consultant_required
def totals(request: ConsultantRequest) -> HttpResponse:
    """What is being typed comes to, as a fragment."""
    form = forms.QuotationForm(request.POST, consultant=request.consultant)
    told = _typed_sums(request, form, forms.sent_lines(request.POST))
    return render(request, "quotations/desk/_totals.html", {"told": told, "live": True})


def _typed_sums(request: ConsultantRequest, form: forms.QuotationForm, lines: list[forms.LineForm]) -> dict[str, Any]:
    """The sums of what is right so far; a line that isn't counts as nothing and says so."""
    form.is_valid()
    facts = [line.facts() if line.is_valid() else None for line in lines]
    data = form.cleaned_data
    client = form.client_found or Client(consultant=request.consultant)
    imagined = Quotation(
        consultant=request.consultant,
        client=client,
        state_code=data.get("state_code", ""),
        discount_points=data.get("discount", 0),
        deposit_points=data.get("deposit", 0),
    )
    return _told(imagined, [fact.sum if fact else None for fact in facts])


def _kept_sums(request: ConsultantRequest, quotation: Quotation | None) -> dict[str, Any]:
    if quotation is None:
        return _told(Quotation(consultant=request.consultant, client=Client(consultant=request.consultant)), [None])
    return _told(quotation, [line.sum for line in services.drafting.facts_of(quotation)])


def _told(quotation: Quotation, lines: list[LineSum | None]) -> dict[str, Any]:
    found = reckon(quotation, [line for line in lines if line is not None])
    problem = ""
    try:
        check_total(found)
    except WrongInput as error:
        problem = str(error)
    return {
        "quotation": quotation,
        "sums": found,
        "nets": [line.net if line is not None else None for line in lines],
        "incomplete": sum(line is None for line in lines),
        "problem": problem,
        "gst_percent": f"{quotation.gst_points / 100:g}",
        "half_percent": f"{quotation.gst_points / 200:g}",
    }
