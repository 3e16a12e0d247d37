"""What a consultant does with one quotation. Each view is one act."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import ConsultantRequest, approved_consultant_required
from clients.fields import ReasonForm
from naksha.errors import DomainError, WrongInput
from quotations import services
from quotations.errors import ChangedElsewhere, SumsChanged
from quotations.forms import AnswerForm, CallOffForm, SendForm
from quotations.models import QuotationQuestion, QuotedSession
from quotations.services import links
from quotations.views.desk import one_page
from quotations.views.fetching import own


@require_POST
@approved_consultant_required
def send(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    """Send it by mail, or only make the link to hand on; either way the link is shown once. What is not as it was read
    is shown as it is now, and goes nowhere."""
    quotation = own(request, pk)
    by_mail = request.POST.get("how") != "link"
    form = SendForm(request.POST)
    if not form.is_valid():
        return one_page(request, quotation, status=400, unsent=_("Not sent. Read it over, then send it."))
    try:
        token = services.send(quotation=quotation, actor=request.user, by_mail=by_mail, read=form.read())
    except (ChangedElsewhere, SumsChanged) as error:
        return one_page(request, own(request, pk), status=error.http_status, unsent=str(error))
    except DomainError as error:
        return one_page(request, own(request, pk), status=error.http_status, problem=str(error))
    if by_mail:
        messages.success(request, _("Sent to %(name)s.") % {"name": quotation.client.name})
        return redirect("quotations:one", pk)
    return one_page(request, own(request, pk), link_url=links.page_url(token))


@require_POST
@approved_consultant_required
def link(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    quotation = own(request, pk)
    try:
        token = services.make_link(quotation=quotation, actor=request.user)
    except DomainError as error:
        return one_page(request, quotation, status=error.http_status, problem=str(error))
    return one_page(request, quotation, link_url=links.page_url(token))


@require_http_methods(["GET", "POST"])
@approved_consultant_required
def new_link(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    """Asks first, for those that are out stop working."""
    quotation = own(request, pk)
    if request.method == "POST":
        try:
            token = services.new_link(quotation=quotation, actor=request.user)
        except DomainError as error:
            return one_page(request, own(request, pk), status=error.http_status, problem=str(error))
        return one_page(request, quotation, link_url=links.page_url(token), stopped=True)
    if quotation.status == quotation.Status.DRAFT:
        return redirect("quotations:one", pk)
    return render(request, "quotations/desk/new_link.html", {"nav": "quotations", "quotation": quotation})


@require_POST
@approved_consultant_required
def mail_again(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    quotation = own(request, pk)
    try:
        services.mail_again(quotation=quotation, actor=request.user)
    except DomainError as error:
        return one_page(request, own(request, pk), status=error.http_status, problem=str(error))
    messages.success(request, _("The mail is on its way. It goes out once a day at most."))
    return redirect("quotations:one", pk)


@require_http_methods(["GET", "POST"])
@approved_consultant_required
def withdraw(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    """Asks first; the client reads the reason."""
    quotation = own(request, pk)
    if request.method != "POST" and not quotation.is_open:
        return redirect("quotations:one", pk)
    hint = _("%(name)s reads it by mail.") % {"name": quotation.client.name}
    form = ReasonForm(request.POST or None, required=False, hint=hint)
    if request.method == "POST" and form.is_valid():
        try:
            services.withdraw(quotation=quotation, actor=request.user, reason=form.cleaned_data["reason"])
        except DomainError as error:
            return one_page(request, own(request, pk), status=error.http_status, problem=str(error))
        messages.success(request, _("Withdrawn."))
        return redirect("quotations:one", pk)
    context = {"nav": "quotations", "quotation": quotation, "form": form}
    return render(request, "quotations/desk/withdraw.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@approved_consultant_required
def call_off(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    """Asks first, says what goes back; the client reads the reason."""
    quotation = own(request, pk)
    if request.method != "POST" and quotation.status not in quotation.AGREED:
        return redirect("quotations:one", pk)
    form = CallOffForm(request.POST if request.method == "POST" else None, quotation=quotation)
    status = 200
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            services.call_off(
                quotation=quotation,
                actor=request.user,
                reason=data["reason"],
                refund_paise=data.get("refund"),
                seen_paise=data["seen"],
            )
        except WrongInput as error:
            form.add_error(error.about, str(error))
        except DomainError as error:
            quotation, status = own(request, pk), error.http_status
            if quotation.status not in quotation.AGREED:
                return one_page(request, quotation, status=status, problem=str(error))
            form = CallOffForm.as_typed(request.POST, quotation)
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Called off. %(name)s has it by mail.") % {"name": quotation.client.name})
            return redirect("quotations:one", pk)
    if form.errors and status == 200:
        status = 400
    has_sessions = QuotedSession.objects.filter(line__quotation=quotation).exists()
    context = {"nav": "quotations", "quotation": quotation, "form": form, "has_sessions": has_sessions}
    return render(request, "quotations/desk/call_off.html", context, status=status)


@require_http_methods(["GET", "POST"])
@approved_consultant_required
def throw_away(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    """Asks first; a draft that is gone is gone."""
    quotation = own(request, pk)
    if request.method == "POST":
        try:
            services.throw_away(quotation=quotation, actor=request.user)
        except DomainError as error:
            return one_page(request, own(request, pk), status=error.http_status, problem=str(error))
        messages.success(request, _("The draft is gone."))
        return redirect("quotations:list")
    return render(request, "quotations/desk/throw_away.html", {"nav": "quotations", "quotation": quotation})


@require_POST
@approved_consultant_required
def duplicate(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    try:
        made = services.duplicate(quotation=own(request, pk), actor=request.user)
    except DomainError as error:
        return one_page(request, own(request, pk), status=error.http_status, problem=str(error))
    return redirect("quotations:edit", made.pk)


@require_POST
@approved_consultant_required
def revise(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    """A draft of the next version. The client sees it once it is sent."""
    try:
        made = services.revise(quotation=own(request, pk), actor=request.user)
    except DomainError as error:
        return one_page(request, own(request, pk), status=error.http_status, problem=str(error))
    return redirect("quotations:edit" if made.status == made.Status.DRAFT else "quotations:one", made.pk)


@require_POST
@approved_consultant_required
def answer(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    mine = QuotationQuestion.objects.select_related("quotation").filter(quotation__consultant=request.consultant)
    asked = get_object_or_404(mine, pk=pk)
    quotation = own(request, asked.quotation_id)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return one_page(request, quotation, status=400, wrong_answer=form, answering=asked.pk)
    try:
        services.answer_question(question=asked, actor=request.user, answer=form.cleaned_data["answer"])
    except DomainError as error:
        return one_page(request, quotation, status=error.http_status, problem=str(error))
    messages.success(request, _("Answered. %(name)s has it by mail.") % {"name": quotation.client.name})
    return redirect("quotations:one", quotation.pk)
