"""The chat of a session: every change of a conversation, each in one short transaction.

The conversation's row is locked first and by one statement, which also gives the next numbers; so versions have no
gap, and who asks for what came after one misses nothing. Whom a message reaches is asked in the same transaction.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, UUIDField
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from clients.models import Client
from consultants.models import Consultant
from naksha.db import db_now, db_now_sql, give_back_connection
from naksha.kept import Kept, Param, all_but
from naksha.kept_insert import Fresh, KeptInsert
from naksha.prepared import prepared_cursor
from naksha.web import limits
from sessions_app.access import CLIENT, LOGIN, Visitor
from sessions_app.chat_files import MOST_FILES, ChatFile, read_files
from sessions_app.chat_view import as_frame, member_name
from sessions_app.errors import ChatClosed, FileRefused, MessageRefused, NotInChat, TooLateToChange, TooManyMessages
from sessions_app.members import conversation_of as conversation_of
from sessions_app.members import join_member as join_member
from sessions_app.models import Attachment, Conversation, Member, Message, MessageTrace, Seat, Session, Side
from sessions_app.services import chat_news, uploading

MOST_LETTERS = 4000
CHANGE_MINUTES = 15
OPEN_DAYS = 30  # after the session
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


@dataclass
class Sent:
    """What became of a message: its row, and whether this call wrote it."""

    message: Message
    is_new: bool
    to: list[UUID] = field(default_factory=list)
    files: list[Attachment] | None = None  # None: they are asked for

    @cached_property
    def frame(self) -> dict[str, Any]:
        """The message as devices get it, drawn once for its sender and its readers."""
        return as_frame(self.message, self.files)

    @cached_property
    def text(self) -> str:
        """The same as JSON, written once."""
        return json.dumps(self.frame, separators=(",", ":"))


def open_until(session: Session) -> datetime | None:
    """When its chat closes; None while the session is still to come or going on."""
    if not session.is_over:
        return None
    return (session.ended_at or session.cancelled_at or session.ends_at) + timedelta(days=OPEN_DAYS)


def is_open(session: Session, now: datetime) -> bool:
    until = open_until(session)
    return session.status != Session.Status.ABANDONED and (until is None or now < until)


def _at_work() -> QuerySet[Consultant]:
    return Consultant.objects.filter(status=Consultant.Status.APPROVED, user__is_active=True)


def entitled(conversation_id: UUID | Param) -> QuerySet[Member]:
    """The members who may read along now, as the database says."""
    seat = Seat.objects.filter(
        session=OuterRef("conversation__session"), client=OuterRef("client"), status=Seat.Status.TAKEN
    )
    return Member.objects.filter(
        Q(side=Side.CONSULTANT, conversation__session__consultant__in=_at_work())
        | Q(client=F("conversation__session__client"))
        | Q(Exists(seat), conversation__session__kind=Session.Kind.WEBINAR),
        conversation=conversation_id,
        client__erased_at=None,
    )


_READERS = Kept(
    lambda: chat_news.with_logins(entitled(Param("conversation", UUIDField()))).defer(
        *all_but(Member, "conversation", "side", "client", "last_seen_at", "digest_due_at"),
        *all_but(Client, *CLIENT, of="client"),
        *all_but(User, *LOGIN, of="client__user"),
    )
)
_NEW, _CONVERSATION = KeptInsert(Message), Fresh(Conversation)


def post(
    *,
    visitor: Visitor,
    client_message_id: UUID,
    body: str,
    files: Sequence[UploadedFile] = (),
    uploads: Sequence[UUID] = (),
) -> Sent:
    """Write a message of at most 4,000 letters and 5 files. ``client_message_id`` was made by the sender's device:
    the same one again finds the first message and writes nothing, also when both come at once. ``uploads`` are files
    that the visitor has sent ahead.

    Raises MessageRefused, FileRefused, TooManyMessages, ChatClosed, or NotInChat.
    """
    words = tidy(body)
    if not words and not files and not uploads:
        raise MessageRefused
    if len(files) + len(uploads) > MOST_FILES:
        raise FileRefused(_("Send at most %(most)d files with one message.") % {"most": MOST_FILES})
    if uploads and (sent := _sent_before(visitor, client_message_id)) is not None:
        return sent  # it has taken its files already
    if not is_open(visitor.session, timezone.now()):
        raise ChatClosed
    _check_pace(visitor)
    looked_into: list[ChatFile] = []
    if files:
        give_back_connection()  # pictures take their time
        looked_into = read_files(files)
    try:
        try:
            return _write(visitor, client_message_id, words, looked_into, uploads=uploads)
        except NotInChat:
            join_member(visitor)  # who writes before they have ever looked
            return _write(visitor, client_message_id, words, looked_into, uploads=uploads)
    except (IntegrityError, FileRefused):
        sent = _sent_before(visitor, client_message_id)
        if sent is None:
            raise
        return sent


def _sent_before(visitor: Visitor, client_message_id: UUID) -> Sent | None:
    member = join_member(visitor)
    first = Message.objects.filter(member=member, client_message_id=client_message_id).first()
    if first is None:
        return None
    first.conversation, first.member = member.conversation, member
    return Sent(first, False)


def tidy(body: str) -> str:
    """What was typed, without what can't be seen: control signs, and those that turn the line around.

    Raises MessageRefused when it is too long.
    """
    if (
        len(body) > 4 * MOST_LETTERS
        or len(words := _CONTROL.sub("", body.replace("\r\n", "\n")).strip()) > MOST_LETTERS
    ):
        raise MessageRefused(_("A message can have 4,000 letters. Send the rest in a second one, or as a file."))
    return words


def _check_pace(visitor: Visitor) -> None:
    """What one person sends and edits in all their chats, in any minute: a guest is known by the mail address that let
    them in."""
    client = visitor.client
    login = visitor.session.consultant.user_id if client is None else client.user_id
    person = login or (client.email.strip().lower() if client else "")
    pace = limits.pace(key=f"chat:{person}", limit=settings.CHAT_MESSAGES_A_MINUTE, seconds=60)
    if not pace.allowed:
        raise TooManyMessages(pace.retry_after)


def _write(
    visitor: Visitor, client_message_id: UUID, words: str, files: Sequence[ChatFile], *, uploads: Sequence[UUID]
) -> Sent:
    """Raises NotInChat where the visitor is none of those who may read along now."""
    stored: list[Attachment] = []
    try:
        with transaction.atomic():
            message = _next_message(_CONVERSATION.new(session=visitor.session), by="session_id")
            readers = _READERS.all(conversation=message.conversation_id)
            who = visitor.side, visitor.client.pk if visitor.client else None
            member = next((reader for reader in readers if (reader.side, reader.client_id) == who), None)
            if member is None:
                raise NotInChat
            member.conversation = message.conversation
            message.member, message.client_message_id, message.body = member, client_message_id, words
            _NEW.write(message)
            for position, file in enumerate(files):
                attachment = Attachment(
                    message=message,
                    original_name=file.name,
                    content_type=file.content_type,
                    size=file.size,
                    position=position,
                )
                stored.append(attachment)
                attachment.file.save(f"{attachment.pk.hex}.bin", file.content, save=False)
                attachment.save(force_insert=True)
            taken = (
                uploading.take_over(uploads, owner=visitor.user, message=message, first=len(files)) if uploads else []
            )
            chat_news.tell_others(message, member_name(member, visitor.session), readers)
            to = [reader.pk for reader in readers]
            sent = Sent(message, True, to, [*stored, *taken])
            transaction.on_commit(lambda: chat_news.carry(message, to, sent.text))
            return sent
    except BaseException:
        for attachment in stored:
            if attachment.file:
                attachment.file.delete(save=False)
        raise


def _next_message(conversation: Conversation, *, by: str = "id") -> Message:
    """A message (unsaved) with the next numbers of ``conversation``, which stays locked until the transaction ends.
    ``by`` is as for :func:`_count_up`."""
    clock, told = db_now_sql()
    now = [connection.ops.adapt_datetimefield_value(moment) for moment in told]
    at = _count_up(conversation, f", last_sequence = last_sequence + 1, last_message_at = {clock}", now, by=by)
    conversation.last_message_at = told[0] if told else at
    return _NEW.new(
        conversation=conversation,
        sequence=conversation.last_sequence,
        version=conversation.last_version,
        sent_at=conversation.last_message_at,
    )


def _count_up(conversation: Conversation, also: str = "", values: Sequence[Any] = (), *, by: str = "id") -> datetime:
    """Lock the conversation and take its next version. Returns when its last message came.

    ``by`` is the column by which it is found: by its ``session_id`` nothing has to be known of it before.
    Raises NotInChat where nobody has joined it yet.
    """
    row = Conversation._meta.pk.get_db_prep_value(getattr(conversation, by), connection)
    with prepared_cursor() as cursor:
        cursor.execute(
            f"UPDATE {Conversation._meta.db_table} SET last_version = last_version + 1{also}"  # noqa: S608  ours
            f" WHERE {by} = %s RETURNING id, last_sequence, last_version, last_message_at",
            [*values, row],
        )
        found = cursor.fetchone()
    if found is None:
        raise NotInChat
    conversation.pk = Conversation._meta.pk.to_python(found[0])
    _id, conversation.last_sequence, conversation.last_version, at = found
    return at


def post_system(*, session: Session, words: str) -> Message:
    """Write down what happened, for everybody in the room to read ("The session was moved to …"), in the caller's
    transaction. The session's row must not be locked after this."""
    with transaction.atomic():
        conversation = conversation_of(session)
        conversation.session = session
        message = _next_message(conversation)
        message.kind, message.body = Message.Kind.SYSTEM, words[:MOST_LETTERS]
        message.save(force_insert=True)
        to = list(entitled(conversation.pk).values_list("pk", flat=True))
        transaction.on_commit(partial(chat_news.announce, message, to, []))
    return message


