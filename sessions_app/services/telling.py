"""Who is told what of a session: lines on screen, and mails to the client of a recorded one (a booking tells its own).

All are rows of the transaction that makes the change they tell of.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Client
from consultants.models import Service
from consultants.services import mail_words
from naksha.calendar import Entry, Method, Person, calendar_file, event_uid, sent_for
from naksha.db import db_now
from naksha.times import iso
from notifications import services as notifications
from sessions_app import terms
from sessions_app.access import mint_link
from sessions_app.facts import link_url, room_path, session_facts
from sessions_app.models import Seat, Session, Side
from sessions_app.services.reviewing import closes_at

ONLINE = (Service.Platform.JITSI, Service.Platform.LINK)


def clients_of(session: Session) -> list[Client]:
    """Its client, or those who have a seat for good."""
    if session.client is not None:
        return [session.client]
    seated = Client.objects.filter(seats__session=session, seats__status=Seat.Status.TAKEN)
    return list(seated.select_related("user").distinct())


def begun_by_consultant(session: Session) -> None:
    """A line for who has a login. A guest who has not joined is mailed; the audience of a webinar had its reminders."""
    for client in clients_of(session):
        _line_for_client(session, client, _("Your session has begun"))
    guest = session.client
    if guest is None or guest.user is not None or guest.erased_at is not None or not session.client_told:
        return
    if not session.join_events.joined().filter(client=guest).exists():
        _mail_begun(session, guest)


def _mail_begun(session: Session, guest: Client) -> None:
    room = link_url(mint_link(session=session, client=guest))
    notifications.send_mail(
        template="session_begun",
        to=guest.email,
        to_name=guest.name,
        context=session_facts(session, client=guest, room_url=room),
        reply_to=session.consultant.user.email,
        on_behalf_of=session.consultant.user,
        dedupe_key=key_of("session_begun", session, "begun"),
        kind="session",
        useful_until=session.ends_at,
    )


def begun_by_itself(session: Session, there: set[Side]) -> None:
    """Tell the side that isn't there yet that the other is."""
    if Side.CONSULTANT not in there:
        line_for_consultant(session, _("Somebody waits for you in the meeting"), url=room_path(session))
    elif Side.CLIENT not in there:
        begun_by_consultant(session)


def how_did_it_go(session: Session, *, missing: str) -> None:
    """Ask the consultant once: a mail, and a line that leads to the buttons. ``missing``: whom the join log does not
    show (services.machine.Missing); the mail says so, and that silence gives everything back. Empty: it can't tell."""
    page = reverse("sessions:how", args=[session.pk])
    notifications.send_mail(
        template="session_how",
        to=session.consultant.user.email,
        to_name=session.consultant.display_name,
        context={
            **session_facts(session, client=None, room_url=""),
            "answer_url": settings.SITE_URL + page,
            "missing": missing,
        },
        dedupe_key=f"session_how:{session.pk.hex}",
    )
    line_for_consultant(session, _("How did it go?"), url=page)


def did_it_take_place(session: Session, *, missing: str) -> None:
    """Ask the client, where the join log does not show the consultant. Who is told nothing by mail is asked in the
    room."""
    client = session.client
    if client is None or client.erased_at is not None:
        return
    _line_for_client(session, client, _("Did it take place?"))
    if not session.client_told:
        return
    room = link_url(mint_link(session=session, client=client))
    notifications.send_mail(
        template="session_held",
        to=client.email,
        to_name=client.name,
        context={
            **session_facts(session, client=client, room_url=room),
            "answer_url": f"{room}?next=held",
            "missing": missing,
        },
        reply_to=session.consultant.user.email,
        on_behalf_of=session.consultant.user,
        dedupe_key=key_of("session_held", session, "asked"),
    )


def client_says_not_held(session: Session) -> None:
    """The consultant said that it was held, or may still say so."""
    page = "" if session.is_over else reverse("sessions:how", args=[session.pk])
    line_for_consultant(session, _("Your client says that it did not take place"), url=page)


def completed_by_itself(session: Session, *, answered: bool) -> None:
    line_for_consultant(
        session, _("Session completed") if answered else _("Counted as held, for nobody said otherwise")
    )


def line_for_consultant(session: Session, title: str, *, url: str = "") -> None:
    body = session.title
    if session.client is not None:
        body = _("%(client)s: %(title)s") % {"client": session.client.name, "title": session.title}
    notifications.notify(
        user=session.consultant.user,
        kind="session",
        title=title,
        body=body,
        moment=session.starts_at,
        url=url or reverse("sessions:desk", args=[session.pk]),
    )


def _line_for_client(session: Session, client: Client, title: str) -> None:
    if client.user is not None:
        notifications.notify(
            user=client.user,
            kind="session",
            title=title,
            body=_("%(title)s with %(consultant)s")
            % {"title": session.title, "consultant": session.consultant.display_name},
            moment=session.starts_at,
            url=room_path(session),
        )


