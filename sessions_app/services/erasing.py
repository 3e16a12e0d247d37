"""The words of an erased client in chats: gone or redacted, as changes that open chats are told of."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from naksha.db import db_now
from naksha.personal import Identity
from sessions_app.models import Attachment, Conversation, Member, Message, MessageTrace

AT_ONCE = 500  # rows in one statement
LONGEST_NAME = Attachment._meta.get_field("original_name").max_length


def erase_words(*, clients: Collection[UUID], identity: Identity) -> list[str]:
    """Empty what ``clients`` wrote, and redact what was written to them, in the caller's transaction. Returns the names
    of the files that were sent.

    Each message that changes takes the next version of its conversation, as an edit does, so that whoever has the chat
    open, or comes back to it, is given it anew. No session's row may be locked after this.
    """
    places = Member.objects.filter(client__in=clients)
    talks = {
        talk.pk: talk
        for talk in Conversation.objects.select_for_update().filter(pk__in=places.values("conversation")).order_by("pk")
    }
    places.update(digest_due_at=None)  # under the lock that a new message takes
    theirs = Message.objects.filter(member__in=places)
    files = list(Attachment.objects.filter(message__in=theirs).values_list("file", flat=True))
    Attachment.objects.filter(message__in=theirs).delete()
    MessageTrace.objects.filter(message__in=theirs).delete()
    renamed: dict[UUID, list[Attachment]] = {}  # files that others sent to them, under their name
    for file in Attachment.objects.filter(conversation__in=talks).only("original_name", "message"):
        if (name := identity.redact(file.original_name)[:LONGEST_NAME]) != file.original_name:
            file.original_name = name
            renamed.setdefault(file.message_id, []).append(file)
    mine, now = set(places.values_list("pk", flat=True)), db_now()
    changed = []
    said = Message.objects.filter(conversation__in=talks).order_by("conversation", "sequence")
    for message in said.iterator(chunk_size=AT_ONCE):
        if message.member_id in mine:
            message.body, message.deleted_at = "", message.deleted_at or now
        elif (redacted := identity.redact(message.body)) != message.body or message.pk in renamed:
            message.body = redacted
        else:
            continue
        talk = talks[message.conversation_id]
        talk.last_version += 1
        message.version, message.updated_at = talk.last_version, now
        changed.append(message)
    Message.objects.bulk_update(changed, ["body", "deleted_at", "version", "updated_at"], batch_size=AT_ONCE)
    Attachment.objects.bulk_update(
        [file for files_of_one in renamed.values() for file in files_of_one], ["original_name"], batch_size=AT_ONCE
    )
    Conversation.objects.bulk_update(talks.values(), ["last_version"], batch_size=AT_ONCE)
    return [name for name in files if name]