def edit(*, visitor: Visitor, message_id: UUID, body: str) -> Message:
    """Change one's own words within 15 minutes; what they were is kept in a trace.

    Raises Message.DoesNotExist, TooLateToChange, MessageRefused, TooManyMessages, ChatClosed.
    """
    words = tidy(body)
    _check_pace(visitor)
    with transaction.atomic():
        message, trace = _to_change(visitor, message_id)
        if not words and not message.attachments.exists():
            raise MessageRefused
        if message.body == words:
            transaction.set_rollback(True)  # no version is taken for nothing
            return message
        trace.save(force_insert=True)
        message.body, message.edited_at = words, db_now()
        _announce_change(message)
    return message


def delete(*, visitor: Visitor, message_id: UUID) -> Message:
    """Take one's own words back within 15 minutes: they leave the row, and their trace keeps them.

    Raises Message.DoesNotExist, TooLateToChange, ChatClosed.
    """
    with transaction.atomic():
        message, trace = _to_change(visitor, message_id)
        trace.deleted = True
        trace.save(force_insert=True)
        message.body, message.deleted_at = "", db_now()
        _announce_change(message)
    return message


def _to_change(visitor: Visitor, message_id: UUID) -> tuple[Message, MessageTrace]:
    """The visitor's own message, its conversation locked, and the trace (unsaved) of what it says now."""
    member = join_member(visitor)
    if not is_open(visitor.session, timezone.now()):
        raise ChatClosed
    _count_up(member.conversation)
    message = Message.objects.get(pk=message_id, member=member, deleted_at__isnull=True)
    if db_now() > message.sent_at + timedelta(minutes=CHANGE_MINUTES):
        raise TooLateToChange
    message.conversation, message.member = member.conversation, member
    message.version = member.conversation.last_version
    return message, MessageTrace(message=message, body=message.body, by=visitor.user)


