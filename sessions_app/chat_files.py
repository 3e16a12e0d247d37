"""Files of a chat: what each is, is read from its content; a picture is drawn anew, so that nothing hides in it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from PIL import Image

from naksha.files import DOCUMENT_BYTES, NO_PICTURE, PICTURES, picture_form, read_document, tidy_filename, upright
from sessions_app.errors import FileRefused

MOST_FILES = 5
MOST_TOGETHER = 20 * 1024 * 1024  # of one message; the front server lets 25 MB through (deploy/Caddyfile)
MOST_PIXELS = 50_000_000
MOST_PARTS = 5_000  # of an office document
SHOWN_INLINE = frozenset(kind for kind, _extension in PICTURES.values())
_TEXTS = {".txt": "text/plain", ".csv": "text/csv", ".md": "text/plain"}
_OFFICE = {
    "word/": ("wordprocessingml.document", ".docx"),
    "xl/": ("spreadsheetml.sheet", ".xlsx"),
    "ppt/": ("presentationml.presentation", ".pptx"),
}


@dataclass(frozen=True)
class ChatFile:
    """A file that was looked into. ``name`` carries the true extension."""

    name: str
    content_type: str
    content: ContentFile[bytes]

    @property
    def size(self) -> int:
        return int(self.content.size)


def read_files(uploads: Sequence[UploadedFile]) -> list[ChatFile]:
    """What ``uploads`` are: pictures, PDF, office documents, plain text; at most 5, of at most 10 MB each
    and 20 MB together.

    Raises FileRefused, which names the file.
    """
    if len(uploads) > MOST_FILES:
        raise FileRefused(_("Send at most %(most)d files with one message.") % {"most": MOST_FILES})
    if sum(upload.size or 0 for upload in uploads) > MOST_TOGETHER:
        raise FileRefused(_("These files are larger than 20 MB together. Send some of them with a second message."))
    return [_read(upload) for upload in uploads]


def _read(upload: UploadedFile) -> ChatFile:
    name = upload.name or ""
    shown = tidy_filename(name, extension=PurePosixPath(name).suffix[:6].lower(), fallback=_("File"))
    if not upload.size:
        raise FileRefused(_("%(name)s is empty.") % {"name": shown})
    if upload.size > DOCUMENT_BYTES:
        raise FileRefused(_("%(name)s is larger than 10 MB.") % {"name": shown})
    kind = PurePosixPath(name.lower()).suffix
    if kind in _TEXTS:
        return _text(upload, kind)
    if kind in (extension for _part, extension in _OFFICE.values()):
        return _office(upload, shown)
    try:
        content = read_document(upload)
        data = upload.read() if content.extension == ".pdf" else drawn_anew(upload)
    except (ValidationError, *NO_PICTURE) as error:
        raise _unknown(shown) from error
    return ChatFile(
        tidy_filename(name, extension=content.extension, fallback=_("File")), content.content_type, ContentFile(data)
    )


def drawn_anew(upload: UploadedFile) -> bytes:
    """The pixels and the colours alone: no place where it was taken, and no second file behind them.

    Raises one of NO_PICTURE for what can't be drawn.
    """
    with Image.open(upload, formats=list(PICTURES)) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise ValueError("too many pixels")
        form, profile = picture_form(picture), picture.info.get("icc_profile")
        drawn = upright(picture)
        if form == "JPEG" and drawn.mode not in ("RGB", "L"):
            drawn, profile = drawn.convert("RGB"), None
        out = io.BytesIO()
        drawn.info.clear()
        drawn.save(out, format=form, quality=88, exif=b"", icc_profile=profile)
    return out.getvalue()


def _text(upload: UploadedFile, kind: str) -> ChatFile:
    data = upload.read()
    try:
        words = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _unknown(upload.name or "") from None
    if any(ord(sign) < 32 and sign not in "\t\n\r\f" for sign in words):
        raise _unknown(upload.name or "")
    return ChatFile(
        tidy_filename(upload.name or "", extension=kind, fallback=_("Text")), _TEXTS[kind], ContentFile(data)
    )


def _office(upload: UploadedFile, shown: str) -> ChatFile:
    """Only the list of parts is read, never what is packed in them. Macros are refused."""
    data = upload.read()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            names = [entry.filename for entry in packed.infolist()]
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise _unknown(shown) from error
    whole = data.startswith(b"PK\x03\x04") and "[Content_Types].xml" in names and len(names) <= MOST_PARTS
    if not whole or any(PurePosixPath(name).name.lower() == "vbaproject.bin" for name in names):
        raise _unknown(shown)
    for folder, (kind, extension) in _OFFICE.items():
        if any(name.startswith(folder) for name in names):
            name = tidy_filename(upload.name or "", extension=extension, fallback=_("Document"))
            return ChatFile(name, f"application/vnd.openxmlformats-officedocument.{kind}", ContentFile(data))
    raise _unknown(shown)


def _unknown(name: str) -> FileRefused:
    return FileRefused(
        _(
            "%(name)s can’t be sent. Send a JPG, PNG or WebP picture, a PDF, a Word, Excel or PowerPoint file, "
            "or plain text."
        )
        % {"name": name[:120]}
    )
