"""``python -m bench.chat_data``: rooms to chat in and the cookies of those in them; ``stored`` and ``plans`` say what
the database holds afterwards, and by which way it is asked."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
ROOMS, LONG, SHORT, LINES = 50, 100_000, 100, 20_000


def fill() -> dict[str, Any]:
    """50 rooms of two, and beside them a chat of 100 messages and one of 100,000."""
    from itertools import count

    from naksha import testing
    from sessions_app.testing import make_session

    testing._number = count(1_000_000)  # beside the consultants whom bench.data made in a process of its own
    rooms = []
    for _ in range(ROOMS):
        session = make_session()
        rooms.append({"session": str(session.pk), "cookies": cookies(session)})
    short, long = make_session(), make_session()
    return {
        "rooms": rooms,
        "short": {"session": str(short.pk), "cookie": written(short, SHORT)},
        "long": {"session": str(long.pk), "cookie": written(long, LONG)},
    }


def cookies(session: Any) -> list[str]:
    """The consultant's, by login, and a guest's, by link; both are members already."""
    from django.conf import settings
    from django.contrib.auth.models import AnonymousUser
    from django.test import Client as Browser

    from sessions_app.access import find_visitor
    from sessions_app.services import chatting
    from sessions_app.testing import open_by_link

    login, guest = Browser(), Browser()
    login.force_login(session.consultant.user)
    open_by_link(guest, session)
    for user, browser in ((session.consultant.user, login), (AnonymousUser(), guest)):
        visitor = find_visitor(session_id=session.pk, user=user, browser=dict(browser.session.items()))
        if visitor is None:
            raise RuntimeError("a member whom the room does not know")
        chatting.join_member(visitor)
    return [browser.cookies[settings.SESSION_COOKIE_NAME].value for browser in (login, guest)]


def written(session: Any, many: int) -> str:
    """Fill the chat of ``session`` with ``many`` messages of both. The consultant's cookie."""
    from datetime import timedelta
    from uuid import uuid4

    from django.utils import timezone

    from sessions_app.models import Conversation, Member, Message

    cookie = cookies(session)[0]
    conversation = Conversation.objects.get(session=session)
    members = list(Member.objects.filter(conversation=conversation))
    now = timezone.now()
    Message.objects.bulk_create(
        (
            Message(
                conversation=conversation,
                sequence=number,
                version=number,
                member=members[number % 2],
                client_message_id=uuid4(),
                body=f"Message {number}: the notice came on Tuesday, and I have the papers here.",
                sent_at=now - timedelta(seconds=many - number),
            )
            for number in range(1, many + 1)
        ),
        batch_size=5000,
    )
    Conversation.objects.filter(pk=conversation.pk).update(last_sequence=many, last_version=many, last_message_at=now)
    Member.objects.filter(conversation=conversation).update(last_read_sequence=many, last_read_at=now)
    return cookie


def stored() -> dict[str, list[tuple[str, int]]]:
    """Of each room the messages that are in the database: id and sequence, by the latter."""
    from sessions_app.models import Message

    rows = Message.objects.filter(conversation__session_id__in=json.load(sys.stdin)).order_by("sequence")
    found: dict[str, list[tuple[str, int]]] = {}
    for session_id, pk, sequence in rows.values_list("conversation__session_id", "pk", "sequence"):
        found.setdefault(str(session_id), []).append((str(pk), sequence))
    return found


def plans(long_session: str) -> dict[str, Any]:
    """How PostgreSQL finds the last page of the long chat, and the number of unread lines of one login of many."""
    from django.contrib.auth.models import AnonymousUser
    from django.db import connection
    from django.test import RequestFactory
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    from notifications.context import unread
    from notifications.models import Notification
    from sessions_app import chat_view
    from sessions_app.models import Conversation, Session

    owners = list(Session.objects.select_related("consultant__user").order_by("pk")[:ROOMS])
    Notification.objects.bulk_create(
        (
            Notification(
                user=owners[n % ROOMS].consultant.user,
                kind="message",
                title="A message",
                read_at=None if n % 10 == 0 else timezone.now(),
            )
            for n in range(LINES)
        ),
        batch_size=5000,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    conversation = Conversation.objects.get(session_id=long_session)
    request = RequestFactory().get("/")
    request.user = owners[0].consultant.user
    with CaptureQueriesContext(connection) as asked:
        count = int(str(unread(request)["unread_notifications"]))  # counted when it is shown
    request.user = AnonymousUser()  # type: ignore[assignment]
    with CaptureQueriesContext(connection) as asked_of_visitor:
        str(unread(request)["unread_notifications"])
    history = chat_view.messages_of(conversation).order_by("-sequence")[: chat_view.PAGE + 1]
    lines = Notification.objects.of(owners[0].consultant.user).unread()
    return {
        "history": history.explain(format="json"),
        "unread": lines.explain(format="json"),
        "unread_count": count,
        "unread_queries": len(asked),
        "unread_queries_of_a_visitor": len(asked_of_visitor),
    }


if __name__ == "__main__":
    django.setup()
    parts: dict[str, Callable[..., Any]] = {"fill": fill, "stored": stored, "plans": plans}
    json.dump(parts[sys.argv[1]](*sys.argv[2:]), sys.stdout)
