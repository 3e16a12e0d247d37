"""The chat over the API. A conversation is a session's chat: it has the session's id, and is there as soon as somebody
asks for it. ``/sessions/{id}/messages`` and ``/chat/conversations/{id}/messages`` are the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.auth import Party
from naksha.api import filters, paging
from naksha.api.schema import ROLE, operation
from naksha.api.views import ApiView, FileView
from naksha.times import iso
from sessions_app import chat_view
from sessions_app.access import Visitor
from sessions_app.api import chat_words as words
from sessions_app.api import examples
from sessions_app.api.access import Reader, reader_of, visitor_of
from sessions_app.chat_serving import file_answer
from sessions_app.errors import NotInChat
from sessions_app.models import Attachment, Member, Message, Session
from sessions_app.services import chatting

TAG = "Chat"
MAY = [*ROLE, "NOT_FOUND"]
ORDERS = {"lastMessageAt": "conversation__last_message_at", "startsAt": "conversation__session__starts_at"}
BEFORE = [
    OpenApiParameter("before", int, description="A sequence: the messages before it. Left out: the last ones."),
    OpenApiParameter("pageSize", int, description="1 to 100; 50 if left out."),
]
REPEATED = {200: "It was sent already under this clientMessageId."}
SENDING = "A message has words, files, or both. The same clientMessageId again answers 200 with the first message."


class Conversations(ApiView):
    permission_classes = [Party]

    @operation(
        "chat_conversations_list",
        "The chats of one's sessions, the last written in on top",
        tag=TAG,
        answer=words.ChatConversation,
        listed="conversations",
        errors=MAY[:2],
        parameters=[filters.SEARCH, filters.ordering(*ORDERS)],
        example=examples.CONVERSATION,
        description="`search` looks in the session's title and the name of who is on the other side.",
    )
    def get(self, request: Request) -> Response:
        reader = reader_of(request)
        talks = _talks(reader)
        if said := filters.words(request):
            other = "client__name" if reader.consultant else "consultant__display_name"
            names = Q((f"conversation__session__{other}__icontains", said))
            talks = talks.filter(Q(conversation__session__title__icontains=said) | names)
        found, pagination = paging.page_of(request, paging.ordered(request, talks, ORDERS))
        return self.ok({"conversations": _worded(found, reader), "pagination": pagination})

    @operation(
        "chat_conversations_open",
        "The chat of a session",
        tag=TAG,
        request=words.NewConversation,
        answer=words.ChatConversation,
        errors=MAY,
        request_example={"sessionId": examples.ID},
        example=examples.CONVERSATION,
        description="A conversation is the chat of one session and has the session's id, so `/sessions/{id}/messages` "
        "and `/chat/conversations/{id}/messages` are the same messages. It is made when it is first asked for, once.",
    )
    def post(self, request: Request) -> Response:
        visitor = visitor_of(request, self.checked(words.NewConversation)["session_id"])
        member = chatting.join_member(visitor)
        return self.ok(_one(member, visitor))


def _talks(reader: Reader) -> QuerySet[Member]:
    """The reader's own places in chats that something was said in, each with its last message and how many wait."""
    mine = Member.objects.filter(conversation__session__in=reader.sessions(), conversation__last_sequence__gt=0)
    side = {"side": "consultant"} if reader.consultant else {"client__user": reader.user}
    last = Message.objects.filter(
        conversation=OuterRef("conversation"), sequence=OuterRef("conversation__last_sequence")
    )
    waiting = chatting.unread(OuterRef("pk"), OuterRef("conversation"), after=OuterRef("last_read_sequence"))
    many = waiting.order_by().values("conversation").annotate(many=Count("pk")).values("many")
    return (
        mine.filter(**side)
        .select_related("conversation__session__consultant", "conversation__session__client")
        .annotate(last=Subquery(last.values("pk")[:1]), unread=Coalesce(Subquery(many), 0))
        .order_by(F("conversation__last_message_at").desc(nulls_last=True), "-pk")
    )


def _worded(members: Sequence[Any], reader: Reader) -> list[dict[str, Any]]:
    messages = (
        Message.objects.select_related("member__client")
        .prefetch_related("attachments")
        .in_bulk([member.last for member in members if member.last])
    )
    return [
        conversation_of(
            member,
            member.conversation.session,
            messages.get(member.last),
            unread=member.unread,
            for_consultant=bool(reader.consultant),
        )
        for member in members
    ]


def _one(member: Member, visitor: Visitor) -> dict[str, Any]:
    page = chat_view.history(member.conversation, limit=1)
    last = page.messages[0] if page.messages else None
    unread = chatting.unread_by(member, after=member.last_read_sequence).count()
    return conversation_of(member, visitor.session, last, unread=unread, for_consultant=visitor.is_consultant)


