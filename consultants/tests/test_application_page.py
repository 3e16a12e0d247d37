"""The application as the consultant sees it."""

import io
import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from accounts.models import AuditEntry
from consultants.models import ApprovalDocument, Consultant, private_storage
from consultants.services import approval
from naksha.testing import make_consultant
from notifications.models import OutgoingMail

pytestmark = pytest.mark.django_db
PAGE = reverse("consultants:application")
ADD = reverse("consultants:add_document")
SEND = reverse("consultants:application_send")
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


def picture(kind="PNG") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(file, kind)
    return file.getvalue()


def two_pictures() -> bytes:
    """Of a camera that writes a preview behind its picture."""
    file = io.BytesIO()
    white = Image.new("RGB", (40, 30), "white")
    white.save(file, "MPO", save_all=True, append_images=[white])
    return file.getvalue()


def huge_png() -> bytes:
    """A few bytes that claim 50,000 by 50,000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0))
        + chunk(b"IEND", b"")
    )


def upload(client, content=PDF, name="PAN card.pdf", kind="identity"):
    return client.post(ADD, {"kind": kind, "file": SimpleUploadedFile(name, content)})


@pytest.fixture
def draft(client):
    consultant = make_consultant(status=Consultant.Status.DRAFT)
    client.force_login(consultant.user)
    return consultant


def test_it_says_what_is_left(client, draft):
    Consultant.objects.update(headline="")
    page = client.get(PAGE).content.decode()
    assert "What is left" in page
    assert "6 of 8 done" in page
    assert "Write a headline" in page
    assert "Add a proof of identity" in page


def test_a_complete_application_is_sent_in(client, draft, admin_user):
    upload(client)
    assert client.post(SEND).url == PAGE
    draft.refresh_from_db()
    assert draft.status == "submitted"
    assert "We are reading it." in client.get(PAGE).content.decode()


def test_an_incomplete_one_says_why_and_stays(client, draft):
    answer = client.post(SEND)
    assert answer.status_code == 422
    assert "isn&#x27;t complete yet" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.status == "draft"
    assert not OutgoingMail.objects.exists()


def test_what_the_admin_asked_is_read_and_answered(client, draft, admin_user):
    upload(client)
    client.post(SEND)
    approval.ask_for_more(consultant=draft, actor=admin_user, question="Which council?")
    assert "Which council?" in client.get(PAGE).content.decode()
    assert client.post(SEND, {"answer": ""}).status_code == 422
    assert client.post(SEND, {"answer": "Maharashtra."}).status_code == 302
    assert AuditEntry.objects.filter(action="consultant.submitted").latest("created_at").reason == "Maharashtra."


def test_scripts_in_a_reason_are_only_text(client, draft, admin_user):
    upload(client)
    client.post(SEND)
    approval.reject(consultant=draft, actor=admin_user, reason="<script>alert(1)</script>")
    assert "<script>alert" not in client.get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("content", "name", "content_type", "kept"),
    [
        (PDF, "PAN card.pdf", "application/pdf", "PAN card.pdf"),
        (picture("PNG"), "scan.PNG", "image/png", "scan.png"),
        (picture("JPEG"), "scan.exe", "image/jpeg", "scan.jpg"),
        (two_pictures(), "scan.mpo", "image/jpeg", "scan.jpg"),
        (picture("WEBP"), "../../etc/passwd", "image/webp", "passwd.webp"),
        (PDF, "आधार\u202efdp.exe", "application/pdf", "आधारfdp.pdf"),
        (PDF, "..pdf", "application/pdf", "document.pdf"),
    ],
)
def test_a_document_is_kept_as_what_it_is_under_a_safe_name(client, draft, content, name, content_type, kept):
    assert upload(client, content, name).status_code == 302
    document = ApprovalDocument.objects.get()
    assert (document.content_type, document.original_name, document.size) == (content_type, kept, len(content))
    assert document.file.name.startswith(f"approval/{draft.pk}/")


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"<html><script>alert(1)</script>", "page.pdf"),
        (b"MZ\x90\x00" + b"\0" * 200, "tool.pdf"),
        (b"%PDF", "short.pdf"),
        (b"GIF89a" + b"\0" * 40, "anim.png"),
        (picture("PNG")[:40], "broken.png"),
        (huge_png(), "huge.png"),
        (PDF + b"0" * (10 * 1024 * 1024), "big.pdf"),
        (b"x", "x.svg"),
    ],
)
def test_anything_else_is_refused_and_nothing_is_kept(client, draft, content, name):
    answer = upload(client, content, name)
    assert answer.status_code == 422
    assert answer.context["document_form"].errors["file"]
    assert not ApprovalDocument.objects.exists()
    storage = private_storage()
    assert not storage.exists(f"approval/{draft.pk}") or not storage.listdir(f"approval/{draft.pk}")[1]


def test_ten_documents_are_the_most(client, draft):
    for _ in range(10):
        upload(client)
    assert upload(client).status_code == 422
    assert ApprovalDocument.objects.count() == 10


def test_a_document_is_given_to_its_owner_as_a_download(client, draft):
    upload(client)
    answer = client.get(reverse("consultants:document", args=[ApprovalDocument.objects.get().pk]))
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"] == 'attachment; filename="PAN card.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"
    assert "sandbox" in answer["Content-Security-Policy"]


def test_others_do_not_learn_that_a_document_exists(client, draft, stranger, other_consultant, admin_user):
    upload(client)
    address = reverse("consultants:document", args=[ApprovalDocument.objects.get().pk])
    for user, status in [(stranger, 404), (other_consultant.user, 404), (admin_user, 200)]:
        client.force_login(user)
        assert client.get(address).status_code == status
    client.logout()
    assert client.get(address).status_code == 302


def test_a_document_can_be_taken_back_with_its_file(client, draft, django_capture_on_commit_callbacks):
    upload(client)
    document = ApprovalDocument.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("consultants:remove_document", args=[document.pk]))
    assert not ApprovalDocument.objects.exists()
    assert not private_storage().exists(document.file.name)


def test_nobody_removes_anothers_document(client, draft, other_consultant):
    upload(client)
    document = ApprovalDocument.objects.get()
    client.force_login(other_consultant.user)
    assert client.post(reverse("consultants:remove_document", args=[document.pk])).status_code == 404
    assert ApprovalDocument.objects.exists()


def test_while_it_is_being_read_the_documents_stand_still(client, draft):
    upload(client)
    client.post(SEND)
    document = ApprovalDocument.objects.get()
    assert upload(client).status_code == 422
    client.post(reverse("consultants:remove_document", args=[document.pk]))
    assert list(ApprovalDocument.objects.all()) == [document]


def test_a_client_has_no_application(client, client_user):
    client.force_login(client_user)
    assert client.get(PAGE).status_code == 403


@pytest.mark.parametrize("address", [SEND, ADD])
def test_what_changes_something_is_never_a_get(client, draft, address):
    assert client.get(address).status_code == 405
