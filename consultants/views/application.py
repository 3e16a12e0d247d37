"""The application: what is left, the papers, sending it in, and what the admins said."""

from __future__ import annotations

import uuid

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.access import (
    AccountRequest,
    ConsultantRequest,
    account_required,
    consultant_required,
    may_administer,
)
from consultants import application
from consultants.models import ApprovalDocument, Consultant
from consultants.services import approval, documents
from naksha.errors import DomainError


class DocumentForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("What it is"), choices=ApprovalDocument.Kind.choices)
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("PDF, JPG, PNG or WebP, at most 10 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png,.webp"}),
    )


class SendForm(forms.Form):
    answer = forms.CharField(
        label=gettext_lazy("Your answer"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: object, answer_needed: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["answer"].required = answer_needed


@require_GET
@consultant_required
def show(request: ConsultantRequest) -> HttpResponse:
    return _page(request)


@require_POST
@consultant_required
def send(request: ConsultantRequest) -> HttpResponse:
    form = _send_form(request.consultant, request)
    if not form.is_valid():
        return _page(request, send_form=form)
    try:
        approval.submit_application(consultant=request.consultant, answer=form.cleaned_data["answer"])
    except DomainError as error:
        form.add_error(None, str(error))
        return _page(request, send_form=form)
    messages.success(request, _("Sent. We read applications within two working days and write to you."))
    return redirect("consultants:application")


@require_POST
@consultant_required
def add_document(request: ConsultantRequest) -> HttpResponse:
    form = DocumentForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            documents.add_document(
                consultant=request.consultant, kind=form.cleaned_data["kind"], upload=form.cleaned_data["file"]
            )
        except ValidationError as error:
            form.add_error("file", error)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Document added."))
            return redirect("consultants:application")
    return _page(request, document_form=form)


@require_POST
@consultant_required
def remove_document(request: ConsultantRequest, document_id: uuid.UUID) -> HttpResponse:
    document = get_object_or_404(request.consultant.documents, pk=document_id)
    try:
        documents.remove_document(document=document)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Document removed."))
    return redirect("consultants:application")


@require_GET
@account_required
def document(request: AccountRequest, document_id: uuid.UUID) -> FileResponse:
    """The file itself, to its owner and to admins alone, never shown inside the site."""
    papers = ApprovalDocument.objects.all()
    if not may_administer(request.user):
        papers = papers.filter(consultant__user=request.user)
    paper = get_object_or_404(papers, pk=document_id)
    try:
        content = paper.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    answer = FileResponse(content, as_attachment=True, filename=paper.original_name, content_type=paper.content_type)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    answer._csp_replace = {"default-src": ["'none'"], "sandbox": []}  # type: ignore[attr-defined]
    return answer


def _send_form(consultant: Consultant, request: ConsultantRequest | None = None) -> SendForm:
    asked = consultant.status == Consultant.Status.NEEDS_INFO
    return SendForm(request.POST if request else None, answer_needed=asked)


def _page(
    request: ConsultantRequest, *, send_form: SendForm | None = None, document_form: DocumentForm | None = None
) -> HttpResponse:
    consultant = request.consultant
    left = application.steps(consultant)
    wrong = bool((send_form and send_form.errors) or (document_form and document_form.errors))
    return render(
        request,
        "consultants/application.html",
        {
            "nav": "application",
            "consultant": consultant,
            "steps": left,
            "done": sum(step.done for step in left),
            "ready": all(step.done for step in left),
            "may_send": approval.may("submit", consultant),
            "may_change": documents.can_change_documents(consultant),
            "documents": consultant.documents.order_by("created_at"),
            "send_form": send_form or _send_form(consultant),
            "document_form": document_form or DocumentForm(),
            "history": application.history(consultant),
        },
        status=422 if wrong else 200,
    )
