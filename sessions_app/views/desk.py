"""The consultant's sessions: one of them, a new one, and the answer to "How did it go?"."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import ConsultantRequest, approved_consultant_required
from availability.errors import TimeRefused
from clients.models import Client
from consultants.pricing import gst_percent
from naksha.db import db_now
from naksha.errors import DomainError
from naksha.times import parsed_instant
from naksha.web.parts import Part, part_alone, part_of
from sessions_app import origin
from sessions_app.desk_forms import RecordForm, SummaryForm, first_values
from sessions_app.facts import place_label
from sessions_app.models import Session
from sessions_app.money import money_of
from sessions_app.services import machine, record_session
from sessions_app.services.lifecycle import can_be_missed
from sessions_app.services.recording import LONGEST_MINUTES
from sessions_app.terms import all_in_words
from sessions_app.views.pages import their_session

S = Session.Status


@require_GET
@approved_consultant_required
def session(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    found = their_session(request, pk)
    context = {"nav": "sessions", "session": found, "live": _drawn(request, found)}
    return render(request, "sessions/desk/session.html", context)


@require_GET
@approved_consultant_required
def parts(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    """All that may change of the page, for one that is open; 304 while nothing has."""
    return part_alone(request, _drawn(request, their_session(request, pk)))


def _drawn(request: ConsultantRequest, found: Session) -> Part:
    now = db_now()
    notes = getattr(found, "notes", None)
    context = {
        "session": found,
        "facts": origin.room_facts(found, None),
        "notes": notes,
        "zone": request.consultant.timezone,
        "now": now,
        "place_label": place_label(found.platform),
        "place": found.place,
        "terms": all_in_words(found, now),
        "log": found.join_events.select_related("client")[:50],
        "can_start": machine.can_start(found, now),
        "can_complete": machine.can_complete(found, now),
        "can_mark_no_show": can_be_missed(found, now),
        "waits_for_answer": machine.waits_for_answer(found),
        "missing": machine.missing(found) if machine.waits_for_answer(found) else None,
        "client_waits_for_word": machine.client_waits_for_word(found),
        "summary_form": SummaryForm(initial={"summary": notes.summary if notes else ""}),
    }
    return part_of(request, "sessions/desk/_session.html", context)


@require_GET
@approved_consultant_required
def acts(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    """What can be done with it now, for a menu in its row: of its state, or with ``?of=money`` of what is owed. The
    forms post to the session's own addresses and come back to ``?next=``."""
    found = their_session(request, pk)
    now = db_now()
    ahead = machine.is_ahead(found, now)
    can = {
        "can_start": machine.can_start(found, now),
        "can_complete": machine.can_complete(found, now),
        "can_mark_no_show": can_be_missed(found, now),
        "can_move": ahead and not found.is_webinar,
        "can_cancel": ahead,
    }
    context = {
        **can,
        "session": found,
        "of": request.GET.get("of"),
        "next": request.GET.get("next", ""),
        "nothing": not any(can.values()),
        "owed_paise": 0 if found.is_webinar else money_of([found], user=None)[found.pk].owed_paise,
        "elsewhere_paise": found.elsewhere_paise,
    }
    return render(request, "sessions/desk/_acts.html", context)


@require_GET
@approved_consultant_required
def how(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    """Was it held, or did nobody come? The buttons post to the session's own addresses."""
    found = their_session(request, pk)
    now = db_now()
    if not machine.can_complete(found, now):
        return redirect("sessions:desk", pk)
    context = {
        "nav": "sessions",
        "session": found,
        "zone": request.consultant.timezone,
        "can_mark_no_show": can_be_missed(found, now),
        "can_say_not_held": machine.can_say_not_held(found, now) and machine.can_be_called_off(found),
        "missing": machine.missing(found),
        "client_waits_for_word": machine.client_waits_for_word(found),
        "owed_paise": origin.room_facts(found, None).owed_paise,
        "form": SummaryForm(),
    }
    return render(request, "sessions/desk/how.html", context)


@require_http_methods(["GET", "POST"])
@approved_consultant_required
def new(request: ConsultantRequest) -> HttpResponse:
    """Record a session. ``?client=`` chooses one of the consultant's clients, ``?start=&end=`` instants."""
    return record_page(request, first_values(request.consultant, db_now(), _chosen(request), **_span(request)))


def record_page(
    request: ConsultantRequest,
    initial: dict[str, Any],
    *,
    note: str = "",
    then: Callable[[Session], object] | None = None,
) -> HttpResponse:
    """The form for a new session, beginning with ``initial``. ``note`` is a sentence above it; ``then`` is told of the
    session within the transaction that makes it."""
    consultant = request.consultant
    if request.method == "POST":
        form = RecordForm(request.POST, consultant=consultant)
        if form.is_valid():
            try:
                with transaction.atomic():
                    made = record_session(consultant=consultant, actor=request.user, **form.facts())
                    if then is not None:
                        then(made)
            except TimeRefused as error:
                form.add_error("time", str(error))
            except DomainError as error:
                form.add_error(error.about if error.about in form.fields else None, str(error))
            else:
                messages.success(request, _told(made))
                return redirect("sessions:desk", made.pk)
    else:
        form = RecordForm(consultant=consultant, initial=initial)
    context = {"nav": "sessions", "form": form, "zone": consultant.timezone, "note": note}
    context["gst_percent"] = gst_percent() if consultant.charges_gst else ""
    return render(request, "sessions/desk/new.html", context, status=400 if form.errors else 200)


def _chosen(request: ConsultantRequest) -> Client | None:
    try:
        asked = UUID(request.GET.get("client", ""))
    except ValueError:
        return None
    return Client.objects.filter(consultant=request.consultant).called(asked)


def _span(request: ConsultantRequest) -> dict[str, Any]:
    start, end = (parsed_instant(request.GET.get(name, "")) for name in ("start", "end"))
    if start is None or timezone.is_naive(start):
        return {}
    if end is None or timezone.is_naive(end) or not start < end <= start + timedelta(minutes=LONGEST_MINUTES):
        return {"starts_at": start}
    return {"starts_at": start, "minutes": int((end - start).total_seconds() // 60)}


def _told(made: Session) -> str:
    if made.status == S.COMPLETED:
        return _("Recorded as held.")
    name = made.client.name if made.client else ""
    return _("Recorded. %(name)s has been told.") % {"name": name} if made.client_told else _("Recorded.")
