"""Profile, photo and invoice details: what is kept, what is refused, and when the page appears."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from PIL import Image

from accounts.models import AuditEntry
from consultants import completion, links
from consultants.models import BankAccount, City, Consultant, Field, Language
from consultants.services import profile
from naksha.testing import make_consultant, make_service, make_user
from notifications.models import Notification, OutgoingMail
from notifications.rendering import render_mail
from notifications.tests.samples import SAMPLES

pytestmark = pytest.mark.django_db

INVOICE: dict[str, Any] = {
    "legal_name": "Ira Deshmukh",
    "registration": "regular",
    "gstin": "27AABCN1234F1ZW",
    "pan": None,
    "address": "4 Karve Road, Pune",
    "state_code": "27",
    "pin_code": "411004",
}


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def begin() -> Consultant:
    """A consultant who has only signed up."""
    from consultants.services.registration import create_consultant

    return create_consultant(make_user(role="consultant", first_name="Ira", last_name="Deshmukh"))


def fill(consultant: Consultant, **changes: Any) -> Consultant:
    field, _ = Field.objects.get_or_create(slug="tax", defaults={"name": "Tax"})
    language, _ = Language.objects.get_or_create(code="en", defaults={"name": "English", "own_name": "English"})
    where = {"name": "Pune", "state_code": "27", "latitude": "18.5", "longitude": "73.8"}
    city, _ = City.objects.get_or_create(slug="pune", defaults=where)
    values: dict[str, Any] = {
        "headline": "Company law without the drama",
        "bio": "Fourteen years of filings.",
        "fields": [field],
        "languages": [language],
        "city": city,
        "experience_years": 14,
    }
    return profile.update_profile(consultant=consultant, **{**values, **changes})


def picture(
    kind: str = "JPEG", size: tuple[int, int] = (900, 600), mode: str = "RGB", **save: Any
) -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new(mode, size, 128 if mode == "L" else tuple([200, 40, 90, 128][: len(mode)])).save(out, kind, **save)
    return SimpleUploadedFile("me.exe", out.getvalue(), content_type="text/html")


def left(consultant: Consultant) -> set[str]:
    return {step.key for step in completion.completion(consultant) if not step.done}


# --- completion


def test_somebody_new_has_everything_left_but_the_mail() -> None:
    assert left(begin()) == {
        "headline", "bio", "field", "language", "city", "experience", "photo", "service", "hours",
    }  # fmt: skip


def test_the_page_is_complete_when_the_last_needed_step_is_done() -> None:
    consultant = fill(begin(), headline="")
    assert consultant.profile_completed_at is None
    consultant = profile.update_profile(consultant=consultant, headline="Tax, plainly")
    assert consultant.profile_completed_at is not None
    assert left(consultant) == {"photo", "service", "hours"}


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"headline": "  "}, "headline"),
        ({"bio": "\n"}, "bio"),
        ({"fields": []}, "field"),
        ({"languages": []}, "language"),
        ({"city": None}, "city"),
        ({"experience_years": None}, "experience"),
    ],
)
def test_the_page_disappears_when_a_needed_step_is_undone(change: dict[str, Any], key: str) -> None:
    consultant = profile.update_profile(consultant=fill(begin()), **change)
    assert consultant.profile_completed_at is None
    assert key in left(consultant)


def test_no_experience_yet_is_an_answer() -> None:
    assert fill(begin(), experience_years=0).profile_completed_at is not None


def test_an_unconfirmed_mail_keeps_the_page_away() -> None:
    from consultants.services.registration import create_consultant

    consultant = create_consultant(make_user(role="consultant", verified=False))
    assert fill(consultant).profile_completed_at is None
    assert "mail" in left(consultant)


def test_services_and_hours_count_as_soon_as_they_are_there() -> None:
    consultant = make_consultant()
    make_service(consultant)
    assert left(consultant) == {"photo"}
    consultant.services.update(is_active=False)
    assert "service" in left(consultant)


def test_the_checklist_costs_one_query(django_assert_num_queries: Any) -> None:
    consultant = make_consultant()
    with django_assert_num_queries(1):
        completion.completion(consultant)


# --- profile


def test_what_is_not_named_stays(consultant: Consultant) -> None:
    profile.update_profile(consultant=consultant, headline="New")
    consultant.refresh_from_db()
    assert (consultant.headline, consultant.bio) == ("New", "Fourteen years of notices answered.")
    assert consultant.fields.count() == 1


def test_a_new_name_is_noted_in_the_trail(consultant: Consultant) -> None:
    profile.update_profile(consultant=consultant, display_name="Asha Rao-Iyer")
    line = AuditEntry.objects.get(action="consultant.renamed")
    assert line.data["after"] == "Asha Rao-Iyer"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("One.\r\n\r\n\r\n\r\nTwo.", "One.\n\nTwo."),
        ("  <script>alert(1)</script> ", "<script>alert(1)</script>"),
        ("abc\u202edcba\x07", "abcdcba"),
        ("नमस्ते 👋🏽 مرحبا", "नमस्ते 👋🏽 مرحبا"),
    ],
)
def test_text_is_kept_as_text(consultant: Consultant, typed: str, kept: str) -> None:
    assert profile.update_profile(consultant=consultant, bio=typed).bio == kept


# --- links


@pytest.mark.parametrize(
    ("line", "label", "url"),
    [
        ("https://www.linkedin.com/in/ira", "LinkedIn", "https://www.linkedin.com/in/ira"),
        ("in.linkedin.com/in/ira", "LinkedIn", "https://in.linkedin.com/in/ira"),
        ("https://ira.example/", "ira.example", "https://ira.example/"),
        ("https://notlinkedin.com/x", "notlinkedin.com", "https://notlinkedin.com/x"),
        ("https://bücher.example", "xn--bcher-kva.example", "https://xn--bcher-kva.example"),
    ],
)
def test_a_link_is_known_by_its_host(line: str, label: str, url: str) -> None:
    assert links.read_link(line) == {"label": label, "url": url}


@pytest.mark.parametrize(
    "line",
    [
        "http://ira.example/", "javascript:alert(1)", "javascript://x.example/%0aalert(1)", "https://localhost/",
        "https://user:pass@ira.example/", "https://ira.example:8080/", "https://ira .example/", "ftp://ira.example",
        "https://" + "a" * 300 + ".example", "https://[::1/", "//", "https://ira.example/\u202e",
    ],
)  # fmt: skip
def test_anything_else_is_no_link(line: str) -> None:
    with pytest.raises(ValidationError):
        links.read_link(line)


def test_links_are_read_line_by_line_each_once() -> None:
    text = "https://a.example\n\n  https://b.example \nhttps://a.example\n"
    assert [link["label"] for link in links.read_links(text)] == ["a.example", "b.example"]
    with pytest.raises(ValidationError, match="Six links"):
        links.read_links("\n".join(f"https://s{n}.example" for n in range(7)))


# --- photo


@pytest.mark.parametrize(
    ("kind", "mode"), [("JPEG", "RGB"), ("JPEG", "L"), ("JPEG", "CMYK"), ("PNG", "RGBA"), ("PNG", "P"), ("WEBP", "RGB")]
)
def test_a_photo_becomes_a_square_jpeg(consultant: Consultant, kind: str, mode: str) -> None:
    upload = picture(kind, mode="RGB" if mode == "P" else mode)
    if mode == "P":
        out = io.BytesIO()
        Image.open(upload).convert("P").save(out, "PNG", transparency=0)
        upload = SimpleUploadedFile("p.png", out.getvalue())
    consultant = profile.set_photo(consultant=consultant, upload=upload)
    with Image.open(consultant.photo) as kept:
        assert (kept.format, kept.mode, kept.size) == ("JPEG", "RGB", (600, 600))
    assert consultant.photo.name.startswith("photos/")
    assert "me" not in consultant.photo.name


def test_nothing_that_the_camera_wrote_is_kept(consultant: Consultant) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010F] = "SecretCamera"
    upload = picture("JPEG", (900, 600), exif=exif.tobytes(), comment=b"at home")
    consultant = profile.set_photo(consultant=consultant, upload=upload)
    raw = consultant.photo.read()
    assert b"SecretCamera" not in raw
    assert b"at home" not in raw
    assert not Image.open(io.BytesIO(raw)).getexif()


def test_a_turned_photo_is_set_upright(consultant: Consultant) -> None:
    tall = Image.new("RGB", (400, 400), "white")
    tall.paste("black", (0, 0, 400, 100))  # the top is dark
    exif = Image.Exif()
    exif[0x0112] = 3  # upside down
    out = io.BytesIO()
    tall.rotate(180).save(out, "JPEG", exif=exif.tobytes())
    consultant = profile.set_photo(consultant=consultant, upload=SimpleUploadedFile("a.jpg", out.getvalue()))
    kept = Image.open(consultant.photo).convert("L")
    assert kept.getpixel((200, 20)) < 60
    assert kept.getpixel((200, 380)) > 200


def test_odd_notes_of_a_camera_spoil_no_photo(consultant: Consultant) -> None:
    width_that_is_a_fraction = struct.pack("<HHII", 0x0101, 5, 1, 64)
    rows = width_that_is_a_fraction + struct.pack("<HHII", 0x0112, 3, 1, 6)
    upload = picture(exif=b"Exif\0\0II*\0" + struct.pack("<IH", 8, 2) + rows + bytes(80))
    assert Image.open(profile.set_photo(consultant=consultant, upload=upload).photo).size == (600, 600)


def bomb(side: int) -> SimpleUploadedFile:
    """A PNG that says it is ``side`` × ``side`` pixels and holds almost nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    return SimpleUploadedFile("big.png", b"\x89PNG\r\n\x1a\n" + head + body + chunk(b"IEND", b""))


