"""The chat over HTTP: sending, catching up, scrolling back, searching, files. Everything works as plain forms, too."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from naksha.db import db_now
from naksha.errors import DomainError
from naksha.web.policy import never_cache
from sessions_app import chat_view
from sessions_app.access import Visitor, visitor_or_404
from sessions_app.chat_files import SHOWN_INLINE
from sessions_app.chat_panel import chat_panel
from sessions_app.chat_serving import file_answer
from sessions_app.errors import ChatClosed, NotInChat, TooManyMessages
from sessions_app.models import Attachment, Member, Message
from sessions_app.services import chat_news, chatting

NUMBER_DIGITS = 15


def _wants_json(request: HttpRequest) -> bool:
    return request.META.get("HTTP_X_REQUESTED_WITH") == "fetch"


def _number(text: str | None) -> int | None:
    """A count from an address; None for anything else."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) <= NUMBER_DIGITS else None


def _room(visitor: Visitor) -> str:
    try:
        return reverse("sessions:room", args=[visitor.session.pk]) + "#chat"
    except NoReverseMatch:
        return reverse("chat:messages", args=[visitor.session.pk])


def _refused(error: DomainError) -> JsonResponse:
    if isinstance(error, TooManyMessages):
        return JsonResponse({"error": str(error)}, status=429, headers={"Retry-After": str(error.retry_after)})
    return JsonResponse({"error": str(error)}, status=409 if isinstance(error, ChatClosed) else 400)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def messages(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Post a message, or read a page of them: those before ``before``, else the last."""
    visitor = visitor_or_404(request, pk, door=_wants_json(request))
    if request.method == "POST":
        return _post(request, visitor)
    before = _number(request.GET.get("before"))
    if not _wants_json(request):
        return _page(request, visitor, before=before)
    page = chat_view.history(_join(visitor).conversation, before=before)
    return JsonResponse({"messages": [chat_view.as_frame(m) for m in page.messages], "more": page.more})


def _join(visitor: Visitor) -> Member:
    return chatting.join_member(visitor)


def _page(request: HttpRequest, visitor: Visitor, *, status: int = 200, **facts: Any) -> HttpResponse:
    panel = chat_panel(visitor, before=facts.pop("before", None))
    return render(request, "sessions/chat.html", {**panel, "visitor": visitor, **facts}, status=status)


def _post(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    try:
        client_message_id = UUID(request.POST.get("client_message_id", ""))
    except ValueError:
        client_message_id = uuid4()
    body = request.POST.get("body", "")
    try:
        sent = chatting.post(
            visitor=visitor,
            client_message_id=client_message_id,
            body=body,
            files=request.FILES.getlist("files"),
        )
    except NotInChat:
        raise Http404 from None
    except DomainError as error:
        if _wants_json(request):
            return _refused(error)
        return _page(request, visitor, status=400, problem=str(error), typed=body[: 2 * chatting.MOST_LETTERS])
    if not _wants_json(request):
        return redirect(_room(visitor).partition("#")[0] + f"#m{sent.message.sequence}")
    told = f'{{"message":{sent.text}}}'
    return HttpResponse(told, content_type="application/json", status=201 if sent.is_new else 200)


@never_cache
@require_safe
def changes(request: HttpRequest, pk: UUID) -> JsonResponse:
    """What came or changed after the version ``after``. Whoever was away for very long is told to begin anew."""
    visitor = visitor_or_404(request, pk, door=True)
    member = _join(visitor)
    conversation = member.conversation
    after = _number(request.GET.get("after")) or 0
    now = db_now()
    if "polling" in request.GET:
        Member.objects.filter(pk=member.pk).exclude(last_seen_at__gt=now - timedelta(seconds=20)).update(
            last_seen_at=now
        )
    present = timedelta(seconds=chat_news.PRESENT_SECONDS)
    answer: dict[str, Any] = {
        "version": conversation.last_version,
        "people": chat_view.people(conversation, now=now, within=present),
        "open": chatting.is_open(visitor.session, now),
    }
    if conversation.last_version - after > chat_view.TOO_MANY_CHANGES:
        page = chat_view.history(conversation)
        answer |= {"reset": True, "earlier": page.more, "more": False}
    else:
        page = chat_view.changes(conversation, after=after)
        answer |= {"reset": False, "more": page.more}
    return JsonResponse({**answer, "messages": [chat_view.as_frame(m) for m in page.messages]})


@never_cache
@require_safe
def search(request: HttpRequest, pk: UUID) -> HttpResponse:
    visitor = visitor_or_404(request, pk)
    words = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    conversation = _join(visitor).conversation
    page = chat_view.search(conversation, words=words) if len(words) >= 2 else chat_view.Page([], False)
    if not _wants_json(request):
        lines = [
            chat_view.message_facts(m, visitor.session, list(m.attachments.all()), visitor.timezone)
            for m in page.messages
        ]
        return _page(request, visitor, found=page, found_lines=lines, words=words)
    return JsonResponse({"messages": [chat_view.as_frame(m) for m in page.messages], "more": page.more})


@require_POST
def read(request: HttpRequest, pk: UUID) -> HttpResponse:
    visitor = visitor_or_404(request, pk)
    if (sequence := _number(request.POST.get("sequence"))) is not None:
        chatting.mark_read(visitor=visitor, sequence=sequence)
    return HttpResponse(status=204) if _wants_json(request) else redirect(_room(visitor))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, pk: UUID, message_id: UUID) -> HttpResponse:
    """Edit or take back one's own message, within 15 minutes."""
    visitor = visitor_or_404(request, pk)
    member = _join(visitor)
    message = get_object_or_404(Message, pk=message_id, member=member, deleted_at__isnull=True)
    if request.method != "POST":
        return render(
            request, "sessions/message.html", {"visitor": visitor, "message": message, "back": _room(visitor)}
        )
    try:
        if request.POST.get("act") == "delete":
            message = chatting.delete(visitor=visitor, message_id=message.pk)
        else:
            message = chatting.edit(visitor=visitor, message_id=message.pk, body=request.POST.get("body", ""))
    except Message.DoesNotExist:
        raise Http404 from None
    except DomainError as error:
        if _wants_json(request):
            return _refused(error)
        facts = {"visitor": visitor, "message": message, "problem": str(error), "back": _room(visitor)}
        return render(request, "sessions/message.html", facts, status=400)
    if not _wants_json(request):
        return redirect(_room(visitor))
    message.conversation.session = visitor.session
    return JsonResponse({"message": chat_view.as_frame(message)})


@require_safe
def file(request: HttpRequest, pk: UUID, file_id: UUID) -> HttpResponseBase:
    """A file of the chat, for those in it alone. Only a picture that we drew ourselves is shown."""
    visitor = visitor_or_404(request, pk)
    kept = get_object_or_404(
        Attachment, pk=file_id, message__conversation__session=visitor.session, message__deleted_at__isnull=True
    )
    shown = "shown" in request.GET and kept.content_type in SHOWN_INLINE
    return file_answer(kept.file, name=kept.original_name, content_type=kept.content_type, shown=shown)