def key_of(template: str, session: Session, once: str) -> str:
    """The same change of a session mails once."""
    return f"{template}:{session.pk.hex}:{once}"


def client_of_recorded(
    session: Session,
    template: str,
    title: str,
    *,
    once: str,
    calendar: Method | None = None,
    refund_paise: int = 0,
) -> None:
    """Mail the client of a recorded session, with a link of the mail's own; one with a login sees a line too."""
    client = session.client
    if client is None:
        return
    token = mint_link(session=session, client=client)
    notifications.send_mail(
        template=template,
        to=client.email,
        to_name=client.name,
        context={
            **recorded_facts(session, client, token, refund_paise=refund_paise),
            **mail_words.for_mail(template, session.consultant_id),
        },
        calendar=calendar_for(session, client, calendar, room_url=link_url(token)) if calendar else "",
        calendar_method=calendar or "",
        reply_to=session.consultant.user.email,
        on_behalf_of=session.consultant.user,
        dedupe_key=key_of(template, session, once),
    )
    _line_for_client(session, client, title)


def consultant_of_recorded(
    session: Session,
    template: str,
    title: str,
    *,
    once: str,
    calendar: Method,
    refund_paise: int = 0,
    old_starts_at: datetime | None = None,
) -> None:
    """Mail the consultant of a recorded session what somebody else has done with it, and put a line on screen. Who is
    suspended has no desk to be led to."""
    consultant, client = session.consultant, session.client
    if client is None:
        return
    room = settings.SITE_URL + room_path(session)
    desk = settings.SITE_URL + reverse("sessions:desk", args=[session.pk])
    notifications.send_mail(
        template=template,
        to=consultant.user.email,
        to_name=consultant.display_name,
        context={
            **session_facts(session, client=None, room_url=room),
            "recorded": True,
            "reference": session.reference or "",
            "client_email": client.email,
            "client_phone": client.phone,
            "total_paise": session.total_paise,
            "paid_paise": session.paid_paise - session.refunded_paise,
            "refund_paise": refund_paise,
            "reason": session.cancel_reason,
            "old_starts_at": iso(old_starts_at) if old_starts_at else "",
            "dashboard_url": desk if consultant.is_approved else "",
        },
        calendar=calendar_for(session, None, calendar, room_url=room),
        calendar_method=calendar,
        reply_to=client.email,
        dedupe_key=key_of(template, session, once),
    )
    line_for_consultant(session, title)


def recorded_facts(session: Session, client: Client, token: str, *, refund_paise: int = 0) -> dict[str, Any]:
    """What a mail says of a recorded session to its client: with its money (paise), and where to pay."""
    room = link_url(token)
    return {
        **session_facts(session, client=client, room_url=room),
        "recorded": True,
        "reference": session.reference or "",
        "total_paise": session.total_paise,
        "paid_paise": session.paid_paise - session.refunded_paise,
        "balance_paise": session.balance_paise,
        "refund_paise": refund_paise,
        "reason": session.cancel_reason,
        "manage_url": room,
        **_terms_facts(session, room),
        "pay_url": settings.SITE_URL + reverse("sessions:pay", args=[token]) if session.payable_paise else "",
        **over_facts(session, room),
    }


def _terms_facts(session: Session, room_url: str) -> dict[str, Any]:
    """On which terms its client may move or cancel it, and where; for one that is still to come."""
    said = terms.all_in_words(session, db_now())
    return {"terms": said, "change_url": f"{room_url}?next=manage" if said else ""}


def over_facts(session: Session, room_url: str) -> dict[str, Any]:
    """What is told once a session is over. The link that lets in leads on to the review, while one can be given."""
    notes = getattr(session, "notes", None)
    rate_url = f"{room_url}?next=review" if db_now() <= closes_at(session) else ""
    return {"summary": notes.summary if notes else "", "rate_url": rate_url, "room_url": room_url}


def calendar_for(session: Session, client: Client | None, method: Method, *, room_url: str, uid: str = "") -> str:
    """The session as a file for the client's calendar, or for the consultant's when that is None. ``uid`` is the
    event's name where the session came of something that has told of it already."""
    consultant = session.consultant
    facts = session_facts(session, client=client, room_url=room_url)
    title = _("%(title)s with %(who)s") % {"title": session.title, "who": consultant.display_name}
    attendee = Person(client.name, client.email) if client else Person(consultant.display_name, consultant.user.email)
    if client is None:
        title = session.title
        if session.client is not None:
            title = _("%(title)s with %(who)s") % {"title": session.title, "who": session.client.name}
    entry = Entry(
        uid=uid or event_uid("session", session.pk),
        sequence=session.sequence,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        title=title,
        description=_("The session’s page: %(url)s") % {"url": room_url},
        location=facts["place"] or (room_url if session.platform in ONLINE else facts["place_label"]),
        url=room_url,
        organizer=sent_for(consultant.display_name),
        attendee=attendee,
    )
    return calendar_file(entry, method, now=timezone.now())
