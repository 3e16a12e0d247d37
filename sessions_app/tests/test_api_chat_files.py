"""Files of the chat over the API: told by their content, taken along once, read by those in the chat alone."""

import io
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from PIL import Image

from naksha.api.testing import api_of
from naksha.testing import make_user
from sessions_app.models import Attachment, Message, Upload
from sessions_app.services import uploading
from sessions_app.tests import chat_api
from sessions_app.tests.chat_api import MP4, PDF, kept, words
from sessions_app.tests.test_chat_files import several

pytestmark = pytest.mark.django_db
session, theirs, mine = chat_api.session, chat_api.theirs, chat_api.mine


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
        (several(), "a.jpg", "IMAGE", "image/jpeg"),
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