def conversation_of(
    member: Member, session: Session, last: Message | None, *, unread: int, for_consultant: bool
) -> dict[str, Any]:
    talk, closes_at = member.conversation, chatting.open_until(session)
    other = session.client.name if session.client else ""
    return {
        "id": str(session.pk),
        "sessionId": str(session.pk),
        "title": session.title,
        "startsAt": iso(session.starts_at),
        "with": other if for_consultant else session.consultant.display_name,
        "isOpen": chatting.is_open(session, timezone.now()),
        "closesAt": iso(closes_at) if closes_at else None,
        "unreadCount": unread,
        "readUpTo": member.last_read_sequence,
        "lastSequence": talk.last_sequence,
        "lastMessage": words.message_of(last, session, member.pk) if last else None,
    }


class _Messages(ApiView):
    permission_classes = [Party]

    def listed(self, request: Request, session_id: UUID) -> Response:
        visitor = visitor_of(request, session_id)
        member = chatting.join_member(visitor)
        before = request.query_params.get("before")
        place = paging.number(request, "before", 0, lowest=1, highest=10**8 - 1) if before is not None else None
        limit = paging.number(request, "pageSize", chat_view.PAGE, lowest=1, highest=paging.LARGEST)
        page = chat_view.history(member.conversation, before=place, limit=limit)
        told = [words.message_of(message, visitor.session, member.pk) for message in page.messages]
        return self.ok(
            {"messages": told, "hasMore": page.more, "before": page.messages[0].sequence if page.more else None}
        )

    def sent(self, request: Request, session_id: UUID, data: dict[str, Any]) -> Response:
        visitor = visitor_of(request, session_id)
        try:
            sent = chatting.post(
                visitor=visitor,
                client_message_id=data["client_message_id"],
                body=data["body"],
                uploads=data["attachments"],
            )
        except NotInChat:
            raise Http404 from None
        message = sent.message
        told = words.message_of(message, visitor.session, message.member_id, sent.files)
        return self.ok(told, status=201 if sent.is_new else 200)


class SessionMessages(_Messages):
    @operation(
        "sessions_messages_list",
        "The messages of a session's chat",
        tag=TAG,
        answer=words.ChatHistory,
        parameters=BEFORE,
        errors=MAY,
        example={"messages": [examples.MESSAGE], "hasMore": True, "before": 12},
    )
    def get(self, request: Request, pk: UUID) -> Response:
        return self.listed(request, pk)

    @operation(
        "sessions_messages_send",
        "Write in a session's chat",
        tag=TAG,
        request=words.SessionMessage,
        answer=words.ChatMessage,
        status=201,
        also=REPEATED,
        errors=[*MAY, "INVALID_STATE"],
        request_example={"clientMessageId": examples.SENT_ID, "body": "Good evening."},
        example=examples.MESSAGE,
        description=SENDING,
    )
    def post(self, request: Request, pk: UUID) -> Response:
        return self.sent(request, pk, self.checked(words.SessionMessage))


class ConversationMessages(_Messages):
    @operation(
        "chat_messages_list",
        "The messages of a conversation",
        tag=TAG,
        answer=words.ChatHistory,
        parameters=BEFORE,
        errors=MAY,
        example={"messages": [examples.MESSAGE], "hasMore": True, "before": 12},
        description="The last ones in the order of their sequence; earlier ones with `before`.",
    )
    def get(self, request: Request, pk: UUID) -> Response:
        return self.listed(request, pk)


class Messages(_Messages):
    @operation(
        "chat_messages_send",
        "Write a message",
        tag=TAG,
        request=words.NewMessage,
        answer=words.ChatMessage,
        status=201,
        also=REPEATED,
        errors=[*MAY, "INVALID_STATE"],
        request_example={
            "conversationId": examples.ID,
            "clientMessageId": examples.SENT_ID,
            "body": "The notice is attached.",
            "attachments": [examples.UPLOAD_ID],
        },
        example=examples.MESSAGE,
        description=SENDING,
    )
    def post(self, request: Request) -> Response:
        data = self.checked(words.NewMessage)
        return self.sent(request, data["conversation_id"], data)


class MessageRead(ApiView):
    permission_classes = [Party]

    @operation(
        "chat_messages_read",
        "Say that a message, and all before it, were read",
        tag=TAG,
        answer=words.ReadUpTo,
        errors=MAY,
        example={"conversationId": examples.ID, "readUpTo": 12},
    )
    def put(self, request: Request, pk: UUID) -> Response:
        place = Message.objects.filter(pk=pk).values_list("conversation__session_id", "sequence").first()
        if place is None:
            raise Http404
        member = chatting.mark_read(visitor=visitor_of(request, place[0]), sequence=place[1])
        return self.ok({"conversationId": str(place[0]), "readUpTo": member.last_read_sequence})


class AttachmentFile(FileView):
    permission_classes = [Party]

    @operation(
        "chat_attachments_read",
        "A file of a message",
        tag=TAG,
        produces="*/*",
        errors=MAY,
        description="Under its own media type, always as a file to keep.",
    )
    def get(self, request: Request, pk: UUID) -> HttpResponseBase:
        kept = get_object_or_404(
            Attachment.objects.select_related("message__conversation"), pk=pk, message__deleted_at__isnull=True
        )
        visitor_of(request, kept.message.conversation.session_id)
        return file_answer(kept.file, name=kept.original_name, content_type=kept.content_type)
