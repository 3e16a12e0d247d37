"""Reminders: rows that follow their session, each sent once.

:func:`plan` makes the rows of a session say what its time and its consultant's terms say now. It is called wherever one
of them changes, and may be called again: what is right stays. :func:`send_due` takes the rows whose time has come; the
claim, the mail and the line on screen are one transaction, so a worker that dies leaves either all of them or a row
that still waits. Quiet hours are asked before the claim: they put the row off, and all is asked again when they end.

The order of locks is the session first, its reminders after.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from clients.models import Client
from consultants.models import BookingPolicy, Consultant, usual_reminders
from consultants.services import mail_words
from naksha.db import db_now
from notifications.services import mail_waits_until, notify, send_mail, withdraw_mails
from sessions_app import origin
from sessions_app.access import mint_link
from sessions_app.facts import link_url, room_path, session_facts
from sessions_app.models import Reminder, Seat, Session, Side

log = structlog.get_logger(__name__)
S = Reminder.Status
Reader = tuple[str, UUID | None]  # side, client


@transaction.atomic
def plan(session: Session, *, client: Client | None = None) -> None:
    """Let the reminders of ``session`` follow its time, its state and the terms; with ``client``, only theirs.

    Those whose time has passed already are not made. One that was sent waits again when the session has moved and its
    new time is to come. One that nobody is to get any more is dropped.
    """
    session = Session.objects.select_for_update(no_key=True).get(pk=session.pk)
    rows = Reminder.objects.select_for_update().filter(session=session)
    if client is not None:
        rows = rows.filter(client=client)
    there = {((row.side, row.client_id), row.minutes_before): row for row in rows}
    wanted = _wanted(session, client)
    now = db_now()
    _unsay(row for row in there.values() if row.due_at != _due_at(session, row.minutes_before))
    changed = [row for key, row in there.items() if _follows(row, wanted.get(key), now)]
    Reminder.objects.bulk_update(changed, ["due_at", "put_off_until", "status", "sent_at", "updated_at"])
    Reminder.objects.bulk_create(
        Reminder(session=session, side=side, client_id=client_id, minutes_before=minutes, due_at=due_at)
        for ((side, client_id), minutes), due_at in wanted.items()
        if ((side, client_id), minutes) not in there and due_at > now
    )


def plan_all(consultant: Consultant) -> None:
    """The times of the terms have changed: let every session to come follow, in the caller's transaction.

    A session that is being booked in that same moment keeps the times from before.
    """
    for session in Session.objects.filter(
        consultant=consultant, status=Session.Status.CONFIRMED, starts_at__gt=db_now()
    ).order_by("pk"):
        plan(session)


def drop(session_id: UUID, *, client_id: UUID | None = None) -> None:
    """Nobody is reminded of this session any more; with ``client_id``, only that client isn't."""
    rows = Reminder.objects.filter(session_id=session_id, status=S.WAITING)
    if client_id is not None:
        rows = rows.filter(client_id=client_id)
    rows.update(status=S.DROPPED, updated_at=db_now())


def take_back(session_id: UUID, *, client_id: UUID | None = None) -> None:
    """As :func:`drop`, where it does not take place, or not for that client: nor is anybody told later who should have
    been told by now."""
    drop(session_id, client_id=client_id)
    sent = Reminder.objects.filter(session_id=session_id, status=S.SENT)
    _unsay(sent if client_id is None else sent.filter(client_id=client_id))


def _unsay(rows: Iterable[Reminder]) -> None:
    """Take back what was written of a time that is not the session's any more and, with a mail server that hangs, has
    not gone out."""
    if keys := [_key(row) for row in rows if row.status == S.SENT]:
        withdraw_mails(dedupe_keys=keys)


def send_due(*, limit: int = 500) -> int:
    """Send the reminders whose time has come, each in a transaction of its own. Returns how many were sent.

    One that fails is logged and met again at the next round.
    """
    due = Reminder.objects.filter(_due(db_now())).order_by("due_at")
    return sum(_tried(pk) for pk in list(due.values_list("pk", flat=True)[:limit]))


def _due(now: datetime) -> Q:
    return Q(status=S.WAITING, due_at__lte=now) & (Q(put_off_until=None) | Q(put_off_until__lte=now))


def _tried(reminder_id: UUID) -> bool:
    try:
        return send(reminder_id)
    except Exception:
        log.exception("reminder_failed", reminder=str(reminder_id))
        return False


@transaction.atomic
def send(reminder_id: UUID) -> bool:
    """Send a reminder if it is due and nobody else did. False when it was not sent: it may have been dropped.

    Late is better than never, for the words are those of the moment; but a session that has begun needs no reminder,
    and of two that are late for one reader only the nearer one is sent.
    """
    found = Reminder.objects.filter(pk=reminder_id).values_list("session_id", flat=True).first()
    if found is None:
        return False
    session = (
        Session.objects.select_for_update(of=("self",), no_key=True)
        .select_related("consultant__user", "client__user")
        .get(pk=found)
    )
    now = db_now()
    if _put_off(reminder_id, session, now) or not _claim(reminder_id, now):
        return False
    reminder = Reminder.objects.select_related("client__user").get(pk=reminder_id)
    if not _is_worth_sending(reminder, session, now):
        Reminder.objects.filter(pk=reminder_id).update(status=S.DROPPED, sent_at=None, updated_at=now)
        return False
    if reminder.client is None:
        _tell_consultant(reminder, session)
    else:
        _tell_client(reminder, session, reminder.client)
    return True


