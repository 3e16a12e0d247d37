"""Sessions over the API: the list, one of them, a new one, and what a list is exported as."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.auth import ApprovedConsultant, Party
from clients.models import Client
from consultants.models import Service
from naksha.api import paging
from naksha.api.errors import refuse
from naksha.api.schema import ROLE, operation
from naksha.api.views import ApiView, FileView
from naksha.calendar import Method
from naksha.db import db_now
from naksha.errors import InvalidState
from sessions_app import origin
from sessions_app.access import Visitor
from sessions_app.api import examples, whole
from sessions_app.api import serializers as words
from sessions_app.api.access import Reader, reader_of, visitor_of
from sessions_app.api.listing import ORDERS, chosen
from sessions_app.export import exported
from sessions_app.models import JOIN_OPENS, Review, Session, SessionNotes
from sessions_app.money import PaymentStatus, money_of
from sessions_app.rooms import JOIN_CLOSES, room_url
from sessions_app.services import held, record_session, revise, schedule_webinar
from sessions_app.services.noting import save_notes
from sessions_app.services.telling import calendar_for

TAG = "Sessions"
FILTERS = [
    OpenApiParameter(
        "status",
        description="One or several, with commas: CONFIRMED,IN_PROGRESS. No session is PENDING or ABANDONED: before it "
        "is confirmed there is a booking, which has these states.",
    ),
    OpenApiParameter("paymentStatus", description=f"One or several of {', '.join(PaymentStatus.names)}."),
    OpenApiParameter("sessionType", description="PERSONAL or WEBINAR."),
    OpenApiParameter("from", description="Those that start from then on: a date or an instant."),
    OpenApiParameter("to", description="Those that start until then; the whole of a date."),
    OpenApiParameter("timezone", description="Of those dates, IANA. Left out: the consultant's, or India's."),
    OpenApiParameter("clientId", description="For a consultant: those of one client."),
    OpenApiParameter("search", description="Words of the title, the reference, and the other side's name."),
    OpenApiParameter("ordering", description=f"{', '.join(ORDERS)}; - turns it around. -startsAt if left out."),
]


def context_of(sessions: Sequence[Session], reader: Reader) -> dict[str, Any]:
    """What the rows of a list are worded with. ``reader``'s own consultant is not asked for again."""
    if reader.consultant is not None:
        for session in sessions:
            session.consultant = reader.consultant
    return {
        "money": money_of(sessions, user=reader.client_user),
        "for_consultant": reader.consultant is not None,
    }


def related(rows: QuerySet[Session], reader: Reader) -> QuerySet[Session]:
    return rows.select_related("client") if reader.consultant else rows.select_related("client", "consultant")


class Sessions(ApiView):
    idempotent = frozenset({"post"})

    def get_permissions(self) -> list[BasePermission]:
        return [ApprovedConsultant() if self.request.method == "POST" else Party()]

    @operation(
        "sessions_list",
        "A consultant's sessions, or a client's own",
        tag=TAG,
        answer=words.SessionRow,
        listed="sessions",
        parameters=FILTERS,
        errors=ROLE,
        example=examples.ROW,
    )
    def get(self, request: Request) -> HttpResponse:
        reader = reader_of(request)
        if reader.consultant is not None and request.query_params.keys() <= {"page", "pageSize"}:
            return self.worded("sessions", *whole.page_of(reader.consultant, paging.asked(request)))
        found, pagination = paging.page_of(request, related(chosen(request, reader), reader))
        context = context_of(found, reader)
        money, own = context["money"], context["for_consultant"]
        rows = [words.row_of(session, money[session.id], for_consultant=own) for session in found]
        return self.ok({"sessions": rows, "pagination": pagination})

    @operation(
        "sessions_create",
        "Record a session, or set a webinar's date",
        tag=TAG,
        request=words.NewSession,
        answer=words.SessionDetail,
        status=201,
        errors=[*ROLE, "SLOT_TAKEN"],
        idempotent=True,
        request_example=examples.NEW,
        example=examples.DETAIL,
        description="For consultants. The time is taken within the weekly hours or not; one that is over already is "
        "recorded as completed. The client is `clientId`, or whoever has `clientEmail`.",
    )
    def post(self, request: Request) -> Response:
        data = self.checked(words.NewSession)
        with words.by_our_names():
            made = _recorded(request, data)
        return self.ok(detail(visitor_of(request, made.pk)), _("Recorded."), status=201)


