"""The chat over the API: written once, read by those in it alone, files taken along."""

import io
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from naksha.api.testing import api_of
from naksha.testing import make_client, make_user, next_slot_start
from sessions_app.models import Attachment, Member, Message, Session, Upload
from sessions_app.services import chatting, uploading
from sessions_app.testing import make_session
from sessions_app.tests.chatters import consultant_of, say

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00" + b"\x00" * 64


@pytest.fixture
def session(consultant, client_user):
    client = make_client(consultant, user=client_user, email=client_user.email, name="Farhan Qureshi")
    return make_session(consultant, client=client)


@pytest.fixture
def theirs(consultant):
    return api_of(consultant.user)


@pytest.fixture
def mine(client_user, session):
    return api_of(client_user)


def words(session, body="Good evening.", **more):
    return {"conversationId": str(session.pk), "clientMessageId": str(uuid4()), "body": body, **more}


def kept(user, content=PDF, name="Notice.pdf"):
    return uploading.keep(owner=user, upload=SimpleUploadedFile(name, content))


def messages(api, session, **query):
    return api.get(f"/chat/conversations/{session.pk}/messages", **query)


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
    assert [row["unreadCount"] for row in mine.get("/chat/conversations").data["conversations"]] == [1, 1]
    assert api_of(make_user()).get("/chat/conversations").data["conversations"] == []


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


# --- files ----------------------------------------------------------------------------------


def test_a_message_takes_its_files_along_once(theirs, mine, session, client_user):
    upload, film = kept(client_user), kept(client_user, MP4, "clip.exe")
    body = words(session, body="", attachments=[str(upload.pk), str(film.pk)])
    sent = mine.post("/chat/messages", body)
    assert sent.status == 201
    first, second = Attachment.objects.order_by("position")
    assert sent.data["attachments"] == [
        {
            "id": str(first.pk),
            "name": "Notice.pdf",
            "contentType": "application/pdf",
            "sizeBytes": len(PDF),
            "url": f"/api/v1/chat/attachments/{first.pk}",
        },
        {
            "id": str(second.pk),
            "name": "clip.mp4",
            "contentType": "video/mp4",
            "sizeBytes": len(MP4),
            "url": f"/api/v1/chat/attachments/{second.pk}",
        },
    ]
    assert not Upload.objects.exists()
    again = mine.post("/chat/messages", body)
    assert (again.status, again.data) == (200, sent.data)
    file = theirs.get(f"/chat/attachments/{first.pk}")
    assert (file.content, file["X-Content-Type-Options"]) == (PDF, "nosniff")
    assert file["Content-Disposition"] == 'attachment; filename="Notice.pdf"'
    assert api_of(make_user()).get(f"/chat/attachments/{first.pk}").status == 404
    taken = mine.post("/chat/messages", words(session, attachments=[str(upload.pk)]))
    assert (taken.status, taken.code) == (400, "VALIDATION_ERROR")


def test_nobody_takes_anothers_file_or_one_twice(theirs, session, client_user, consultant):
    other, own = kept(client_user), kept(consultant.user)
    for attachments in ([str(other.pk)], [str(own.pk), str(own.pk)], [str(uuid4())]):
        answer = theirs.post("/chat/messages", words(session, attachments=attachments))
        assert (answer.status, answer.code) == (400, "VALIDATION_ERROR")
    assert not Message.objects.exists()
    assert Upload.objects.count() == 2
    assert own.file.storage.exists(own.file.name)


