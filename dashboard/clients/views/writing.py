"""A client by hand, and the consultant's own fields."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.access import ConsultantRequest, approved_consultant_required
from clients import services
from clients.errors import AddressTaken
from clients.forms import ClientForm, FieldForm, key_of
from clients.models import Client, CustomField, CustomValue
from clients.services.keeping import DETAILS, locked
from dashboard.clients.listing import tags_of
from dashboard.clients.views.page import their_client
from naksha.errors import DomainError
from naksha.web.sections import version_of, words_stored


def _refused(form: ClientForm | FieldForm, error: DomainError) -> None:
    form.add_error(error.about if error.about in form.fields else None, str(error))


@require_http_methods(["GET", "POST"])
@approved_consultant_required
def new(request: ConsultantRequest) -> HttpResponse:
    consultant, other = request.consultant, None
    own = list(CustomField.objects.filter(consultant=consultant))
    form = ClientForm(request.POST if request.method == "POST" else None, own=own)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.add_client(
                consultant=consultant,
                actor=request.user,
                details=form.details,
                tags=form.cleaned_data["tags"],
                values=form.values,
                note=form.cleaned_data["note"],
            )
        except DomainError as error:
            _refused(form, error)
            other = error.client if isinstance(error, AddressTaken) else None
        else:
            messages.success(request, _("%(name)s is your client now.") % {"name": made.name})
            return redirect("clients:client", made.pk)
    return _form(request, form, other=other)


@require_http_methods(["GET", "POST"])
@approved_consultant_required
def edit(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    found, other = their_client(request, pk), None
    if found.erased_at is not None:
        return redirect("clients:client", pk)
    own = list(CustomField.objects.filter(consultant=request.consultant))
    initial = _stored(found, own)
    form = ClientForm(request.POST if request.method == "POST" else None, own=own, client=found, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                stored = _stored(locked(found), own)
                if overtaken := _overtaken(form, stored):
                    return _form(request, overtaken, client=found, status=409)
                services.change_client(
                    client=found,
                    actor=request.user,
                    details=form.details,
                    tags=form.cleaned_data["tags"],
                    values=form.values,
                )
        except DomainError as error:
            _refused(form, error)
            other = error.client if isinstance(error, AddressTaken) else None
        else:
            was = initial["email"].lower()
            messages.success(request, _saved(was if form.details["email"].lower() != was else ""))
            return redirect("clients:client", pk)
    return _form(request, form, client=found, other=other)


def _saved(former: str) -> str:
    if not former:
        return _("Saved.")
    return _("Saved. Links that went to %(email)s have stopped; new ones go out for what is to come.") % {
        "email": former
    }


def _stored(client: Client, own: list[CustomField]) -> dict[str, Any]:
    """What is kept of ``client``, as the form begins with it, and its version."""
    values = dict(CustomValue.objects.filter(client=client).values_list("field", "value"))
    initial = {
        **{name: getattr(client, name) for name in DETAILS},
        **{key_of(field): values.get(field.pk, "") for field in own},
        "tags": sorted(client.tags.values_list("name", flat=True)),
    }
    return {**initial, "version": version_of(initial)}


def _overtaken(form: ClientForm, stored: dict[str, Any]) -> ClientForm | None:
    """``form``, which is valid, over ``stored``, where that was changed in another window since the form was drawn and
    says another thing: with what is saved beside each such field. Saved again it is written."""
    seen = form.cleaned_data["version"]
    if not seen or constant_time_compare(seen, stored["version"]):
        return None
    typed = {**form.details, "tags": form.cleaned_data["tags"]}
    typed |= {key_of(field): form.values[field.pk] for field in form.own}
    differing = [name for name, value in typed.items() if _same(value) != _same(stored[name])]
    if not differing:
        return None
    data = cast(QueryDict, form.data).copy()
    data["version"] = stored["version"]
    mine = ClientForm(data, own=form.own, client=form.client, initial=stored)
    mine.add_error(
        None, _("Not saved: this was changed in another window since you opened it. What you typed is here.")
    )
    for name in differing:
        mine.add_error(name, _("What is saved now: %(value)s") % {"value": words_stored(mine[name])})
    return mine


def _same(value: Any) -> Any:
    return sorted(tag.casefold() for tag in value) if isinstance(value, list) else str(value)


def _form(
    request: ConsultantRequest,
    form: ClientForm,
    *,
    client: Client | None = None,
    other: Client | None = None,
    status: int = 400,
) -> HttpResponse:
    context = {"nav": "clients", "form": form, "client": client, "other": other, "tags": tags_of(request.consultant)}
    return render(request, "clients/form.html", context, status=status if form.errors else 200)


# --- the consultant's own fields --------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@approved_consultant_required
def fields(request: ConsultantRequest) -> HttpResponse:
    form = FieldForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.add_field(consultant=request.consultant, **form.cleaned_data)
        except DomainError as error:
            _refused(form, error)
        else:
            messages.success(request, _("“%(label)s” can be filled in for every client now.") % {"label": made.label})
            return redirect("clients:fields")
    own = CustomField.objects.filter(consultant=request.consultant)
    context = {"nav": "clients", "form": form, "own": own}
    return render(request, "clients/fields.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@approved_consultant_required
def edit_field(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    field = get_object_or_404(CustomField, consultant=request.consultant, pk=pk)
    form = FieldForm(request.POST if request.method == "POST" else None, field=field)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            services.change_field(field=field, label=data["label"], choices=data.get("choices", []))
        except DomainError as error:
            _refused(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("clients:fields")
    context = {"nav": "clients", "form": form, "field": field}
    return render(request, "clients/field.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@approved_consultant_required
def delete_field(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    field = get_object_or_404(CustomField, consultant=request.consultant, pk=pk)
    if request.method == "POST":
        services.delete_field(field=field)
        messages.success(request, _("“%(label)s” is gone.") % {"label": field.label})
        return redirect("clients:fields")
    filled = field.values.count()
    body = _("It is empty everywhere.")
    if filled:
        words = ngettext("What %(n)d client has in it goes too.", "What %(n)d clients have in it goes too.", filled)
        body = words % {"n": filled}
    return render(request, "clients/delete_field.html", {"nav": "clients", "field": field, "body": body})