def _recorded(request: Request, data: dict[str, Any]) -> Session:
    consultant = reader_of(request).consultant
    if consultant is None:
        raise Http404
    starts_at = words.start_of(data, consultant.timezone)
    if data["session_type"] == Session.Kind.WEBINAR:
        service = Service.objects.filter(consultant=consultant, pk=data["service_id"]).first()
        if service is None:
            raise refuse("serviceId", _("You have no such service."))
        return schedule_webinar(service=service, starts_at=starts_at, actor=request.user)  # type: ignore[arg-type]
    client = None
    if "client_id" in data:
        client = Client.objects.filter(consultant=consultant).called(data["client_id"])
        if client is None:
            raise refuse("clientId", _("You have no such client."))
    return record_session(
        consultant=consultant,
        actor=request.user,  # type: ignore[arg-type]
        title=data["title"],
        platform=data["platform"],
        starts_at=starts_at,  # type: ignore[arg-type]
        minutes=data["duration"],
        client=client,
        name=data.get("client_name", ""),
        email=data.get("client_email", ""),
        phone=data.get("client_phone", ""),
        place=data.get("place", ""),
        price_paise=data.get("amount", 0),
        notes=data.get("notes", ""),
        tell_client=data["tell_client"],
        ask_now=data["ask_now"],
    )


def detail(visitor: Visitor) -> dict[str, Any]:
    """A session as ``visitor`` may see it. Three queries, four with a review to be looked for; for its
    client up to three more, for what cancelling costs; where it is asked whether it took place, three for the log."""
    session = visitor.session
    user = None if visitor.is_consultant else visitor.user
    reviews = Review.objects.filter(session=session)
    if visitor.client is not None:
        reviews = reviews.filter(client=visitor.client)
    one = not (visitor.is_consultant and session.is_webinar)
    more = {
        "notes": SessionNotes.objects.filter(session=session).first(),
        "review": reviews.first() if one and session.status == Session.Status.COMPLETED else None,
        "opens_at": session.starts_at - JOIN_OPENS,
        "closes_at": session.ends_at + JOIN_CLOSES,
        "leaving": origin.of(session).leaving(client=visitor.client)
        if visitor.client and not session.is_over
        else None,
        "question": held.question(session, of_consultant=visitor.is_consultant, now=db_now()),
        "for_consultant": visitor.is_consultant,
    }
    context = {"money": money_of([session], user=user), "for_consultant": visitor.is_consultant, "more": more}
    return dict(words.SessionDetail(session, context=context).data)