def test_a_refused_message_leaves_its_files_waiting(mine, session, client_user, monkeypatch):
    upload = kept(client_user)
    monkeypatch.setattr("sessions_app.services.chat_news.tell_others", lambda *a: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        mine.post("/chat/messages", words(session, attachments=[str(upload.pk)]))
    assert Upload.objects.get().file.storage.exists(upload.file.name)


def test_a_file_of_a_message_that_was_taken_back_is_gone(mine, theirs, session, client_user):
    sent = mine.post("/chat/messages", words(session, attachments=[str(kept(client_user).pk)]))
    url = sent.data["attachments"][0]["url"]
    Message.objects.update(deleted_at=timezone.now(), body="")
    assert theirs.get(url).status == 404


# --- uploads --------------------------------------------------------------------------------


def send(api, content, name="file.bin", field="file"):
    boundary = "b"
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
    body = head.encode() + b"Content-Type: image/png\r\n\r\n" + content + f"\r\n--{boundary}--\r\n".encode()
    return api.send("POST", "/uploads", body, content_type=f"multipart/form-data; boundary={boundary}")


def picture():
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    Image.new("RGB", (20, 10), "red").save(out, "JPEG", exif=exif)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "kind", "content_type"),
    [
        (PDF, "a.pdf", "PDF", "application/pdf"),
        (picture(), "a.jpg", "IMAGE", "image/jpeg"),
        (MP4, "a.mp4", "VIDEO", "video/mp4"),
        (b"\x00\x00\x00\x14ftypqt  " + b"\x00" * 9, "a.mov", "VIDEO", "video/quicktime"),
        (b"\x00\x00\x00\x14ftypM4A " + b"\x00" * 9, "a.m4a", "AUDIO", "audio/mp4"),
        (b"\x1aE\xdf\xa3\x01\x00B\x82\x84webm", "a.webm", "VIDEO", "video/webm"),
        (b"ID3\x04" + b"\x00" * 20, "a.mp3", "AUDIO", "audio/mpeg"),
        (b"\xff\xfb\x90\x64" + b"\x00" * 20, "a.mp3", "AUDIO", "audio/mpeg"),
        (b"\xff\xf1\x50\x80\x00\x00\x00\x00", "a.aac", "AUDIO", "audio/aac"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "a.wav", "AUDIO", "audio/wav"),
        (b"OggS" + b"\x00" * 24 + b"OpusHead", "a.ogg", "AUDIO", "audio/ogg"),
        (b"fLaC" + b"\x00" * 20, "a.flac", "AUDIO", "audio/flac"),
    ],
)
def test_what_it_is_stands_in_its_content(mine, content, name, kind, content_type):
    data = send(mine, content, "a.html").data
    assert (data["kind"], data["name"], data["contentType"]) == (kind, name, content_type)
    file = mine.get(data["url"])
    assert file["Content-Type"] == content_type
    assert file["X-Content-Type-Options"] == "nosniff"
    assert file["Content-Disposition"].startswith("attachment")
    assert b"taken at home" not in file.content


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"MZ\x90\x00" + b"\x00" * 200,
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        b"<!doctype html><script>alert(1)</script>",
        b"GIF89a" + b"\x00" * 20,
        b"\xff\xfe\x00\x00",
        b"\x00\x00\x00\x14ftypevil",
        b"RIFF\x00\x00\x00\x00AVI ",
        b"PK\x03\x04" + b"\x00" * 20,
        picture()[:60],
    ],
)
def test_anything_else_is_refused(mine, content):
    answer = send(mine, content, "a.png")
    assert (answer.status, list(answer.details)) == (400, ["file"])
    assert not Upload.objects.exists()


def test_what_is_too_large_is_refused(mine, monkeypatch):
    monkeypatch.setattr("sessions_app.upload_files.MEDIA_BYTES", 50)
    monkeypatch.setattr("sessions_app.upload_files.DOCUMENT_BYTES", 40)
    assert list(send(mine, MP4).details) == ["file"]
    assert list(send(mine, PDF).details) == ["file"]
    monkeypatch.setattr("sessions_app.api.uploads.MEDIA_BYTES", -2_000_000)
    monkeypatch.setattr("sessions_app.api.uploads.ApiView.checked", lambda *a: 1 / 0)  # the body is not even read
    assert send(mine, PDF).status == 400


def test_without_a_file_or_as_json_it_is_refused(mine):
    assert list(send(mine, PDF, field="other").details) == ["other"]
    assert list(mine.post("/uploads", {"file": "x"}).details) == ["file"]


def test_an_upload_is_its_owners_alone(mine, theirs):
    url = send(mine, PDF).data["url"]
    assert theirs.get(url).status == theirs.delete(url).status == 404
    assert mine.get(url).content == PDF
    assert mine.delete(url).status == 200
    assert mine.get(url).status == 404


def test_only_so_many_wait(mine, monkeypatch):
    monkeypatch.setattr(uploading, "MOST_WAITING", 1)
    assert send(mine, PDF).status == 201
    assert send(mine, PDF).code == "INVALID_STATE"


def test_what_nobody_has_sent_within_a_day_is_swept_with_its_file(client_user, session, mine):
    old, young = kept(client_user), kept(client_user)
    Upload.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=1, minutes=1))
    assert mine.post("/chat/messages", words(session, attachments=[str(old.pk)])).status == 400
    assert uploading.sweep() == 1
    assert list(Upload.objects.values_list("pk", flat=True)) == [young.pk]
    assert not old.file.storage.exists(old.file.name)
    assert young.file.storage.exists(young.file.name)


def test_a_storage_that_fails_leaves_no_row(mine, monkeypatch):
    monkeypatch.setattr("naksha.storage.PrivateStorage._save", lambda *a: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        send(mine, PDF)
    assert not Upload.objects.exists()
