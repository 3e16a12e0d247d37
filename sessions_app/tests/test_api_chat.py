"""The chat over the API: written once, read by those in it alone."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from naksha.api.testing import api_of
from naksha.testing import make_client, make_user, next_slot_start
from sessions_app.models import Member, Message, Session
from sessions_app.services import chatting
from sessions_app.testing import make_session
from sessions_app.tests import chat_api
from sessions_app.tests.chat_api import messages, words
from sessions_app.tests.chatters import consultant_of, say

pytestmark = pytest.mark.django_db
session, theirs, mine = chat_api.session, chat_api.theirs, chat_api.mine


# --- messages -------------------------------------------------------------------------------


def test_a_message_is_there_for_both_sides(theirs, mine, session):
    body = words(session)
    sent = mine.post("/chat/messages", body)
    assert sent.status == 201
    message = Message.objects.get()
    assert sent.data == {
        "id": str(message.pk),
        "conversationId": str(session.pk),
        "sequence": 1,
        "kind": "TEXT",
        "body": "Good evening.",
        "sender": {"side": "CLIENT", "name": "Farhan Qureshi", "isMe": True},
        "clientMessageId": body["clientMessageId"],
        "sentAt": sent.data["sentAt"],
        "editedAt": None,
        "isDeleted": False,
        "attachments": [],
    }
    read = messages(theirs, session).data
    assert (read["hasMore"], read["before"]) == (False, None)
    assert [(m["body"], m["sender"]["isMe"], m["clientMessageId"]) for m in read["messages"]] == [
        ("Good evening.", False, None)
    ]
    assert theirs.get(f"/sessions/{session.pk}/messages").data == read


def test_a_try_again_is_the_first_message(mine, session):
    body = words(session)
    first, again = mine.post("/chat/messages", body), mine.post("/chat/messages", {**body, "body": "Other."})
    assert (first.status, again.status, first.data) == (201, 200, again.data)
    del body["conversationId"]
    assert mine.post(f"/sessions/{session.pk}/messages", body).data["id"] == first.data["id"]
    assert Message.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"body": ""}, "body"),
        ({"body": "x" * 4001}, "body"),
        ({"clientMessageId": "1"}, "clientMessageId"),
        ({"clientMessageId": None}, "clientMessageId"),
        ({"conversationId": "1"}, "conversationId"),
        ({"attachments": ["1"]}, "attachments.0"),
        ({"attachments": [str(uuid4()) for _ in range(6)]}, "attachments"),
        ({"html": "<b>"}, "html"),
    ],
)
def test_a_wrong_field_is_named(mine, session, change, field):
    answer = mine.post("/chat/messages", {**words(session), **change})
    assert (answer.status, list(answer.details)) == (400, [field])
    assert not Message.objects.exists()


def test_earlier_ones_by_a_cursor(mine, session):
    for n in range(5):
        say(consultant_of(session), f"{n}")
    page = messages(mine, session, pageSize=2).data
    assert ([m["body"] for m in page["messages"]], page["hasMore"], page["before"]) == (["3", "4"], True, 4)
    page = messages(mine, session, pageSize=2, before=2).data
    assert ([m["body"] for m in page["messages"]], page["hasMore"], page["before"]) == (["0"], False, None)
    for name, value in (("before", "x"), ("before", "0"), ("pageSize", "101")):
        assert list(messages(mine, session, **{name: value}).details) == [name]


def test_a_chat_asks_the_same_however_long_it_is(mine, session):
    counts = []
    for many in (1, 9):
        for _ in range(many):
            say(consultant_of(session))
        messages(mine, session)
        with CaptureQueriesContext(connection) as asked:
            messages(mine, session)
        counts.append(len([q for q in asked if "web_attemptcount" not in q["sql"]]))
    assert counts == [5, 5]  # the login, the room, the place in it, the messages, their files


def test_what_was_taken_back_shows_no_words(mine, session, theirs):
    message = say(consultant_of(session), "Wrong.")
    chatting.delete(visitor=consultant_of(session), message_id=message.pk)
    told = messages(mine, session).data["messages"][0]
    assert (told["body"], told["isDeleted"]) == ("", True)


def test_nobody_else_reads_or_writes(session, other_consultant):
    say(consultant_of(session))
    message = Message.objects.get()
    for user in (make_user(), other_consultant.user):
        api = api_of(user)
        assert messages(api, session).status == 404
        assert api.get(f"/sessions/{session.pk}/messages").status == 404
        assert api.post("/chat/messages", words(session)).status == 404
        assert api.post("/chat/conversations", {"sessionId": str(session.pk)}).status == 404
        assert api.put(f"/chat/messages/{message.pk}/read").status == 404
    assert Message.objects.count() == 1
    assert Member.objects.count() == 1


def test_long_after_the_session_it_is_only_read(mine, session):
    Session.objects.filter(pk=session.pk).update(status="completed", ended_at=timezone.now() - timedelta(days=31))
    answer = mine.post("/chat/messages", words(session))
    assert (answer.status, answer.code) == (409, "INVALID_STATE")
    assert messages(mine, session).status == 200


def test_too_many_in_a_minute_are_refused(mine, session, settings):
    settings.CHAT_MESSAGES_A_MINUTE = 1
    assert mine.post("/chat/messages", words(session)).status == 201
    refused = mine.post("/chat/messages", words(session))
    assert (refused.status, refused.code) == (429, "RATE_LIMIT_EXCEEDED")
    assert int(refused["Retry-After"]) > 0


# --- conversations --------------------------------------------------------------------------


def test_a_conversation_is_made_when_it_is_asked_for_once(mine, session):
    first, again = (mine.post("/chat/conversations", {"sessionId": str(session.pk)}) for _ in range(2))
    assert first.data == again.data
    assert first.data == {
        "id": str(session.pk),
        "sessionId": str(session.pk),
        "title": session.title,
        "startsAt": first.data["startsAt"],
        "with": session.consultant.display_name,
        "isOpen": True,
        "closesAt": None,
        "unreadCount": 0,
        "readUpTo": 0,
        "lastSequence": 0,
        "lastMessage": None,
    }


def test_those_with_words_are_listed_the_last_written_in_on_top(theirs, mine, session, consultant):
    other = make_session(consultant, client=session.client, starts_at=next_slot_start(days=5))
    for each in (session, other):
        mine.post("/chat/messages", words(each))
    theirs.post("/chat/conversations", {"sessionId": str(session.pk)})
    theirs.post("/chat/conversations", {"sessionId": str(other.pk)})
    rows = theirs.get("/chat/conversations").data["conversations"]
    assert [row["id"] for row in rows] == [str(other.pk), str(session.pk)]
    assert (rows[0]["unreadCount"], rows[0]["with"], rows[0]["lastMessage"]["body"]) == (
        1,
        "Farhan Qureshi",
        "Good evening.",
    )
    assert [row["unreadCount"] for row in mine.get("/chat/conversations").data["conversations"]] == [0, 0]
    assert api_of(make_user()).get("/chat/conversations").data["conversations"] == []


def test_unread_is_what_others_wrote_and_left_standing(theirs, mine, session, consultant):
    def unread(api):
        listed = api.get("/chat/conversations").data["conversations"][0]["unreadCount"]
        opened = api.post("/chat/conversations", {"sessionId": str(session.pk)}).data["unreadCount"]
        assert listed == opened
        return listed

    theirs.post("/chat/messages", words(session))
    taken = theirs.post("/chat/messages", words(session)).data
    mine.post("/chat/messages", words(session))
    chatting.post_system(session=session, words="The session was moved.")
    assert (unread(mine), unread(theirs)) == (2, 1)
    chatting.delete(visitor=consultant_of(session), message_id=taken["id"])
    assert (unread(mine), unread(theirs)) == (1, 1)
    last = theirs.post("/chat/messages", words(session)).data["id"]
    mine.put(f"/chat/messages/{last}/read")
    assert (unread(mine), unread(theirs)) == (0, 1)


def test_chats_are_searched_and_put_in_order(theirs, mine, session, consultant):
    gita = make_client(consultant, name="Gita Nair")
    other = make_session(consultant, client=gita, title="Second look", starts_at=next_slot_start(days=9))
    for each in (other, session):
        theirs.post("/chat/messages", words(each))

    def found(api, **query):
        return [row["id"] for row in api.get("/chat/conversations", **query).data["conversations"]]

    assert found(theirs, search="nair") == found(theirs, search="second") == [str(other.pk)]
    assert (
        found(theirs, ordering="lastMessageAt")
        == found(theirs, ordering="-startsAt")
        == [str(other.pk), str(session.pk)]
    )
    assert found(theirs) == found(theirs, ordering="startsAt") == [str(session.pk), str(other.pk)]
    mine.post("/chat/conversations", {"sessionId": str(session.pk)})
    assert found(mine, search=consultant.display_name) == [str(session.pk)]
    assert found(mine, search="qureshi") == []


def test_a_list_of_chats_asks_the_same_however_long_it_is(theirs, mine, session, consultant):
    counts = []
    for many in (1, 4):
        for n in range(many):
            each = make_session(consultant, client=session.client, starts_at=next_slot_start(days=4 + many + n))
            mine.post("/chat/messages", words(each))
        with CaptureQueriesContext(connection) as asked:
            mine.get("/chat/conversations")
        counts.append(len([q for q in asked if "web_attemptcount" not in q["sql"]]))
    assert counts == [5, 5]  # the login, how many, the places, the last messages, their files


def test_what_was_read_is_told(theirs, mine, session):
    ids = [theirs.post("/chat/messages", words(session)).data["id"] for _ in range(3)]
    assert mine.put(f"/chat/messages/{ids[1]}/read").data == {"conversationId": str(session.pk), "readUpTo": 2}
    assert mine.put(f"/chat/messages/{ids[0]}/read").data["readUpTo"] == 2
    assert mine.get("/chat/conversations").data["conversations"][0]["unreadCount"] == 1
    assert mine.put(f"/chat/messages/{uuid4()}/read").status == 404
