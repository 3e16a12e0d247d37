"""What happened with one client: sessions and bookings, money, messages, files. Each part is asked for by itself, in a
fixed number of queries; what a consultant reads here is what the pages of each thing show to them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import CharField, F, Q, QuerySet, Sum, Value
from django.urls import reverse
from django.utils.translation import gettext as _

from bookings.models import Booking
from bookings.state import state_of
from clients.models import Client
from dashboard.clients.figures import paid_for_by
from naksha.money import rupees
from payments.documents.links import Paper, receipt_url
from payments.models import Invoice, Payment, Refund
from quotations.models import Quotation
from quotations.services.drafting import as_sent_now
from sessions_app.models import Attachment, Message, Seat, Session
from sessions_app.state import tone_of

A_PAGE = 25
NO_MEETING = (Booking.Status.HELD, Booking.Status.ABANDONED)  # nothing has come of it


@dataclass(frozen=True)
class Meeting:
    """A session of the client, or a booking that none has come of. Amounts are paise, of this client alone."""

    at: datetime
    title: str
    tone: str
    state: str
    url: str
    reference: str
    total_paise: int
    paid_paise: int  # less what went back
    owed_paise: int
    elsewhere_paise: int = 0
    session: Session | None = None
    booking: Booking | None = None


def _own_sessions(client: Client) -> QuerySet[Session]:
    return Session.objects.filter(client=client).exclude(status=Session.Status.ABANDONED)


def _without_session(client: Client) -> QuerySet[Booking]:
    """Bookings whose session, if there is any, is not the client's: requests, refusals, seats that were given back."""
    given_back = Q(seat__isnull=False) & ~Q(seat__status=Seat.Status.TAKEN)
    return Booking.objects.filter(Q(session__isnull=True) | given_back, client=client).exclude(status__in=NO_MEETING)


def _meeting_keys(client: Client) -> Any:
    """(start, "session" or "booking", key) of every meeting, the latest first. One query, whatever there is."""

    def named(rows: Any, kind: str, start: str, key: str) -> Any:
        return rows.order_by().values_list(start, Value(kind, output_field=CharField()), key)

    seats = Seat.objects.filter(client=client, status=Seat.Status.TAKEN)
    return (
        named(_own_sessions(client), "session", "starts_at", "pk")
        .union(
            named(seats, "session", "session__starts_at", "session_id"),
            named(_without_session(client), "booking", "starts_at", "pk"),
            all=True,
        )
        .order_by("-starts_at")
    )


def meetings(client: Client, page: str | int | None, now: datetime) -> Page[Meeting]:
    """A page of meetings, the latest first. Four queries."""
    found: Any = Paginator(_meeting_keys(client), A_PAGE).get_page(page)
    found.object_list = _meetings(client, list(found.object_list), now)
    return found  # type: ignore[no-any-return]


def latest_meetings(client: Client, most: int, now: datetime) -> list[Meeting]:
    """Three queries."""
    return _meetings(client, list(_meeting_keys(client)[:most]), now)


def _meetings(client: Client, keys: list[tuple[datetime, str, UUID]], now: datetime) -> list[Meeting]:
    sessions = Session.objects.in_bulk([pk for _at, kind, pk in keys if kind == "session"])
    wanted = Q(session__in=list(sessions)) | Q(pk__in=[pk for _at, kind, pk in keys if kind == "booking"])
    mine = Booking.objects.filter(wanted, client=client).exclude(status__in=NO_MEETING).select_related("session")
    by_session: dict[UUID, Booking] = {}
    by_key: dict[UUID, Booking] = {}
    for booking in mine.order_by("created_at"):
        by_key[booking.pk] = booking
        if booking.session_id and (booking.status == Booking.Status.ACCEPTED or booking.session_id not in by_session):
            by_session[booking.session_id] = booking
    told = []
    for _at, kind, pk in keys:
        if kind == "booking":
            told.append(_of_booking(by_key[pk], now))
        else:
            told.append(_of_session(sessions[pk], by_session.get(pk)))
    return told


def _of_booking(booking: Booking, now: datetime) -> Meeting:
    tone, state = state_of(booking, now)
    return Meeting(
        at=booking.starts_at,
        title=booking.title,
        tone=tone,
        state=state,
        url=reverse("bookings:request", args=[booking.pk]),
        reference=booking.reference,
        total_paise=booking.total_paise,
        paid_paise=booking.paid_paise - booking.refunded_paise,
        owed_paise=booking.owed_paise,
        booking=booking,
    )


def _of_session(session: Session, booking: Booking | None) -> Meeting:
    deal: Booking | Session = booking or session
    return Meeting(
        at=session.starts_at,
        title=session.title,
        tone=tone_of(session.status),
        state=str(session.get_status_display()),
        url=reverse("sessions:desk", args=[session.pk]),
        reference=deal.reference or "",
        total_paise=deal.total_paise,
        paid_paise=deal.paid_paise - deal.refunded_paise,
        owed_paise=deal.owed_paise,
        elsewhere_paise=0 if booking else session.elsewhere_paise,
        session=session,
        booking=booking,
    )


def paged(rows: Any, page: str | int | None) -> Page[Any]:
    return Paginator(rows, A_PAGE).get_page(page)


# --- money ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Paid:
    payment: Payment
    at: datetime
    tone: str
    refunds: list[Refund] = field(default_factory=list)
    papers: list[Paper] = field(default_factory=list)


@dataclass(frozen=True)
class Sums:
    """Paise: what came in, what of it went back or is promised back, what is still asked for."""

    captured: int
    returned: int
    owed: int

    @property
    def value(self) -> int:
        return self.captured - self.returned