def _put_off(reminder_id: UUID, session: Session, now: datetime) -> bool:
    """Whether its reader's quiet hours run, and it waits for their end instead of being sent. One that would come too
    late by then doesn't wait."""
    due = Reminder.objects.filter(_due(now), pk=reminder_id)
    reminder = due.select_related("client").first()
    if reminder is None:
        return False
    address = reminder.client.email if reminder.client else session.consultant.user.email
    until = mail_waits_until(address, now, useful_until=session.starts_at)
    return bool(until and due.update(put_off_until=until, updated_at=now))


def _claim(reminder_id: UUID, now: datetime) -> bool:
    """Whether it was ours to send: the row says so to one worker alone."""
    waiting = Reminder.objects.filter(_due(now), pk=reminder_id)
    return bool(waiting.update(status=S.SENT, sent_at=now, updated_at=now))


def _is_worth_sending(reminder: Reminder, session: Session, now: datetime) -> bool:
    if session.status != Session.Status.CONFIRMED or session.starts_at <= now:
        return False
    nearer = Reminder.objects.filter(
        session=session,
        side=reminder.side,
        client=reminder.client,
        status__in=[S.WAITING, S.SENT],
        due_at__lte=now,
        minutes_before__lt=reminder.minutes_before,
    )
    return not nearer.exists()


def _tell_client(reminder: Reminder, session: Session, client: Client) -> None:
    room_url = link_url(mint_link(session=session, client=client))
    facts = origin.room_facts(session, client)
    can_manage = facts.manage_url or facts.can_cancel
    send_mail(
        template="reminder_client",
        to=client.email,
        to_name=client.name,
        context={
            **session_facts(session, client=client, room_url=room_url),
            "manage_url": f"{room_url}?next=manage" if can_manage else "",
            **mail_words.for_mail("reminder_client", session.consultant_id),
        },
        reply_to=session.consultant.user.email,
        on_behalf_of=session.consultant.user,
        dedupe_key=_key(reminder),
        kind="session",
        useful_until=session.starts_at,
    )
    if client.user is not None:
        who = {"title": session.title, "who": session.consultant.display_name}
        notify(
            user=client.user,
            kind="session",
            title=_("Reminder of a session"),
            body=_("%(title)s with %(who)s") % who,
            moment=session.starts_at,
            url=room_path(session),
        )


def _tell_consultant(reminder: Reminder, session: Session) -> None:
    consultant = session.consultant
    send_mail(
        template="reminder_consultant",
        to=consultant.user.email,
        to_name=consultant.display_name,
        context=session_facts(session, client=None, room_url=settings.SITE_URL + room_path(session)),
        reply_to=session.client.email if session.client else "",
        dedupe_key=_key(reminder),
        kind="session",
        useful_until=session.starts_at,
    )
    body = _("%(title)s with %(who)s") % {"title": session.title, "who": session.client.name} if session.client else ""
    notify(
        user=consultant.user,
        kind="session",
        title=_("Reminder of a session"),
        body=body or session.title,
        moment=session.starts_at,
        url=room_path(session),
    )


def _key(reminder: Reminder) -> str:
    """One mail for each reminder and each time that it was due at: a moved session reminds again."""
    return f"reminder:{reminder.pk.hex}:{int(reminder.due_at.timestamp())}"


def _wanted(session: Session, client: Client | None) -> dict[tuple[Reader, int], datetime]:
    """When each reader is to be reminded of ``session``; nothing for one that isn't to come."""
    if session.status != Session.Status.CONFIRMED:
        return {}
    policy = BookingPolicy.objects.filter(consultant_id=session.consultant_id).first()
    times = policy.reminder_minutes if policy else usual_reminders()
    return {
        (reader, minutes): _due_at(session, minutes) for reader in _readers(session, client) for minutes in set(times)
    }


def _due_at(session: Session, minutes: int) -> datetime:
    return session.starts_at - timedelta(minutes=minutes)


def _readers(session: Session, client: Client | None) -> Iterable[Reader]:
    if client is None:
        yield Side.CONSULTANT.value, None
    if not session.is_webinar:
        if session.client_told:
            yield Side.CLIENT.value, session.client_id
        return
    seats = Seat.objects.filter(session=session, status=Seat.Status.TAKEN)
    if client is not None:
        seats = seats.filter(client=client)
    for client_id in seats.values_list("client_id", flat=True):
        yield Side.CLIENT.value, client_id


def _follows(row: Reminder, due_at: datetime | None, now: datetime) -> bool:
    """Move ``row`` (unsaved) to ``due_at``, None where nobody wants it. Whether anything about it has changed."""
    before = row.status, row.due_at
    if due_at is None:
        if row.status == S.WAITING:
            row.status = S.DROPPED
    elif due_at > now and (row.due_at != due_at or row.status == S.DROPPED):
        row.status, row.due_at, row.put_off_until, row.sent_at = S.WAITING, due_at, None, None
    elif row.due_at != due_at and row.status == S.WAITING:
        row.status = S.DROPPED  # moved so near that its time is over
    if (row.status, row.due_at) == before:
        return False
    row.updated_at = now
    return True
