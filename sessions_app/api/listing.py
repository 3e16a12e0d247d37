"""Which sessions a list or an export shows: the filters of its address, each refused by its name where it is wrong."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet, TextChoices
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from rest_framework.request import Request

from clients.models import Client
from naksha.api.errors import refuse
from naksha.api.paging import ordered
from naksha.web.zone import clean_zone
from sessions_app.api.access import Reader
from sessions_app.listing import LONGEST_SEARCH, TOO_LONG, Criteria, matching, midnight
from sessions_app.models import Session
from sessions_app.money import PaymentStatus

ORDERS = {"startsAt": "starts_at", "createdAt": "created_at", "updatedAt": "updated_at", "title": "title"}


def chosen(request: Request, reader: Reader) -> QuerySet[Session]:
    """The sessions that ``request`` asks for, in its order. Raises a 400 that names a wrong filter."""
    zone = clean_zone(request.query_params.get("timezone", reader.timezone))
    if zone is None:
        raise refuse("timezone", _("Name a time zone like Asia/Kolkata."))
    criteria = Criteria(
        statuses=_enums(request, "status", Session.Status),
        payment=_enums(request, "paymentStatus", PaymentStatus),
        kinds=_enums(request, "sessionType", Session.Kind),
        client=_client(request, reader),
        first=_moment(request, "from", zone),
        until=_moment(request, "to", zone),
        words=_words(request),
    )
    rows = matching(reader.sessions(), criteria, consultant=reader.consultant, user=reader.client_user)
    return ordered(request, rows, ORDERS, "-startsAt")


def _enums(request: Request, name: str, enum: type[TextChoices]) -> tuple[str, ...]:
    """One or several values, with commas between."""
    text = request.query_params.get(name, "")
    try:
        return tuple(enum[part.strip()].value for part in text.split(",")) if text else ()
    except KeyError:
        raise refuse(name, _("Choose from: %(names)s.") % {"names": ", ".join(enum.names)}) from None


def _client(request: Request, reader: Reader) -> UUID | None:
    text = request.query_params.get("clientId")
    if not text:
        return None
    if reader.consultant is None:
        raise refuse("clientId", _("Only a consultant filters by client."))
    try:
        asked = UUID(text)
    except ValueError:
        raise refuse("clientId", _("That is not an id.")) from None
    found = Client.objects.filter(consultant=reader.consultant).called(asked)
    return found.pk if found else asked  # nobody's: no sessions, rather than everybody's


def _words(request: Request) -> str:
    words = request.query_params.get("search", "").replace("\x00", "").strip()
    if len(words) > LONGEST_SEARCH:
        raise refuse("search", str(TOO_LONG))
    return words


def _moment(request: Request, name: str, zone: str) -> datetime | None:
    """An instant, or a date's first moment; of ``to`` the moment after its last."""
    text = request.query_params.get(name)
    if text is None:
        return None
    try:
        day = parse_date(text)
        if day is not None:
            return midnight(day, zone, after=name == "to")
        moment = parse_datetime(text)
        if moment is not None and moment.tzinfo is not None and 1900 < moment.year < 9000:
            return moment
    except (ValueError, OverflowError):
        pass
    raise refuse(name, _("Write a date (2026-11-24) or an instant (2026-11-24T05:30:00Z)."))