_TONES = {"captured": "good", "failed": "bad", "refunded": "calm", "partially_refunded": "calm"}


def payments_of(client: Client) -> QuerySet[Payment]:
    """Those for what is the client's, that came to something or failed."""
    mine = Payment.objects.filter(paid_for_by([client.pk]), consultant=client.consultant_id)
    return mine.exclude(status=Payment.Status.CREATED).order_by("-created_at")


def sums_of(client: Client) -> Sums:
    """Four queries."""
    came = payments_of(client).order_by().aggregate(captured=Sum("captured_paise"), returned=Sum("refunding_paise"))
    owed: list[QuerySet[Any]] = [
        Quotation.objects.filter(client=client).owing(),
        Booking.objects.filter(client=client).owing(),
        Session.objects.filter(client=client).owing(),
    ]
    return Sums(
        captured=came["captured"] or 0,
        returned=came["returned"] or 0,
        owed=sum(rows.aggregate(owed=Sum(F("total_paise") - F("paid_paise")))["owed"] or 0 for rows in owed),
    )


def money(client: Client, page: str | int | None) -> Page[Paid]:
    """A page of payments with their refunds and papers, the latest first. Four queries."""
    found: Any = Paginator(payments_of(client), A_PAGE).get_page(page)
    found.object_list = _paid(list(found.object_list))
    return found  # type: ignore[no-any-return]


def _paid(payments: list[Payment]) -> list[Paid]:
    refunds: dict[UUID, list[Refund]] = {}
    papers: dict[UUID, list[Paper]] = {}
    for refund in Refund.objects.filter(payment__in=payments, replaced_by__isnull=True).order_by("created_at"):
        refunds.setdefault(refund.payment_id, []).append(refund)
    for invoice in Invoice.objects.filter(payment__in=payments).order_by("issued_at", "created_at"):
        papers.setdefault(invoice.payment_id, []).append(
            Paper(f"{invoice.title} {invoice.number}", invoice.get_absolute_url())
        )
    for payment in payments:
        if payment.is_paid:
            papers.setdefault(payment.pk, []).append(Paper(_("Receipt"), receipt_url(payment)))
    return [
        Paid(
            payment=payment,
            at=payment.captured_at or payment.created_at,
            tone=_TONES.get(payment.status, "wait"),
            refunds=refunds.get(payment.pk, []),
            papers=papers.get(payment.pk, []),
        )
        for payment in payments
    ]


# --- what was said and sent -------------------------------------------------------------------------


def messages_of(client: Client) -> QuerySet[Message]:
    """What was written in their own sessions by either side, and by them in webinars; the latest first."""
    own = Message.objects.filter(conversation__session__client=client, kind=Message.Kind.TEXT)
    in_webinars = Message.objects.filter(member__client=client)
    both = own.order_by().values("pk").union(in_webinars.order_by().values("pk"))
    return (
        Message.objects.filter(pk__in=both, deleted_at__isnull=True)
        .select_related("member__client", "conversation__session")
        .order_by("-sent_at", "-pk")
    )


def messages(client: Client, page: str | int | None) -> Page[Message]:
    """Three queries, with the files."""
    return paged(messages_of(client).prefetch_related("attachments"), page)


def files_of(client: Client) -> QuerySet[Attachment]:
    """What was sent in those messages, the latest first."""
    return (
        Attachment.objects.filter(message__in=messages_of(client).order_by().values("pk"))
        .select_related("message__conversation__session", "message__member__client")
        .order_by("-message__sent_at", "position")
    )


def files(client: Client, page: str | int | None) -> Page[Attachment]:
    return paged(files_of(client), page)


def quotations(client: Client, page: str | int | None) -> Page[Quotation]:
    """The latest on top, and drafts as they would be sent now. Two queries."""
    rows = Quotation.objects.filter(client=client).select_related("consultant", "client")
    found: Page[Quotation] = paged(rows.order_by("-created_at", "-pk"), page)
    found.object_list = [as_sent_now(each) for each in found.object_list]
    return found


# --- all of it in one line --------------------------------------------------------------------------


@dataclass(frozen=True)
class Event:
    at: datetime
    icon: str
    words: str
    url: str = ""
    note: str = ""


def timeline(client: Client, most: int, now: datetime) -> list[Event]:
    """The latest things that happened, whatever their kind. Seven queries."""
    found: list[Event] = [
        Event(meeting.at, "video", f"{meeting.title}: {meeting.state}", meeting.url)
        for meeting in latest_meetings(client, most, now)
        if meeting.at <= now
    ]
    found += _money_events(payments_of(client).filter(captured_paise__gt=0)[:most])
    for message in messages_of(client)[:most]:
        said = _("Wrote") if message.member and message.member.client_id == client.pk else _("You wrote")
        room = reverse("sessions:room", args=[message.conversation.session_id])
        found.append(Event(message.sent_at, "message-square", said, room, message.body[:140]))
    for review in client.reviews.select_related("session")[:most]:
        words = _("Rated “%(title)s” with %(n)d of 5") % {"title": review.session.title, "n": review.rating}
        found.append(Event(review.reviewed_at, "star", words, "", review.comment[:140]))
    found.append(Event(client.created_at, "user-round", _("Became your client")))
    return sorted(found, key=lambda event: event.at, reverse=True)[:most]


def _money_events(payments: Iterable[Payment]) -> Iterable[Event]:
    for payment in payments:
        words = _("Paid %(sum)s") % {"sum": rupees(payment.captured_paise)}
        yield Event(payment.captured_at or payment.created_at, "indian-rupee", words, "", payment.description)
