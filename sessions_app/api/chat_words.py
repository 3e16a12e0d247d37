"""Conversations and messages as the contract words them. A conversation is the chat of a session and has its id."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from rest_framework import serializers

from naksha.api.fields import Enum
from naksha.api.serializers import Instant, Serializer
from naksha.times import iso
from sessions_app.chat_files import MOST_FILES
from sessions_app.chat_view import member_name
from sessions_app.models import Attachment, Message, Session, Side, Upload
from sessions_app.services.chatting import MOST_LETTERS


class ChatSender(Serializer):
    side = Enum(Side)
    name = serializers.CharField()
    is_me = serializers.BooleanField()


class ChatAttachment(Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    content_type = serializers.CharField()
    size_bytes = serializers.IntegerField()
    url = serializers.CharField(help_text="A path of this API: GET it with the access token.")


class ChatMessage(Serializer):
    id = serializers.UUIDField()
    conversation_id = serializers.UUIDField()
    sequence = serializers.IntegerField(help_text="Its place in the conversation, from 1.")
    kind = Enum(Message.Kind, help_text="SYSTEM: what happened to the session; it has no sender.")
    body = serializers.CharField()
    sender = ChatSender(allow_null=True)
    client_message_id = serializers.UUIDField(allow_null=True)
    sent_at = Instant()
    edited_at = Instant(allow_null=True)
    is_deleted = serializers.BooleanField(help_text="Taken back: the words and files are gone.")
    attachments = ChatAttachment(many=True)


class ChatHistory(Serializer):
    """Messages in the order of their sequence."""

    messages = ChatMessage(many=True)
    has_more = serializers.BooleanField(help_text="Whether there are earlier ones.")
    before = serializers.IntegerField(allow_null=True, help_text="What to ask for next, while there are.")


class ChatConversation(Serializer):
    id = serializers.UUIDField(help_text="The session's.")
    session_id = serializers.UUIDField()
    title = serializers.CharField()
    starts_at = Instant()
    with_ = serializers.CharField(help_text="Whom one talks with; empty for the consultant of a webinar.")
    is_open = serializers.BooleanField(help_text="Whether it can be written in.")
    closes_at = Instant(allow_null=True, help_text="Thirty days after the session.")
    unread_count = serializers.IntegerField(help_text="What others have written since, and not taken back.")
    read_up_to = serializers.IntegerField(help_text="The sequence up to which this login has read.")
    last_sequence = serializers.IntegerField()
    last_message = ChatMessage(allow_null=True)

    def get_fields(self) -> dict[str, Any]:
        return {name.rstrip("_"): field for name, field in super().get_fields().items()}


class NewConversation(Serializer):
    session_id = serializers.UUIDField()


class SessionMessage(Serializer):
    """What a device sends. The same ``clientMessageId`` again finds the first message."""

    client_message_id = serializers.UUIDField(help_text="Made by the device, the same for each try.")
    body = serializers.CharField(required=False, allow_blank=True, default="", max_length=4 * MOST_LETTERS)
    attachments = serializers.ListField(
        child=serializers.UUIDField(), required=False, default=list, max_length=MOST_FILES, help_text="Ids of uploads."
    )


class NewMessage(SessionMessage):
    conversation_id = serializers.UUIDField(help_text="The session's id.")


class ReadUpTo(Serializer):
    conversation_id = serializers.UUIDField()
    read_up_to = serializers.IntegerField()


class UploadedFile(Serializer):
    """A file that waits for its message."""

    id = serializers.UUIDField()
    kind = Enum(Upload.Kind)
    name = serializers.CharField(help_text="With the extension of what it is.")
    content_type = serializers.CharField()
    size_bytes = serializers.IntegerField()
    url = serializers.CharField()
    expires_at = Instant(help_text="When it is deleted, unless a message has taken it.")


class NewUpload(Serializer):
    file = serializers.FileField(use_url=False, allow_empty_file=True)


def message_of(
    message: Message, session: Session, mine: UUID | None, files: Iterable[Attachment] | None = None
) -> dict[str, Any]:
    """``message`` as the member ``mine`` reads it."""
    member = message.member
    found = message.attachments.all() if files is None else files
    return {
        "id": str(message.pk),
        "conversationId": str(session.pk),
        "sequence": message.sequence,
        "kind": message.kind.upper(),
        "body": message.body,
        "sender": member
        and {"side": member.side.upper(), "name": member_name(member, session), "isMe": member.pk == mine},
        "clientMessageId": str(message.client_message_id) if member and member.pk == mine else None,
        "sentAt": iso(message.sent_at),
        "editedAt": iso(message.edited_at) if message.edited_at else None,
        "isDeleted": message.deleted_at is not None,
        "attachments": [] if message.deleted_at else [attachment_of(each) for each in found],
    }


def attachment_of(file: Attachment) -> dict[str, Any]:
    return {
        "id": str(file.pk),
        "name": file.original_name,
        "contentType": file.content_type,
        "sizeBytes": file.size,
        "url": f"/api/v1/chat/attachments/{file.pk}",
    }
