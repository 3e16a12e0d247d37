"""From what an app sends to a time that is taken: the same form, limits and services as the page's."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import prefetch_related_objects
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.request import Request

from accounts.models import User
from availability import slots
from availability.errors import TimeRefused
from bookings import visitor
from bookings.forms import DetailsForm
from bookings.models import Booking
from bookings.services import Details, abandon, hold, hold_seat
from bookings.services.balance import due
from consultants.models import Consultant, Service
from consultants.slugs import public_by_slug
from naksha.api.errors import VALIDATION, ApiError, named, refuse
from naksha.api.idempotency import name_of
from naksha.api.naming import camel
from naksha.times import iso
from payments.api.base import ordered
from payments.errors import GatewayRefused, GatewayUnavailable
from payments.payable import Due
from sessions_app.errors import WebinarFull
from sessions_app.models import Session

NEAREST = 4
# What the form may ask of a client beside name and mail address, by its own names.
_NAMES = ("phone", "state_code", "pin_code", "billing_name", "billing_address", "gstin")


def take(request: Request, given: dict[str, Any], user: User | None) -> tuple[Booking, str, Due | None]:
    """Hold what is asked for. Returns the booking, the secret of its link and, where money is due, the order to pay.

    ``user`` is a login with a confirmed address; a guest has none. When the gateway can't be asked the time is let go
    again and its error is raised: nothing has changed then. A time that is gone is a 409 that names the nearest ones.
    """
    service = _service(given)
    details = _details(service, given, user)
    _limit(request, "" if user else details.email)
    try:
        booking, token = _held(request, service, given["start"], details, user)
    except TimeRefused as error:
        raise taken(error, service.consultant, service.minutes, given["start"]) from error
    except WebinarFull as error:
        raise taken(error, service.consultant, service.minutes, given["start"], _dates(service)) from error
    if booking.status != Booking.Status.HELD:
        return booking, token, None
    try:
        return booking, token, ordered(due(booking.pk))
    except (GatewayUnavailable, GatewayRefused):
        abandon(booking=booking)
        raise


def taken(
    error: Exception, consultant: Consultant, minutes: int, around: datetime, nearest: list[datetime] | None = None
) -> ApiError:
    """The 409 for a time that can't be had, with the nearest free times in ``details.nearest``."""
    if nearest is None:
        nearest = slots.nearest_free(consultant=consultant, minutes=minutes, around=around, limit=NEAREST)
    details = {"nearest": [iso(start) for start in nearest]}
    return ApiError("SLOT_TAKEN", 409, str(error), details=details if nearest else None)


def _dates(service: Service) -> list[datetime]:
    coming = [session for session in _sessions(service) if session.seats_left > 0]
    return [session.starts_at for session in coming[:NEAREST]]


def _sessions(service: Service) -> list[Session]:
    return list(
        Session.objects.filter(service=service, status=Session.Status.CONFIRMED, starts_at__gt=timezone.now()).order_by(
            "starts_at"
        )
    )


def _service(given: dict[str, Any]) -> Service:
    """Raises Http404 for a consultant without a public page, and for a service of theirs that can't be booked."""
    slug = given["consultant_slug"]
    consultant = public_by_slug(slug)
    service = (
        Service.objects.bookable().filter(pk=given["service_id"], consultant=consultant).first()  # type: ignore[attr-defined]
        if consultant
        else None
    )
    if consultant is None or service is None:
        raise Http404
    service.consultant = consultant
    prefetch_related_objects([service], "questions")
    found: Service = service
    return found


def _details(service: Service, given: dict[str, Any], user: User | None) -> Details:
    """What the page's form makes of it. Raises a 400 that names each wrong field."""
    client = given.get("client", {})
    if user is not None and client.get("email", user.email).strip().lower() != user.email.lower():
        raise refuse("client.email", _("You book under the mail address of your login: leave this out."))
    known = visitor.known_of(user) if user is not None else {}
    typed = {name: client.get(name, known.get(name, "")) for name in ("name", "email", *_NAMES)}
    questions = {str(question.pk): DetailsForm.key(question) for question in service.questions.all()}
    strange = [name for name in given.get("answers", {}) if name not in questions]
    if strange:
        raise refuse(f"answers.{strange[0][:40]}", _("This service asks no such question."))
    typed |= {questions[name]: text for name, text in given.get("answers", {}).items()}
    form = DetailsForm(typed, service=service, user=user)
    if not form.is_valid():
        names = {name: f"client.{camel(name)}" for name in ("name", "email", *_NAMES)}
        names |= {key: f"answers.{name}" for name, key in questions.items()}
        wrong = named(ValidationError(form.errors.as_data()), names)
        raise ApiError(VALIDATION, 400, _("Some of this is not right."), details=wrong)
    return form.details(given.get("timezone") or service.consultant.timezone)


def _limit(request: Request, email: str) -> None:
    overdrawn = visitor.try_to_hold(request._request, email)
    if overdrawn is not None:
        raise ApiError(
            "RATE_LIMIT_EXCEEDED",
            429,
            _("Too many requests came from here. Wait a little, then go on."),
            retry_after=overdrawn.retry_after,
            limit=overdrawn.limit,
        )


def _held(
    request: Request, service: Service, start: datetime, details: Details, user: User | None
) -> tuple[Booking, str]:
    key = name_of(request)
    how: dict[str, Any] = {
        "details": details,
        "user": user,
        "request_key": f"api:{key}" if key else "",
        "origin": visitor.origin(request._request),
    }
    if not service.is_webinar:
        return hold(service=service, starts_at=start, **how)
    session = next((one for one in _sessions(service) if one.starts_at == start), None)
    if session is None:
        raise refuse("start", _("This webinar has no such date."))
    return hold_seat(session=session, **how)
