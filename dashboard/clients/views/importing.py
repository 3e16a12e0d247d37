"""A list of clients taken in, step by step: the file, its columns, what each row would come to, and how it went."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import ConsultantRequest, approved_consultant_required
from clients.importing.columns import TARGETS, own_target
from clients.importing.reading import MOST_BYTES
from clients.models import ClientImport, CustomField, ImportRow
from clients.services import importing
from naksha.csvfile import csv_file
from naksha.errors import DomainError

SHOWN = 200
S = ClientImport.Status


class FileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv"}),
        help_text=gettext_lazy("Up to 50,000 rows and 10 MB. The first row names the columns."),
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("The file is empty."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 10 MB. Split it."))
        return upload


def _job(request: ConsultantRequest, pk: UUID) -> ClientImport:
    """A list of this consultant; another's is 404."""
    return get_object_or_404(ClientImport.objects.defer("source"), consultant=request.consultant, pk=pk)


@require_http_methods(["GET", "POST"])
@approved_consultant_required
def new(request: ConsultantRequest) -> HttpResponse:
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            job = importing.start(
                consultant=request.consultant, actor=request.user, filename=upload.name, data=upload.read()
            )
        except DomainError as error:
            form.add_error("file", str(error))
        else:
            return redirect("clients:import", job.pk)
    mine = ClientImport.objects.filter(consultant=request.consultant).exclude(status=S.DROPPED).defer("source")
    context = {
        "nav": "clients",
        "form": form,
        "before": mine.order_by("-created_at")[:5],
        "own": CustomField.objects.filter(consultant=request.consultant),
        "targets": [label for name, label in TARGETS.items() if name not in ("first_name", "last_name")],
        "zone": request.consultant.timezone,
    }
    return render(request, "clients/import_new.html", context, status=400 if form.errors else 200)


@require_GET
@approved_consultant_required
def show(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    """Whatever comes next for this list."""
    return _drawn(request, _job(request, pk))


def _drawn(request: ConsultantRequest, job: ClientImport, *, wrong: str = "") -> HttpResponse:
    context: dict[str, Any] = {"nav": "clients", "job": job, "wrong": wrong, "zone": request.consultant.timezone}
    if job.status == S.MAPPING:
        chosen = request.POST.getlist("column") if wrong else job.columns
        context |= {"columns": _columns(job, chosen), "options": _options(request)}
    elif job.status in (S.CHECKED, S.DONE, S.FAILED):
        asked = request.GET.get("show", "")
        asked = asked if asked in ImportRow.Outcome.values else ""
        rows = job.rows.filter(outcome=asked) if asked else job.rows.all()
        listed = [(row, row.words_in(job), row.is_left_in(job)) for row in rows[:SHOWN]]
        context |= {"listed": listed, "shown": asked, "most": SHOWN, "tabs": _tabs(job)}
        if job.status == S.FAILED:
            context |= {"left": job.rows_left().count(), "can_go_on": job.can_go_on()}
    return render(request, "clients/import.html", context, status=400 if wrong else 200)


def _options(request: ConsultantRequest) -> list[tuple[str, str]]:
    own = CustomField.objects.filter(consultant=request.consultant)
    named = [(name, str(label)) for name, label in TARGETS.items()]
    return [("", _("Leave it out")), *named, *((own_target(field), field.label) for field in own)]


def _columns(job: ClientImport, chosen: list[str]) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "chosen": chosen[n] if n < len(chosen) else "",
            "samples": [row[n] for row in job.samples if n < len(row) and row[n]],
        }
        for n, name in enumerate(job.header)
    ]


def _tabs(job: ClientImport) -> list[tuple[str, Any, int]]:
    O = ImportRow.Outcome  # noqa: E741, N806
    return [
        ("", _("All rows"), job.checked),
        (O.CREATE, O.CREATE.label, job.to_create),
        (O.UPDATE, O.UPDATE.label, job.to_update),
        (O.SAME, O.SAME.label, job.unchanged),
        (O.REFUSE, O.REFUSE.label, job.refused),
    ]


@require_GET
@approved_consultant_required
def progress(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    """How far it is, for a page that is open. ``X-Stage`` says with what."""
    job = _job(request, pk)
    response = render(request, "clients/_progress.html", {"job": job})
    response["X-Stage"] = job.status
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
@approved_consultant_required
def columns(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    job = _job(request, pk)
    try:
        importing.name_columns(job=job, columns=request.POST.getlist("column"))
    except DomainError as error:
        job.refresh_from_db(fields=["status"])
        if job.status == S.MAPPING:
            return _drawn(request, job, wrong=str(error))
    return redirect("clients:import", pk)


@require_POST
@approved_consultant_required
def confirm(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    return _acted(request, pk, lambda job: importing.confirm(job=job, actor=request.user))


@require_POST
@approved_consultant_required
def go_on(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    return _acted(request, pk, lambda job: importing.go_on(job=job))


@require_POST
@approved_consultant_required
def stop(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    return _acted(request, pk, lambda job: importing.stop(job=job, actor=request.user))


def _acted(request: ConsultantRequest, pk: UUID, act: Any) -> HttpResponse:
    job = _job(request, pk)
    try:
        act(job)
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("clients:import", pk)


@require_POST
@approved_consultant_required
def drop(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    try:
        importing.drop(job=_job(request, pk))
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("clients:import", pk)
    messages.success(request, _("The list is thrown away. None of it was taken in."))
    return redirect(reverse("clients:import_new"))


@require_GET
@approved_consultant_required
def report(request: ConsultantRequest, pk: UUID) -> StreamingHttpResponse:
    """Every row with what became of it."""
    job = _job(request, pk)
    return csv_file("import.csv", ["Row", "Name", "Mail address", "Outcome", "Why"], importing.report_rows(job))
