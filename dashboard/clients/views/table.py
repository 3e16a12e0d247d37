"""The table of clients, and the same as a file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from accounts.access import ConsultantRequest, approved_consultant_required
from clients.fields import plain
from dashboard.clients.exporting import export
from dashboard.clients.figures import Activity
from dashboard.clients.listing import LONGEST_SEARCH, Asked, Order, lines_of, ordered, rows_of, tags_of
from naksha.web.parts import Part, part_alone, part_of

A_PAGE = 25


class FilterForm(forms.Form):
    q = forms.CharField(
        label=_("Name, mail address or number"),
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "data-search": True, "maxlength": LONGEST_SEARCH}),
    )
    tag = forms.CharField(label=_("Tag"), required=False, widget=forms.Select)
    activity = forms.ChoiceField(label=_("Activity"), required=False)
    order = forms.ChoiceField(label=_("Order"), required=False, choices=Order.choices)

    def __init__(self, *args: Any, tags: list[str], **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.fields["tag"].widget.choices = [("", _("Any")), *((tag, tag) for tag in tags)]  # type: ignore[attr-defined]
        self.fields["activity"].choices = [("", _("Any")), *Activity.choices]  # type: ignore[attr-defined]


def asked_of(request: ConsultantRequest) -> Asked:
    """What the address asks for; what it can't ask for is passed over."""
    given = request.GET
    activity, order = given.get("activity", ""), given.get("order", "")
    return Asked(
        words=plain(given.get("q", "")).strip()[:LONGEST_SEARCH],
        tag=plain(given.get("tag", "")).strip()[:LONGEST_SEARCH],
        activity=activity if activity in Activity.values else "",
        archived=given.get("show") == "archived",
        order=order if order in Order.values else Order.NAME,
    )


@require_GET
@approved_consultant_required
def table(request: ConsultantRequest) -> HttpResponse:
    asked = asked_of(request)
    tags = tags_of(request.consultant)
    initial = {"q": asked.words, "tag": asked.tag, "activity": asked.activity, "order": asked.order}
    context = {
        "nav": "clients",
        "asked": asked,
        "form": FilterForm(initial=initial, tags=tags),
        "live": _listed(request, asked),
        "consultant": request.consultant,
        "filters": request.GET.urlencode(),
    }
    return render(request, "clients/table.html", context)


@require_GET
@approved_consultant_required
def rows(request: ConsultantRequest) -> HttpResponse:
    """The table alone, for a page that is open; 304 while it would look the same."""
    return part_alone(request, _listed(request, asked_of(request)))


def _listed(request: ConsultantRequest, asked: Asked) -> Part:
    consultant, now = request.consultant, timezone.now()
    found = ordered(consultant, rows_of(consultant, asked, now), asked.order, now)
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    lines = lines_of(consultant, list(page.object_list), now)
    context = {"asked": asked, "page": page, "lines": lines, "zone": consultant.timezone}
    return part_of(request, "clients/_table.html", context)


@require_GET
@approved_consultant_required
def export_csv(request: ConsultantRequest) -> StreamingHttpResponse:
    return export(request.consultant, asked_of(request))
