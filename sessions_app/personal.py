"""What this app knows of a client: as they may take it along, and how it is erased."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import Q

from naksha.personal import Identity, redact_rows
from notifications.personal import Told
from sessions_app.models import (
    Attachment,
    JoinEvent,
    Member,
    Message,
    MessageTrace,
    Reminder,
    Review,
    Session,
    SessionLink,
    SessionNotes,
    Upload,
)
from sessions_app.rooms import room_path
from sessions_app.services.erasing import erase_words
from sessions_app.services.reviewing import line_path

FORMER = "A former client"


def _sessions(clients: Collection[UUID]) -> Q:
    return Q(client__in=clients) | Q(seats__client__in=clients, seats__status="taken")


def export(clients: Collection[UUID]) -> dict[str, Any]:
    """Sessions with what was written in them, to them and by them. Another participant of a webinar is not named."""
    sessions = Session.objects.filter(_sessions(clients)).distinct().order_by("starts_at")
    messages = (
        Message.objects.filter(conversation__members__client__in=clients, deleted_at__isnull=True)
        .filter(Q(member__client__in=clients) | Q(member__side="consultant") | Q(kind=Message.Kind.SYSTEM))
        .distinct()
        .order_by("sent_at", "sequence")
        .select_related("member", "conversation__session")
        .prefetch_related("attachments")
    )
    mine = set(clients)
    return {
        "sessions": list(
            sessions.values(
                "title",
                "consultant__display_name",
                "kind",
                "status",
                "starts_at",
                "ends_at",
                "platform",
                "cancel_reason",
            )
        ),
        "summaries": list(
            SessionNotes.objects.filter(session__in=sessions.order_by().values("pk"))
            .exclude(shared="", summary="")
            .order_by("session__starts_at")
            .values("session__title", "session__starts_at", "shared", "summary")
        ),
        "messages": [
            {
                "session": message.conversation.session.title,
                "sent_at": message.sent_at,
                "by_you": message.member is not None and message.member.client_id in mine,
                "text": message.body,
                "files": [one.original_name for one in message.attachments.all()],
            }
            for message in messages
        ],
        "reviews": list(
            Review.objects.filter(client__in=clients).values(
                "consultant__display_name", "reviewed_at", "rating", "comment", "author_name", "reply", "replied_at"
            )
        ),
        "when_you_came": list(
            JoinEvent.objects.filter(client__in=clients).order_by("at").values("session__title", "kind", "at")
        ),
    }


def files_of(clients: Collection[UUID]) -> list[Attachment]:
    """The files that were sent in the sessions of ``clients``, by them or to them."""
    theirs = Q(message__member__client__in=clients) | Q(
        message__conversation__members__client__in=clients, message__member__side="consultant"
    )
    return list(Attachment.objects.filter(theirs, message__deleted_at__isnull=True).distinct().order_by("pk"))


def told_of(clients: Collection[UUID]) -> Told:
    """What mails and lines told others of ``clients``: their reviews, what they wrote in chats, and that somebody was
    asked how it went."""
    reviews = list(Review.objects.filter(client__in=clients).values_list("pk", flat=True))
    talks = Message.objects.filter(member__client__in=clients).values("conversation")
    readers = Member.objects.filter(conversation__in=talks).exclude(client__in=clients)
    return Told(
        quoting=[
            *(f"review_received:{pk.hex}" for pk in reviews),
            *(f"unread:{pk.hex}:" for pk in readers.values_list("pk", flat=True)),
        ],
        naming=[
            f"session_how:{pk.hex}" for pk in Session.objects.filter(client__in=clients).values_list("pk", flat=True)
        ],
        lines=[line_path(pk) for pk in reviews],
        chats=[room_path(pk) for pk in talks.values_list("conversation__session", flat=True).distinct()],
    )


def erase(*, clients: Collection[UUID], identity: Identity) -> list[str]:
    """Erase what ``clients`` wrote and what was written of them. Returns the names of files, to be deleted once this is
    committed.

    Their words and files go. What the consultant wrote and sent stays without their name. A rating stays, as a former
    client's, without its words: the consultant's average is made of it.
    """
    SessionNotes.objects.filter(session__client__in=clients).update(shared="", summary="")
    redact_rows(SessionNotes.objects.filter(session__client__in=clients), identity, "private")
    of_many = Session.objects.filter(seats__client__in=clients)  # webinars: their notes are others' too
    redact_rows(SessionNotes.objects.filter(session__in=of_many), identity, "private", "shared", "summary")
    redact_rows(Session.objects.filter(client__in=clients), identity, "title", "place")
    Session.objects.filter(client__in=clients).update(cancel_reason="")
    reviews = Review.objects.filter(client__in=clients)
    reviews.update(author_name=FORMER, comment="", reply="", replied_at=None)
    redact_rows(reviews, identity, "hidden_reason")
    SessionLink.objects.filter(client__in=clients).delete()
    Reminder.objects.filter(client__in=clients).delete()
    files = erase_words(clients=clients, identity=identity)  # after the sessions' rows: they are locked first
    traces = MessageTrace.objects.filter(message__conversation__members__client__in=clients)
    redact_rows(traces.exclude(body=""), identity, "body")
    waiting = Upload.objects.filter(owner__client_records__in=clients)
    files += waiting.values_list("file", flat=True)
    Upload.objects.filter(pk__in=list(waiting.values_list("pk", flat=True))).delete()
    return files
