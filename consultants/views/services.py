"""What the consultant offers: the list, one service, and the small acts on it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import ConsultantRequest, View, approved_consultant_required
from consultants.forms import service as forms
from consultants.models import Service
from consultants.pricing import earning
from consultants.services import offers
from naksha.errors import DomainError
from naksha.money import to_paise
from naksha.web.sections import words_stored


@require_safe
@approved_consultant_required
def services(request: ConsultantRequest) -> HttpResponse:
    rows = list(request.consultant.services.prefetch_related("questions"))
    charges_gst = request.consultant.charges_gst
    context = {
        "nav": "services",
        "consultant": request.consultant,
        "offered": [(row, earning(row.price_paise, charges_gst=charges_gst)) for row in rows if not row.archived_at],
        "archived": [row for row in rows if row.archived_at],
    }
    return render(request, "consultants/services.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@approved_consultant_required
def new_service(request: ConsultantRequest) -> HttpResponse:
    return _edit(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@approved_consultant_required
def edit_service(request: ConsultantRequest, pk: uuid.UUID) -> HttpResponse:
    return _edit(request, get_object_or_404(request.consultant.services, pk=pk, archived_at__isnull=True))


def _edit(request: ConsultantRequest, service: Service | None) -> HttpResponse:
    if request.method != "POST":
        rows = forms.shown_questions(forms.rows_of(service))
        return _form_page(request, service, forms.ServiceForm.of(service), rows)
    seen = request.POST.get("seen")
    if act := request.POST.get("arrange"):
        rows = forms.shown_questions(forms.arranged(forms.typed_rows(request.POST), act))
        return _form_page(request, service, forms.ServiceForm.as_typed(request.POST), rows, seen=seen)
    form, rows = forms.ServiceForm(request.POST), forms.sent_questions(request.POST)
    wrong = [sent for sent in (form, *rows) if not sent.is_valid()]  # every one is checked and shows its errors
    if not wrong:
        try:
            _save(request, service, form.facts(), forms.asked(rows), seen)
        except ValidationError as error:
            form.add_error(None, error)
        except offers.ServiceChanged as refusal:
            return _changed_elsewhere(request, cast(Service, service), form, rows, refusal)
        else:
            return redirect("consultants:services")
    return _form_page(request, service, form, rows, seen=seen, status=422)


def _changed_elsewhere(
    request: ConsultantRequest,
    service: Service,
    form: forms.ServiceForm,
    rows: list[forms.QuestionForm],
    refusal: offers.ServiceChanged,
) -> HttpResponse:
    """What was typed, with what is saved beside each field that is another; saving that again puts it in its place."""
    stored = request.consultant.services.get(pk=service.pk)
    kept = forms.ServiceForm.of(stored)
    for name, value in form.facts().items():
        if value != getattr(stored, name):
            form.add_error(name, _("What is saved now: %(value)s") % {"value": words_stored(kept[name])})
    form.add_error(None, str(refusal))
    return _form_page(request, stored, form, rows, status=refusal.http_status)


def _save(
    request: ConsultantRequest,
    service: Service | None,
    facts: offers.ServiceFacts,
    questions: list[offers.Question],
    seen: str | None,
) -> None:
    if service is None:
        offers.create_service(consultant=request.consultant, facts=facts, questions=questions)
        messages.success(request, _("“%(title)s” is on your page.") % {"title": facts["title"]})
    else:
        offers.update_service(service=service, facts=facts, questions=questions, seen=seen)
        messages.success(request, _("Saved. Bookings that are made keep their terms."))


def _form_page(
    request: ConsultantRequest,
    service: Service | None,
    form: forms.ServiceForm,
    rows: list[forms.QuestionForm],
    *,
    seen: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """``seen`` is the edition that was read when this was begun; without it, what is kept now."""
    if seen is None and service is not None:
        seen = offers.edition_of(service)
    context = {
        "nav": "services",
        "consultant": request.consultant,
        "service": service,
        "seen": seen or "",
        "form": form,
        "questions": rows,
        "can_add": len(rows) < offers.MOST_QUESTIONS,
        "told": _told(str(form["price_paise"].value() or ""), request.consultant.charges_gst),
    }
    return render(request, "consultants/service_form.html", context, status=status)


@require_safe
@approved_consultant_required
def price_preview(request: ConsultantRequest) -> HttpResponse:
    """What a price that is being typed would leave, as a fragment."""
    told = _told(request.GET.get("price_paise", ""), request.consultant.charges_gst)
    return render(request, "consultants/_earning.html", {"told": told, "consultant": request.consultant})


def _told(typed: str, charges_gst: bool) -> object:
    try:
        paise = int(to_paise(typed)) if typed.strip() else 0
    except ValueError:
        return None
    return earning(paise, charges_gst=charges_gst) if paise <= offers.MOST_PAISE else None


def _act(change: Callable[..., None], done: str) -> View:
    """A small POST on one of the consultant's own services: change it, say so, go back to the list."""

    @require_POST
    @approved_consultant_required
    def view(request: ConsultantRequest, pk: uuid.UUID) -> HttpResponse:
        service = get_object_or_404(request.consultant.services, pk=pk)
        try:
            change(service=service)
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            if done:
                messages.success(request, _(done) % {"title": service.title})
        return redirect("consultants:services")

    return view


move_up = _act(offers.move_up, "")
move_down = _act(offers.move_down, "")
open_service = _act(offers.open_service, gettext_noop("“%(title)s” can be booked."))
close_service = _act(offers.close_service, gettext_noop("“%(title)s” is off your page. What is booked stays booked."))
restore_service = _act(offers.restore_service, gettext_noop("“%(title)s” is back. Open it when it may be booked."))
archive_service = _act(offers.archive_service, gettext_noop("“%(title)s” is put away."))


@require_safe
@approved_consultant_required
def confirm_archive(request: ConsultantRequest, pk: uuid.UUID) -> HttpResponse:
    service = get_object_or_404(request.consultant.services, pk=pk, archived_at__isnull=True)
    context = {"nav": "services", "consultant": request.consultant, "service": service}
    return render(request, "consultants/service_archive.html", context)
