"""Files in a chat are what they say, or they are refused; and only those in the room get them."""

import io
import re
import struct
import zipfile

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image, ImageOps

from naksha.files import NO_PICTURE
from naksha.testing import make_consultant
from sessions_app import chat_files
from sessions_app.errors import FileRefused
from sessions_app.models import Attachment, Message, SessionLink
from sessions_app.services import chatting
from sessions_app.testing import make_session
from sessions_app.tests.chatters import consultant_of, guest_browser, logged_in_browser, say

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
HTML = b"<!doctype html><script>alert(1)</script>"
EXE = b"MZ\x90\x00" + b"\x00" * 200


def picture(form="PNG", size=(20, 10), **more):
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, form, **more)
    return out.getvalue()


def several(form="MPO"):
    """Two pictures in one file, as cameras with a preview or two lenses write them."""
    return picture(form, save_all=True, append_images=[Image.new("RGB", (20, 10), "blue")])


def odd_notes():
    """A sound picture, on its side, in which the camera has put a broken number where its width belongs."""
    rows = struct.pack("<HHII", 0x0101, 5, 1, 64) + struct.pack("<HHII", 0x0112, 3, 1, 6)
    return picture("JPEG", exif=b"Exif\0\0II*\0" + struct.pack("<IH", 8, 2) + rows + bytes(80))


def office(*names):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name in ("[Content_Types].xml", *names):
            packed.writestr(name, "<x/>")
    return out.getvalue()


def upload(name, content):
    return SimpleUploadedFile(name, content)


@pytest.mark.parametrize(
    ("name", "content", "kept", "kind"),
    [
        ("../../Rent agreement.PDF", PDF, "Rent agreement.pdf", "application/pdf"),
        ("a.png", picture(), "a.png", "image/png"),
        ("a.gif", picture("JPEG"), "a.jpg", "image/jpeg"),
        ("a.webp", picture("WEBP"), "a.webp", "image/webp"),
        ("a.mpo", several(), "a.jpg", "image/jpeg"),
        ("a.jpg", odd_notes(), "a.jpg", "image/jpeg"),
        ("notes.txt", "ढाई हज़ार".encode(), "notes.txt", "text/plain"),
        ("sums.csv", b"a,b\r\n1,2", "sums.csv", "text/csv"),
        ("x.docx", office("word/document.xml"), "x.docx",
         "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ],
)  # fmt: skip
def test_a_file_is_kept_under_its_true_kind(name, content, kept, kind):
    message = say(consultant_of(make_session()), "", files=[upload(name, content)])
    file = message.attachments.get()
    assert (file.original_name, file.content_type) == (kept, kind)
    assert file.size == file.file.size > 0
    assert file.file.name.endswith(".bin")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.png", HTML),
        ("page.html", HTML),
        ("drawing.svg", SVG),
        ("drawing.png", SVG),
        ("setup.png", EXE),
        ("setup.exe", EXE),
        ("setup.txt", EXE),
        ("page.pdf", HTML),
        ("nothing.pdf", b""),
        ("torn.png", picture()[:40]),
        ("macro.docx", office("word/document.xml", "word/vbaProject.bin")),
        ("plain.zip", office("a.txt")),
        ("plain.docx", office("a.txt")),
        ("fake.docx", EXE),
        ("latin.txt", "café".encode("latin-1")),
        ("large.pdf", PDF + b" " * (10 * 1024 * 1024)),
    ],
)
def test_what_is_not_what_it_says_is_refused_and_nothing_is_kept(name, content):
    with pytest.raises(FileRefused):
        say(consultant_of(make_session()), "With a file", files=[upload(name, content)])
    assert not Message.objects.exists()
    assert not Attachment.objects.exists()


def test_a_picture_with_a_second_file_behind_it_loses_it_and_where_it_was_taken():
    exif = Image.Exif()
    exif[0x010E] = "at home"
    content = picture("JPEG", exif=exif) + HTML + office("evil.js")
    file = say(consultant_of(make_session()), "", files=[upload("both.jpg", content)]).attachments.get()
    kept = file.file.read()
    assert b"<script>" not in kept
    assert b"evil.js" not in kept
    assert b"at home" not in kept
    assert Image.open(io.BytesIO(kept)).size == (20, 10)


def test_of_several_pictures_in_one_file_the_first_is_kept():
    kept = Image.open(say(consultant_of(make_session()), "", files=[upload("a.jpg", several())]).attachments.get().file)
    assert (kept.format, getattr(kept, "n_frames", 1)) == ("JPEG", 1)
    red, _green, blue = kept.convert("RGB").getpixel((5, 5))
    assert red > 200 > 50 > blue


