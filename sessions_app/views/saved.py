"""A consultant's saved views of the table: save the one that is open, rename, put first, delete."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import ConsultantRequest, approved_consultant_required
from clients.fields import PlainField
from naksha.errors import DomainError
from naksha.web.parts import Part, part_alone, part_of
from sessions_app.find_form import FindForm
from sessions_app.models import SavedView
from sessions_app.models.saved_view import LONGEST_NAME
from sessions_app.services import saving_views as service


class NameForm(forms.Form):
    name = PlainField(label=gettext_lazy("Name of the view"), max_length=LONGEST_NAME)


def their_view(request: ConsultantRequest, pk: UUID) -> SavedView:
    """A view of this consultant; another's is 404."""
    return get_object_or_404(request.consultant.session_views, pk=pk)  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
@approved_consultant_required
def views(request: ConsultantRequest) -> HttpResponse:
    """All of them. A POST saves what ``query`` looks for, as the form understands it."""
    if request.method == "POST":
        query = FindForm(QueryDict(request.POST.get("query", "")), consultant=request.consultant).query
        form = NameForm(request.POST, label_suffix="")
        if form.is_valid():
            try:
                made = service.save_view(
                    consultant=request.consultant,
                    name=form.cleaned_data["name"],
                    query=query,
                    first="first" in request.POST,
                )
            except DomainError as error:
                form.add_error("name", str(error))
            else:
                messages.success(request, _("“%(name)s” is saved.") % {"name": made.name})
                return redirect(f"{reverse('sessions:list')}?{query}")
        return _page(request, form=form, query=query, status=400)
    return _page(request)


def _page(
    request: ConsultantRequest,
    *,
    form: NameForm | None = None,
    query: str = "",
    wrong: NameForm | None = None,
    wrong_pk: UUID | None = None,
    status: int = 200,
) -> HttpResponse:
    part = _listed(request, wrong, wrong_pk)
    context = {"nav": "sessions", "form": form, "query": query, "listed": part.text, "version": part.version}
    return render(request, "sessions/desk/views.html", context, status=status)


@require_safe
@approved_consultant_required
def views_list(request: ConsultantRequest) -> HttpResponse:
    """The list alone, for a page that is open; 304 while it would look the same."""
    return part_alone(request, _listed(request))


def _listed(request: ConsultantRequest, wrong: NameForm | None = None, wrong_pk: UUID | None = None) -> Part:
    rows = []
    for view in request.consultant.session_views.all():  # type: ignore[attr-defined]
        named = NameForm(initial={"name": view.name}, label_suffix="", auto_id=f"id_{view.pk}_%s")
        rows.append((view, wrong if wrong and view.pk == wrong_pk else named))
    return part_of(request, "sessions/desk/_views.html", {"views": rows})


@require_POST
@approved_consultant_required
def rename(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    view = their_view(request, pk)
    form = NameForm(request.POST, label_suffix="", auto_id=f"id_{pk}_%s")
    if form.is_valid():
        try:
            service.rename_view(view=view, name=form.cleaned_data["name"])
        except DomainError as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, _("It is called “%(name)s” now.") % {"name": view.name})
            return redirect("sessions:views")
    return _page(request, wrong=form, wrong_pk=pk, status=400)


@require_POST
@approved_consultant_required
def show_first(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    view = their_view(request, pk)
    if "no" in request.POST:
        service.show_first_no_more(view=view)
    else:
        service.show_first(view=view)
    return redirect("sessions:views")


@require_http_methods(["GET", "HEAD", "POST"])
@approved_consultant_required
def delete(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    view = their_view(request, pk)
    if request.method != "POST":
        return render(request, "sessions/desk/view_delete.html", {"nav": "sessions", "view": view})
    service.delete_view(view=view)
    messages.success(request, _("“%(name)s” is deleted. No session was touched.") % {"name": view.name})
    return redirect("sessions:views")
