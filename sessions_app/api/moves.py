"""What is done with a session: begun, completed, missed, cancelled, moved, rated; one, or several at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.auth import ApprovedConsultant, Party
from accounts.models import User
from naksha.api.schema import ROLE, operation
from naksha.api.views import ApiView
from sessions_app import origin
from sessions_app.access import Visitor
from sessions_app.api import examples
from sessions_app.api import serializers as words
from sessions_app.api.access import reader_of, visitor_of
from sessions_app.api.views import TAG, detail
from sessions_app.services import bulk, complete, held, mark_no_show, reviewing, start

REFUSED = [*ROLE, "NOT_FOUND", "INVALID_STATE"]


def _person(visitor: Visitor) -> User:
    if visitor.user is None:
        raise Http404  # only a link has no login, and the API knows nobody by a link
    return visitor.user


def _started(visitor: Visitor, data: dict[str, Any]) -> None:
    start(session=visitor.session, actor=_person(visitor))


def _completed(visitor: Visitor, data: dict[str, Any]) -> None:
    complete(session=visitor.session, actor=_person(visitor), summary=data.get("summary", ""))


def _missed(visitor: Visitor, data: dict[str, Any]) -> None:
    mark_no_show(session=visitor.session, actor=_person(visitor))


def _cancelled(visitor: Visitor, data: dict[str, Any]) -> None:
    origin.of(visitor.session).cancel(actor=_person(visitor), client=visitor.client, reason=data.get("reason", ""))


Act = Callable[[Visitor, dict[str, Any]], None]


class _Move(ApiView):
    """One press: the session as it is afterwards."""

    permission_classes = [Party]

    def pressed(self, request: Request, pk: UUID, act: Act, data: dict[str, Any], said: str) -> Response:
        with words.by_our_names():
            act(visitor_of(request, pk), data)
        return self.ok(detail(visitor_of(request, pk)), said)


class Start(_Move):
    @operation(
        "sessions_start",
        "Begin a session",
        tag=TAG,
        answer=words.SessionDetail,
        errors=REFUSED,
        example=examples.DETAIL,
        description="For its consultant, from ten minutes before the start.",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        return self.pressed(request, pk, _started, {}, _("The session has begun."))


class Complete(_Move):
    @operation(
        "sessions_complete",
        "Say that a session was held",
        tag=TAG,
        request=words.CompleteSession,
        answer=words.SessionDetail,
        errors=REFUSED,
        request_example={"summary": "File the reply by 30 November."},
        example=examples.DETAIL,
        description="For its consultant, once it has begun. The client is thanked and asked for what is owed.",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        return self.pressed(request, pk, _completed, self.checked(words.CompleteSession), _("Completed."))


class NoShow(_Move):
    @operation(
        "sessions_no_show",
        "Say that the client did not come",
        tag=TAG,
        answer=words.SessionDetail,
        errors=REFUSED,
        example=examples.DETAIL,
        description="For its consultant, from ten minutes after the start, unless the join log shows the client. Where "
        "they meet in our room (`JITSI`), it has to show the consultant.",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        return self.pressed(request, pk, _missed, {}, _("Marked as a no-show."))


class Cancel(_Move):
    @operation(
        "sessions_cancel",
        "Cancel a session",
        tag=TAG,
        request=words.CancelSession,
        answer=words.SessionDetail,
        errors=REFUSED,
        request_example={"reason": "I am ill. I am sorry."},
        example=examples.DETAIL,
        description="Before its start. By the consultant, with a reason: all that was paid goes back. By the client: "
        "what the frozen terms give back (`cancellation` of GET says how much). One that was "
        "cancelled already is answered as it is.",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        return self.pressed(request, pk, _cancelled, self.checked(words.CancelSession), _("Cancelled."))


class Held(_Move):
    @operation(
        "sessions_held",
        "Say whether a session took place",
        tag=TAG,
        request=words.SayHeld,
        answer=words.SessionDetail,
        errors=REFUSED,
        request_example={"tookPlace": False},
        example=examples.DETAIL,
        description="For its client, where `question` of GET asks: yes completes it, no gives back all that was paid; "
        "where the join log shows neither side, no earlier than the consultant's time to answer is over. For its "
        "consultant, after its end: yes is as `complete`, no gives everything back. The same answer again changes "
        "nothing; another than the first is refused.",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        return self.pressed(request, pk, _answered, self.checked(words.SayHeld), _("Thank you."))


def _answered(visitor: Visitor, data: dict[str, Any]) -> None:
    actor, took_place = _person(visitor), data["took_place"]
    if visitor.client is not None:
        held.answer(session=visitor.session, client=visitor.client, took_place=took_place, by=actor)
    else:
        (complete if took_place else held.say_not_held)(session=visitor.session, actor=actor)


class Reschedule(_Move):
    @operation(
        "sessions_reschedule",
        "Move a session to another time",
        tag=TAG,
        request=words.RescheduleSession,
        answer=words.SessionDetail,
        errors=[*REFUSED, "SLOT_TAKEN"],
        request_example={"start": "2026-11-25T05:30:00Z"},
        example=examples.DETAIL,
        description="By the consultant to any free time, by the client to a listed one, under the frozen terms.",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        return self.pressed(request, pk, _moved, self.checked(words.RescheduleSession), _("Moved."))


def _moved(visitor: Visitor, data: dict[str, Any]) -> None:
    starts_at = words.start_of(data, visitor.session.consultant.timezone)
    if starts_at is not None:
        origin.of(visitor.session).move(actor=_person(visitor), client=visitor.client, starts_at=starts_at)


class Rate(ApiView):
    permission_classes = [Party]

    @operation(
        "sessions_rate",
        "Rate a completed session",
        tag=TAG,
        request=words.RateSession,
        answer=words.SessionDetail,
        errors=REFUSED,
        request_example={"rating": 5, "comment": "Calm and clear."},
        example=examples.DETAIL,
        description="For its client, once, within 60 days of its end. It appears on the consultant's page.",
    )
    def put(self, request: Request, pk: UUID) -> Response:
        visitor = visitor_of(request, pk)
        if visitor.client is None:
            self.permission_denied(request)
        data = self.checked(words.RateSession)
        reviewing.rate(session=visitor.session, client=visitor.client, by=visitor.user, **data)
        return self.ok(detail(visitor_of(request, pk)), _("Thank you."))


class Bulk(ApiView):
    permission_classes = [ApprovedConsultant]

    @operation(
        "sessions_bulk",
        "Do one thing with several sessions",
        tag=TAG,
        request=words.BulkSessions,
        answer=words.BulkSessionsReport,
        errors=ROLE,
        request_example={"ids": [examples.ID], "action": "complete"},
        example={
            "done": [examples.ID],
            "notDone": [{"id": examples.OTHER_ID, "code": "INVALID_STATE", "message": "It has not begun."}],
        },
        description="Each session by itself: what one refuses keeps no other back, and says why.",
    )
    def post(self, request: Request) -> Response:
        data = self.checked(words.BulkSessions)
        reader = reader_of(request)
        assert reader.consultant is not None
        report = bulk.do(
            consultant=reader.consultant,
            actor=reader.user,
            ids=data["ids"],
            act=data["action"],
            words=bulk.Words(reason=data["reason"]),
        )
        refused = [{"id": str(r.session_id), "code": r.code, "message": r.sentence} for r in report.refused]
        return self.ok({"done": [str(session.pk) for session in report.done], "notDone": refused})