@pytest.mark.parametrize("turn", range(1, 9))
def test_a_picture_is_kept_upright(turn):
    """As Pillow turns it, which reads all that a camera has written, and stumbles over some of it."""
    drawn = Image.new("RGB", (32, 16), "red")
    drawn.paste("blue", (0, 0, 16, 8))
    exif, out = Image.Exif(), io.BytesIO()
    exif[0x0112] = turn
    drawn.save(out, "PNG", exif=exif)
    kept = say(consultant_of(make_session()), "", files=[upload("a.png", out.getvalue())]).attachments.get().file
    wanted = ImageOps.exif_transpose(Image.open(out))
    assert list(Image.open(kept).get_flattened_data()) == list(wanted.get_flattened_data())
    assert Image.open(kept).size == wanted.size


@pytest.mark.parametrize("error", [*NO_PICTURE, KeyError])
def test_whatever_a_broken_picture_raises_is_a_refusal(monkeypatch, error):
    def breaks(*_):
        raise error

    monkeypatch.setattr(chat_files, "upright", breaks)
    with pytest.raises(FileRefused):
        say(consultant_of(make_session()), "", files=[upload("a.png", picture())])


def test_a_picture_of_endless_pixels_is_refused(monkeypatch):
    monkeypatch.setattr(chat_files, "MOST_PIXELS", 100)
    with pytest.raises(FileRefused):
        say(consultant_of(make_session()), "", files=[upload("big.png", picture(size=(20, 20)))])


def test_five_files_and_not_six():
    asha = consultant_of(make_session())
    assert say(asha, "", files=[upload(f"{n}.pdf", PDF) for n in range(5)]).attachments.count() == 5
    with pytest.raises(FileRefused):
        say(asha, "", files=[upload(f"{n}.pdf", PDF) for n in range(6)])


def test_files_of_one_message_may_have_so_much_together(monkeypatch):
    asha = consultant_of(make_session())
    monkeypatch.setattr(chat_files, "MOST_TOGETHER", 3 * len(PDF))
    assert say(asha, "", files=[upload(f"{n}.pdf", PDF) for n in range(3)]).attachments.count() == 3
    with pytest.raises(FileRefused, match="larger than 20 MB together"):
        say(asha, "", files=[upload(f"{n}.pdf", PDF) for n in range(4)])
    assert (Message.objects.count(), Attachment.objects.count()) == (1, 3)


def test_the_front_server_lets_through_what_one_message_may_carry():
    """With a megabyte for the words and what stands between files: else it would answer, and nobody would say why."""
    config = (settings.BASE_DIR / "deploy/Caddyfile").read_text()
    most = int(re.search(r"max_size (\d+)MB", config)[1]) * 1000**2
    assert most > chat_files.MOST_TOGETHER + 1000**2
    assert "20 MB together" in guest_browser(session := make_session()).get(chat_address(session)).content.decode()


def chat_address(session):
    return reverse("chat:messages", args=[session.pk])


def test_a_retry_with_files_keeps_one_copy():
    from uuid import uuid4

    asha, key = consultant_of(make_session()), uuid4()
    for _ in range(2):
        say(asha, "Here", key=key, files=[upload("a.pdf", PDF)])
    assert Attachment.objects.count() == 1
    storage = Attachment.objects.get().file.storage
    assert len(storage.listdir("chat")[1]) >= 1


def test_a_file_that_cannot_be_written_down_leaves_nothing(monkeypatch):
    asha = consultant_of(make_session())
    seen = []

    def fails(self, **_):
        seen.append((self.file.storage, self.file.name))
        raise RuntimeError("the power went")

    monkeypatch.setattr(Attachment, "save", fails)
    with pytest.raises(RuntimeError):
        say(asha, "Here", files=[upload("a.pdf", PDF)])
    storage, name = seen[0]
    assert not storage.exists(name)
    assert not Message.objects.exists()


def test_a_file_is_for_those_in_the_room_and_never_runs(client):
    session = make_session()
    message = say(consultant_of(session), "", files=[upload("a.pdf", PDF), upload("b.png", picture())])
    pdf, png = message.attachments.all()
    browser = guest_browser(session)
    answer = browser.get(f"/sessions/{session.pk}/files/{pdf.pk}/?shown")
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "private" in answer["Cache-Control"]
    shown = browser.get(f"/sessions/{session.pk}/files/{png.pk}/?shown")
    assert shown["Content-Disposition"].startswith("inline")
    other = make_session()
    for stranger, where in (
        (client, session),
        (logged_in_browser(make_consultant().user), session),
        (logged_in_browser(other.consultant.user), other),
    ):
        assert stranger.get(f"/sessions/{where.pk}/files/{pdf.pk}/").status_code == 404
    chatting.delete(visitor=consultant_of(session), message_id=message.pk)
    assert browser.get(f"/sessions/{session.pk}/files/{pdf.pk}/").status_code == 404
    SessionLink.objects.update(revoked_at=timezone.now())
    assert browser.get(f"/sessions/{session.pk}/files/{png.pk}/").status_code == 404