@pytest.mark.parametrize("side", [8_000, 11_000, 50_000])
def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded(
    consultant: Consultant, side: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from PIL import ImageFile

    def decoded(_self: Any) -> None:
        raise AssertionError("a pixel was decoded")

    monkeypatch.setattr(ImageFile.ImageFile, "load", decoded)
    with pytest.raises(ValidationError, match="50 million pixels"):
        profile.set_photo(consultant=consultant, upload=bomb(side))


@pytest.mark.parametrize(
    "upload",
    [
        SimpleUploadedFile("a.jpg", b"GIF89a" + b"\0" * 100, content_type="image/jpeg"),
        SimpleUploadedFile("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>"),
        SimpleUploadedFile("a.jpg", b"<?php echo 1;"),
        SimpleUploadedFile("a.jpg", b""),
        SimpleUploadedFile("a.png", bomb(300).read()),
    ],
    ids=["gif", "svg", "php", "empty", "truncated"],
)
def test_what_is_no_picture_is_refused_and_nothing_is_kept(consultant: Consultant, upload: Any, tmp_path: Any) -> None:
    with pytest.raises(ValidationError, match="can be read"):
        profile.set_photo(consultant=consultant, upload=upload)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    consultant.refresh_from_db()
    assert not consultant.photo


def test_small_and_heavy_pictures_are_refused(consultant: Consultant) -> None:
    with pytest.raises(ValidationError, match="200 × 200"):
        profile.set_photo(consultant=consultant, upload=picture(size=(199, 900)))
    heavy = SimpleUploadedFile("a.jpg", b"\xff\xd8" + b"\0" * (10 * 1024 * 1024))
    with pytest.raises(ValidationError, match="10 MB"):
        profile.set_photo(consultant=consultant, upload=heavy)


def test_the_photo_before_is_forgotten_once_the_change_is_kept(
    consultant: Consultant, tmp_path: Any, django_capture_on_commit_callbacks: Any
) -> None:
    consultant = profile.set_photo(consultant=consultant, upload=picture())
    first = consultant.photo.name
    with django_capture_on_commit_callbacks(execute=True):
        consultant = profile.set_photo(consultant=consultant, upload=picture("PNG"))
        assert (tmp_path / first).exists()
    assert not (tmp_path / first).exists()
    with django_capture_on_commit_callbacks(execute=True):
        consultant = profile.remove_photo(consultant=consultant)
    assert not consultant.photo
    assert list(tmp_path.rglob("*.jpg")) == []


# --- invoice details


def test_a_registered_consultant_gives_gstin_and_place(consultant: Consultant) -> None:
    profile.update_invoice_details(consultant=consultant, **{**INVOICE, "gstin": " 27aabcn1234f1zw "})
    consultant.refresh_from_db()
    assert (consultant.gstin, consultant.pan) == ("27AABCN1234F1ZW", "AABCN1234F")
    assert AuditEntry.objects.get(action="consultant.invoice_details_changed").data == {
        "changed": ["legal_name", "registration", "gstin", "pan"]
    }


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"gstin": ""}, "gstin", "not registered"),
        ({"gstin": "27AABCN1234F1ZX"}, "gstin", "valid GSTIN"),
        ({"state_code": "29"}, "state_code", "Maharashtra"),
        ({"state_code": ""}, "state_code", "needs this"),
        ({"state_code": "99"}, "state_code", "Choose a State"),
        ({"pan": "AAPPV1234K"}, "pan", "inside your GSTIN"),
        ({"pin_code": "011004"}, "pin_code", "six digits"),
        ({"pin_code": ""}, "pin_code", "needs this"),
        ({"address": " "}, "address", "needs this"),
        ({"legal_name": ""}, "legal_name", "needs this"),
        ({"registration": "unregistered", "pan": "nonsense"}, "pan", "five letters"),
    ],
)
def test_wrong_details_change_nothing(consultant: Consultant, change: dict[str, Any], field: str, words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        profile.update_invoice_details(consultant=consultant, **{**INVOICE, **change})
    assert words in refused.value.message_dict[field][0]
    consultant.refresh_from_db()
    assert consultant.gstin == ""


def test_every_wrong_field_is_told_at_once(consultant: Consultant) -> None:
    with pytest.raises(ValidationError) as refused:
        profile.update_invoice_details(
            consultant=consultant, **{**INVOICE, "gstin": "x", "pin_code": "1", "address": ""}
        )
    assert set(refused.value.message_dict) == {"gstin", "pin_code", "address"}


def test_without_registration_there_is_no_gstin_and_nothing_else_is_needed(consultant: Consultant) -> None:
    profile.update_invoice_details(consultant=consultant, **INVOICE)
    bare = {**dict.fromkeys(INVOICE, ""), "registration": "unregistered", "gstin": "27AABCN1234F1ZW", "pan": None}
    consultant = profile.update_invoice_details(consultant=consultant, **bare)
    assert (consultant.gstin, consultant.pan) == ("", "AABCN1234F")


def test_the_pan_is_sealed_in_the_table_and_kept_when_left_alone(consultant: Consultant) -> None:
    details = {**INVOICE, "registration": "unregistered", "gstin": "", "pan": "aappv1234k"}
    profile.update_invoice_details(consultant=consultant, **details)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pan FROM consultants_consultant")
        assert "AAPPV" not in cursor.fetchone()[0]
    assert profile.update_invoice_details(consultant=consultant, **{**details, "pan": None}).pan == "AAPPV1234K"
    assert profile.update_invoice_details(consultant=consultant, **{**details, "pan": ""}).pan == ""


def test_another_pan_is_told_wherever_it_was_changed(consultant: Consultant) -> None:
    details = {**INVOICE, "registration": "unregistered", "gstin": ""}

    def told() -> list[str]:
        lines = Notification.objects.filter(user=consultant.user, title="The PAN for your payouts was changed")
        assert OutgoingMail.objects.filter(template="pan_changed").count() == lines.count()
        return [line.body.partition(". ")[0] for line in lines.order_by("created_at")]

    profile.update_invoice_details(consultant=consultant, **{**details, "pan": "AAPPV1234K"})
    assert told() == []  # it is the first, and no payout goes anywhere
    for pan in ("ABCPK1234L", None, "ABCPK1234L", ""):
        profile.update_invoice_details(consultant=consultant, **{**details, "pan": pan})
    assert told() == ["To ABCPKXXXXL", "It was removed"]
    BankAccount.objects.create(consultant=consultant, holder_name="Asha Rao", number="123456784321", ifsc="HDFC0001234")
    profile.update_invoice_details(consultant=consultant, **INVOICE)  # it is inside of the GSTIN
    assert told()[2:] == ["To AABCNXXXXF"]


@pytest.mark.parametrize(("pan", "account"), [("", ""), ("", "XXXXXXXX4321"), ("AAPPVXXXXK", "")])
def test_the_mail_of_a_pan_says_what_there_is(pan: str, account: str) -> None:
    text = render_mail("pan_changed", {**SAMPLES["pan_changed"], "pan": pan, "account": account}).text
    assert ("It was removed" in text) == (not pan)
    assert (f"PAN: {pan}" in text) == bool(pan)
    assert ("the same account as before" in text) == (f"Account: {account}" in text) == bool(account)
