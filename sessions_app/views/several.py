"""One thing done with several sessions of the table: first what it will do and what it costs, then a report of what was
done and what was not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from accounts.access import ConsultantRequest, approved_consultant_required
from clients.fields import ReasonForm
from sessions_app.export import exported
from sessions_app.find_form import FindForm
from sessions_app.models import Session
from sessions_app.money import refundable_of
from sessions_app.services import bulk
from sessions_app.table import Table


@dataclass(frozen=True)
class Act:
    """How an act of sessions_app.services.bulk is worded; the functions are told how many."""

    ask: Callable[[int], str]
    act: Callable[[int], str]
    done: Callable[[int], str]
    what: Any  # what follows for the clients


ACTS = {
    "complete": Act(
        lambda n: ngettext("Complete %(n)d session?", "Complete %(n)d sessions?", n) % {"n": n},
        lambda n: ngettext("Complete %(n)d session", "Complete %(n)d sessions", n) % {"n": n},
        lambda n: ngettext("%(n)d session was completed", "%(n)d sessions were completed", n) % {"n": n},
        gettext_lazy("Each client is thanked, asked for what they owe, and for a review."),
    ),
    "no-show": Act(
        lambda n: ngettext("Mark %(n)d session as missed?", "Mark %(n)d sessions as missed?", n) % {"n": n},
        lambda n: ngettext("Mark %(n)d as missed", "Mark %(n)d as missed", n) % {"n": n},
        lambda n: ngettext("%(n)d session was marked as missed", "%(n)d sessions were marked as missed", n) % {"n": n},
        gettext_lazy("Each client is told, what was paid stays, and nothing more is asked for."),
    ),
    "paid-elsewhere": Act(
        lambda n: ngettext("Was %(n)d session paid elsewhere?", "Were %(n)d sessions paid elsewhere?", n) % {"n": n},
        lambda n: ngettext("Mark %(n)d as paid elsewhere", "Mark %(n)d as paid elsewhere", n) % {"n": n},
        lambda n: ngettext("%(n)d session was paid elsewhere", "%(n)d sessions were paid elsewhere", n) % {"n": n},
        gettext_lazy("In cash or straight to your bank: nobody is asked for it now, and it is not in your figures."),
    ),
    "cancel": Act(
        lambda n: ngettext("Cancel %(n)d session?", "Cancel %(n)d sessions?", n) % {"n": n},
        lambda n: ngettext("Cancel %(n)d session", "Cancel %(n)d sessions", n) % {"n": n},
        lambda n: ngettext("%(n)d session was cancelled", "%(n)d sessions were cancelled", n) % {"n": n},
        gettext_lazy("All that was paid goes back to the clients, and the times are free again."),
    ),
}


@dataclass(frozen=True)
class Chosen:
    """What was ticked. ``of`` is how many fit where all of them were meant: no more than bulk.MOST are taken."""

    ids: list[UUID]
    query: str
    of: int


@require_POST
@approved_consultant_required
def several(request: ConsultantRequest) -> HttpResponseBase:
    """``act`` with those of ``id``, or with ``all`` with all that fit ``query``. Nothing is done without ``sure``."""
    name, query = request.POST.get("act", ""), request.POST.get("query", "")
    table = Table(request.consultant, FindForm(QueryDict(query), consultant=request.consultant))
    back = f"{reverse('sessions:list')}?{table.form.query}"
    if name == "export":
        return exported(_to_export(request, table), consultant=request.consultant, user=None)
    chosen = _chosen(request, table)
    wrong = ""
    if name not in ACTS:
        wrong = _("Choose what to do with them.")
    elif not chosen.ids:
        wrong = _("Choose at least one session first.")
    elif len(chosen.ids) > bulk.MOST:
        wrong = _("At most %(most)d sessions at a time. Choose fewer.") % {"most": bulk.MOST}
    if wrong:
        messages.error(request, wrong)
        return redirect(back)
    if "sure" not in request.POST:
        return _asked(request, name, chosen, back, _reason_form(None) if name == "cancel" else None)
    reason = ""
    if name == "cancel":
        form = _reason_form(request.POST)
        if not form.is_valid():
            return _asked(request, name, chosen, back, form)
        reason = form.cleaned_data["reason"]
    report = bulk.do(
        consultant=request.consultant,
        actor=request.user,
        ids=chosen.ids,
        act=name,
        words=bulk.Words(reason=reason),
    )
    context = {"nav": "sessions", "report": report, "zone": request.consultant.timezone, "back": back}
    context["heading"] = ACTS[name].done(len(report.done))
    return render(request, "sessions/desk/report.html", context)


def _ids(request: ConsultantRequest) -> list[UUID]:
    """What is no id is nobody's: left out."""
    found = []
    for text in request.POST.getlist("id"):
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return list(dict.fromkeys(found))


def _chosen(request: ConsultantRequest, table: Table) -> Chosen:
    """One query where all that fit are meant."""
    ids, query = _ids(request), table.form.query
    if "all" not in request.POST or "sure" in request.POST:  # who is sure has seen which they are
        return Chosen(ids, query, len(ids))
    fitting = list(table.rows.values_list("pk", flat=True))
    return Chosen(fitting[: bulk.MOST], query, len(fitting))


def _to_export(request: ConsultantRequest, table: Table) -> Any:
    if "all" in request.POST:
        return table.rows
    return Session.objects.filter(consultant=request.consultant, pk__in=_ids(request)).order_by("-starts_at", "-pk")


def _reason_form(data: QueryDict | None) -> ReasonForm:
    return ReasonForm(data, hint=_("Every client who is told of their session reads it."))


def _asked(request: ConsultantRequest, name: str, chosen: Chosen, back: str, form: ReasonForm | None) -> HttpResponse:
    """What would be done, and what would not. The same queries however many were chosen."""
    mine = bulk.own_sessions(request.consultant, chosen.ids)
    why_not = bulk.forecast(mine.values(), name)
    can = [session for session in mine.values() if session.pk not in why_not]
    refunds = refundable_of(can) if name == "cancel" and can else {}
    words = ACTS[name]
    context = {
        "nav": "sessions",
        "act": name,
        "what": words.what,
        "heading": words.ask(len(can)),
        "button": words.act(len(can)),
        "can": [(session, refunds.get(session.pk, 0)) for session in can],
        "refund_paise": sum(refunds.values()),
        "cannot": [(mine[pk], why) for pk, why in why_not.items()],
        "missing": len(chosen.ids) - len(mine),
        "picked": chosen,
        "left_out": chosen.of - len(chosen.ids),
        "zone": request.consultant.timezone,
        "back": back,
        "form": form,
    }
    return render(request, "sessions/desk/several.html", context, status=400 if form and form.errors else 200)
