"""Sessions as the API tells them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rest_framework import serializers

from naksha.api.fields import Enum
from naksha.api.serializers import Instant, Serializer
from naksha.times import iso
from naksha.web.zone import zone as zone_of
from sessions_app.api.serializers.names import PLATFORM_NAMES, P, platform_of
from sessions_app.models import Review, Session, SessionNotes
from sessions_app.money import Money, PaymentStatus
from sessions_app.origin import Leaving
from sessions_app.services.held import Question


class SessionClient(Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    email = serializers.EmailField(help_text="For the consultant alone.", required=False)
    phone = serializers.CharField(help_text="For the consultant alone, E.164.", required=False)


class SessionHost(Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    slug = serializers.CharField()


class SessionRow(Serializer):
    """A session in a list. It is worded by hand: a list of twenty is asked for often, and fields take their time."""

    id = serializers.UUIDField()
    reference = serializers.CharField(allow_null=True, help_text="Of one that the consultant recorded: NS-7F3K2Q9B.")
    title = serializers.CharField()
    session_type = Enum(Session.Kind)
    status = Enum(Session.Status)
    payment_status = Enum(PaymentStatus)
    platform = serializers.ChoiceField(choices=PLATFORM_NAMES)
    place = serializers.CharField(help_text="A number or an address; a meeting's link for the consultant alone.")
    starts_at = Instant()
    ends_at = Instant()
    scheduled_date = serializers.DateField(help_text="The day of the start in `timezone`.")
    scheduled_time = serializers.CharField(help_text="The start on the clocks of `timezone`: 16:30.")
    timezone = serializers.CharField(help_text="The consultant's, IANA.")
    duration = serializers.IntegerField(help_text="Minutes.")
    consultant = SessionHost()
    client = SessionClient(allow_null=True, help_text="null for a webinar.")
    seats_taken = serializers.IntegerField()
    capacity = serializers.IntegerField()
    amount_paise = serializers.IntegerField(help_text="With GST.")
    paid_paise = serializers.IntegerField(help_text="All that came in.")
    refunded_paise = serializers.IntegerField()
    elsewhere_paise = serializers.IntegerField(help_text="Paid without us, as the consultant has said: in cash, say.")
    owed_paise = serializers.IntegerField(help_text="What the client is still asked for.")
    currency = serializers.CharField()
    created_at = Instant()
    updated_at = Instant()

    def to_representation(self, session: Session) -> dict[str, Any]:
        return row_of(session, self.context["money"][session.id], for_consultant=self.context["for_consultant"])


def row_of(session: Session, money: Money, *, for_consultant: bool) -> dict[str, Any]:
    consultant, client = session.consultant, session.client
    local = session.starts_at.astimezone(zone_of(consultant.timezone)).isoformat()
    person: dict[str, Any] | None = None
    if client is not None:
        person = {"id": str(client.id), "name": client.name}
        if for_consultant:
            person |= {"email": client.email, "phone": client.phone}
    told = for_consultant or session.platform != P.LINK  # the link opens the meeting, and only when it is time
    return {
        "id": str(session.id),
        "reference": session.reference,
        "title": session.title,
        "sessionType": session.kind.upper(),
        "status": session.status.upper(),
        "paymentStatus": money.status.name,
        "platform": platform_of(session),
        "place": session.place if told else "",
        "startsAt": iso(session.starts_at),
        "endsAt": iso(session.ends_at),
        "scheduledDate": local[:10],
        "scheduledTime": local[11:16],
        "timezone": consultant.timezone,
        "duration": session.minutes,
        "consultant": {"id": str(consultant.id), "name": consultant.display_name, "slug": consultant.slug},
        "client": person,
        "seatsTaken": session.seats_taken if for_consultant else 0,
        "capacity": session.capacity,
        "amountPaise": money.total_paise,
        "paidPaise": money.paid_paise,
        "refundedPaise": money.refunded_paise,
        "elsewherePaise": money.elsewhere_paise,
        "owedPaise": money.owed_paise,
        "currency": money.currency,
        "createdAt": iso(session.created_at),
        "updatedAt": iso(session.updated_at),
    }


class SessionReview(Serializer):
    rating = serializers.IntegerField()
    comment = serializers.CharField()
    reviewed_at = Instant()
    reply = serializers.CharField(help_text="The consultant's, or empty.")


class SessionCancellation(Serializer):
    """What the client may do until it begins, and what cancelling at this moment gives back."""

    can_cancel = serializers.BooleanField()
    can_reschedule = serializers.BooleanField()
    refund_percent = serializers.IntegerField()
    refund_paise = serializers.IntegerField()
    sentence = serializers.CharField()
    free_until = Instant(allow_null=True, help_text="Until then all comes back.")


class SessionQuestion(Serializer):
    """Whether it took place: asked of this login, and answered by POST /sessions/{id}/held."""

    answer_by = Instant()
    silence = Enum(Session.Says, help_text="What it counts as, if nobody has said anything by then.")


class SessionDetail(SessionRow):
    """One session, with what only its own page shows."""

    started_at = Instant(allow_null=True)
    ended_at = Instant(allow_null=True)
    cancelled_at = Instant(allow_null=True)
    cancel_reason = serializers.CharField()
    notes = serializers.CharField(help_text="The consultant's own; for nobody else.", required=False)
    shared_notes = serializers.CharField(help_text="For both sides.")
    summary = serializers.CharField(help_text="For both sides, written as the session ended.")
    join_opens_at = Instant(help_text="From when GET /jitsi/room/{sessionId} gives the way in.")
    join_closes_at = Instant()
    review = SessionReview(allow_null=True, help_text="The client's own; for the consultant that of the one client.")
    cancellation = SessionCancellation(allow_null=True, help_text="For the client, until the session is over.")
    question = SessionQuestion(allow_null=True, help_text="null where this login is not asked, or has answered.")
    client_says = Enum(Session.Says, allow_null=True, help_text="What its client has said, where they were asked.")

    def to_representation(self, session: Session) -> dict[str, Any]:
        return super().to_representation(session) | detail_of(session, **self.context["more"])


def detail_of(
    session: Session,
    *,
    notes: SessionNotes | None,
    review: Review | None,
    opens_at: datetime,
    closes_at: datetime,
    leaving: Leaving | None,
    question: Question | None,
    for_consultant: bool,
) -> dict[str, Any]:
    mine = {"notes": notes.private if notes else ""} if for_consultant else {}
    return {
        "startedAt": _iso(session.started_at),
        "endedAt": _iso(session.ended_at),
        "cancelledAt": _iso(session.cancelled_at),
        "cancelReason": session.cancel_reason,
        **mine,
        "sharedNotes": notes.shared if notes else "",
        "summary": notes.summary if notes else "",
        "joinOpensAt": iso(opens_at),
        "joinClosesAt": iso(closes_at),
        "review": review and rating_of(review),
        "cancellation": leaving and cancellation_of(leaving),
        "question": question and {"answerBy": iso(question.answer_by), "silence": question.silence.name},
        "clientSays": session.client_says.upper() or None,
    }


def cancellation_of(leaving: Leaving) -> dict[str, Any]:
    return {
        "canCancel": leaving.can_cancel,
        "canReschedule": leaving.can_move,
        "refundPercent": leaving.refund_percent,
        "refundPaise": leaving.refund_paise,
        "sentence": leaving.sentence,
        "freeUntil": _iso(leaving.free_until),
    }


def rating_of(review: Review) -> dict[str, Any]:
    return {
        "rating": review.rating,
        "comment": review.comment,
        "reviewedAt": iso(review.reviewed_at),
        "reply": review.reply,
    }


def _iso(moment: datetime | None) -> str | None:
    return iso(moment) if moment else None