class OneSession(ApiView):
    permission_classes = [Party]

    @operation(
        "sessions_read",
        "One session, with its notes",
        tag=TAG,
        answer=words.SessionDetail,
        errors=[*ROLE, "NOT_FOUND"],
        example=examples.DETAIL,
    )
    def get(self, request: Request, pk: UUID) -> Response:
        return self.ok(detail(visitor_of(request, pk)))

    @operation(
        "sessions_replace",
        "Write a session down anew",
        tag=TAG,
        request=words.WholeSession,
        answer=words.SessionDetail,
        errors=[*ROLE, "NOT_FOUND", "SLOT_TAKEN", "INVALID_STATE"],
        request_example=examples.WHOLE,
        example=examples.DETAIL,
        description="For its consultant, before it begins. Of one that was booked only the time and the notes change; "
        "the rest are the booking's terms. Notes may be changed at any time, and stay where they are left out.",
    )
    def put(self, request: Request, pk: UUID) -> Response:
        return self._written(request, pk, self.checked(words.WholeSession))

    @operation(
        "sessions_change",
        "Change a part of a session",
        tag=TAG,
        request=words.PartOfSession(partial=True),
        answer=words.SessionDetail,
        errors=[*ROLE, "NOT_FOUND", "SLOT_TAKEN", "INVALID_STATE"],
        request_example={"sharedNotes": "Send the notice of 12 November by Friday."},
        example=examples.DETAIL,
        description="As PUT, of the fields that are sent.",
    )
    def patch(self, request: Request, pk: UUID) -> Response:
        return self._written(request, pk, self.checked(words.PartOfSession, partial=True))

    def _written(self, request: Request, pk: UUID, data: dict[str, Any]) -> Response:
        visitor = visitor_of(request, pk)
        if not visitor.is_consultant:
            self.permission_denied(request)
        with words.by_our_names(), transaction.atomic():
            write(visitor, data)
        return self.ok(detail(visitor_of(request, pk)), _("Saved."))

    @operation(
        "sessions_delete",
        "Cancel a session",
        tag=TAG,
        request=words.CancelSession,
        answer=words.SessionDetail,
        errors=[*ROLE, "NOT_FOUND", "INVALID_STATE", "VALIDATION_ERROR"],
        parameters=[OpenApiParameter("reason", description="For apps whose DELETE has no body.")],
        request_example={"reason": "I am ill. I am sorry."},
        example=examples.DETAIL,
        description="As POST /sessions/{id}/cancel, but that a consultant may leave the reason out: the client is told "
        "then that the consultant called it off. Nothing is ever deleted.",
    )
    def delete(self, request: Request, pk: UUID) -> Response:
        body, query = self.checked(words.CancelSession), request.query_params.get("reason")
        if query is not None and "reason" in request.data:
            raise refuse("reason", _("Say it once: in the address, or in the body."))
        if query is not None:
            typed = words.CancelSession(data={"reason": query})
            typed.is_valid(raise_exception=True)
            body = typed.validated_data
        visitor = visitor_of(request, pk)
        unsaid = _("The consultant called it off.") if visitor.is_consultant else ""
        origin.of(visitor.session).cancel(
            actor=request.user,  # type: ignore[arg-type]
            client=visitor.client,
            reason=body["reason"] or unsaid,
        )
        return self.ok(detail(visitor_of(request, pk)), _("Cancelled."))


def write(visitor: Visitor, data: dict[str, Any]) -> None:
    """Write what ``data`` says of a session for its consultant: first what may be refused, then the notes."""
    session, user = visitor.session, visitor.user
    assert user is not None
    starts_at = words.start_of(data, session.consultant.timezone)
    asked = {"title": "title", "platform": "platform", "place": "place", "duration": "minutes"}
    facts = {inside: data[outside] for outside, inside in asked.items() if outside in data}
    if origin.of(session).cancel_url():  # it was booked
        if any(value != getattr(session, name) for name, value in facts.items()):
            raise InvalidState(_("This session was booked: its terms stand. Only its time and notes can be changed."))
        _place_stays(session, data)
        if starts_at not in (None, session.starts_at):
            origin.of(session).move(actor=user, client=None, starts_at=starts_at)
    elif facts or starts_at:
        _place_stays(session, data)
        revise(session=session, actor=user, starts_at=starts_at, **facts)
    if "notes" in data or "shared_notes" in data:
        kept = SessionNotes.objects.filter(session=session).first() or SessionNotes(session=session)
        save_notes(
            session=session,
            private=data.get("notes", kept.private),
            shared=data.get("shared_notes", kept.shared),
            version=kept.version,
        )


def _place_stays(session: Session, data: dict[str, Any]) -> None:
    if "called" in data and "place" not in data:
        words.place_stays(session, data["called"])


class Calendar(FileView):
    permission_classes = [Party]

    @operation(
        "sessions_calendar",
        "A session for a calendar",
        tag=TAG,
        produces="text/calendar",
        errors=[*ROLE, "NOT_FOUND"],
        description="An iCalendar file (RFC 5545), a copy to keep. Its link leads to the session's page.",
    )
    def get(self, request: Request, pk: UUID) -> HttpResponse:
        visitor = visitor_of(request, pk)
        session = visitor.session
        method: Method = "CANCEL" if session.status == Session.Status.CANCELLED else "PUBLISH"
        uid = origin.of(session).calendar_uid(client=visitor.client)
        text = calendar_for(session, visitor.client, method, room_url=room_url(session.pk), uid=uid)
        response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="session.ics"'
        return response


class Export(FileView):
    permission_classes = [Party]

    @operation(
        "sessions_export",
        "Sessions as a CSV file",
        tag=TAG,
        produces="text/csv",
        parameters=FILTERS,
        errors=ROLE,
        description="All that the list would show, with its filters and in its order, streamed.",
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        reader = reader_of(request)
        return exported(chosen(request, reader), consultant=reader.consultant, user=reader.client_user)