def _announce_change(message: Message) -> None:
    message.save(update_fields=["body", "edited_at", "deleted_at", "version", "updated_at"])
    files = [] if message.deleted_at else list(message.attachments.all())
    to = list(entitled(message.conversation_id).values_list("pk", flat=True))
    transaction.on_commit(partial(chat_news.announce, message, to, files))


def unread_by(member: Member, *, after: int) -> QuerySet[Message]:
    """What others have written to ``member`` after the sequence ``after`` and not taken back."""
    return unread(member.pk, member.conversation_id, after=after)


def unread(member: UUID | OuterRef, conversation: UUID | OuterRef, *, after: int | OuterRef) -> QuerySet[Message]:
    """The same of a member and a conversation that the row around it names."""
    return Message.objects.filter(
        ~Q(member=member), conversation=conversation, sequence__gt=after, kind=Message.Kind.TEXT, deleted_at=None
    )


def mark_read(*, visitor: Visitor, sequence: int) -> Member:
    """The visitor has read up to ``sequence``. What they had read before stays read; what isn't there can't be."""
    member = join_member(visitor)
    if sequence <= member.last_read_sequence:
        return member
    with transaction.atomic():
        # Under the conversation's lock: a message that comes meanwhile finds no mail waiting, and lets one wait.
        conversation = Conversation.objects.select_for_update().get(pk=member.conversation_id)
        read = min(sequence, conversation.last_sequence)
        now = db_now()
        all_read = read == conversation.last_sequence or not unread_by(member, after=read).exists()
        no_mail: dict[str, Any] = {"digest_due_at": None} if all_read else {}
        if not Member.objects.filter(pk=member.pk, last_read_sequence__lt=read).update(
            last_read_sequence=read, last_read_at=now, updated_at=now, **no_mail
        ):
            return member
        member.last_read_sequence, member.last_read_at = read, now
        chat_news.forget_line(visitor)
        chat_news.tell_read(member)
    return member
