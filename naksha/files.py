"""Files that people send: what they are is read from their content, and they are kept under names of our own."""

from __future__ import annotations

import re
import struct
import unicodedata
import warnings
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath

import puremagic
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from PIL import ExifTags, Image, UnidentifiedImageError

DOCUMENT_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 60_000_000
PICTURES = {"JPEG": ("image/jpeg", ".jpg"), "PNG": ("image/png", ".png"), "WEBP": ("image/webp", ".webp")}
# What Pillow raises for bytes that are no picture, or not the one that their head promises.
NO_PICTURE = (
    UnidentifiedImageError,
    Image.DecompressionBombError,
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    LookupError,
    TypeError,
    struct.error,
    zlib.error,
)


_TURN = Image.Transpose
_TURNS = {  # by the orientation that a camera wrote down (CIPA DC-008, Exif 2.32, 4.6.4)
    2: _TURN.FLIP_LEFT_RIGHT,
    3: _TURN.ROTATE_180,
    4: _TURN.FLIP_TOP_BOTTOM,
    5: _TURN.TRANSPOSE,
    6: _TURN.ROTATE_270,
    7: _TURN.TRANSVERSE,
    8: _TURN.ROTATE_90,
}


@dataclass(frozen=True)
class Content:
    content_type: str
    extension: str  # with its dot


def read_document(upload: UploadedFile) -> Content:
    """What ``upload`` is: a PDF, JPEG, PNG or WebP of at most 10 MB. Raises ValidationError for anything else."""
    if upload.size is None or upload.size > DOCUMENT_BYTES:
        raise ValidationError(_("This file is larger than 10 MB. Send a smaller scan."), code="too_large")
    upload.seek(0)
    head = upload.read(2048)
    try:
        if head.startswith(b"%PDF-") and any(match.extension == ".pdf" for match in puremagic.magic_string(head)):
            return Content("application/pdf", ".pdf")
        return _read_picture(upload)
    except puremagic.PureError:
        raise _unreadable() from None
    finally:
        upload.seek(0)


def _read_picture(upload: UploadedFile) -> Content:
    upload.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(upload, formats=list(PICTURES)) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise ValidationError(_("This picture has too many pixels. Send a smaller scan."), code="too_large")
                content = Content(*PICTURES[picture_form(picture)])
                picture.verify()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise ValidationError(_("This picture has too many pixels. Send a smaller scan."), code="too_large") from None
    except NO_PICTURE:
        raise _unreadable() from None
    return content


def picture_form(picture: Image.Image) -> str:
    """Which of PICTURES ``picture`` is. Several JPEG in one file, as some cameras write them (MPO), are the first.

    Raises ValueError for any other.
    """
    form = "JPEG" if picture.format == "MPO" else picture.format
    if form not in PICTURES:
        raise ValueError(f"no picture that is taken: {form}")
    return form


def upright(picture: Image.Image) -> Image.Image:
    """A copy of ``picture``, turned as it was taken. Nothing else that a camera wrote down is read: much is odd."""
    turn = _TURNS.get(picture.getexif().get(ExifTags.Base.Orientation, 1))
    return picture.copy() if turn is None else picture.transpose(turn)


def _unreadable() -> ValidationError:
    return ValidationError(_("This is not a PDF, JPG, PNG or WebP file that can be read."), code="unreadable")


def tidy_filename(name: str, *, extension: str, fallback: str) -> str:
    """``name`` as sent, fit to be shown and offered for download: no path, no control character, the true extension."""
    stem = PurePosixPath(name.replace("\\", "/")).name
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", stem)
    stem = "".join(c if unicodedata.category(c)[0] in "LMN" or c in " -_.()" else "_" for c in stem)
    return (re.sub(r"\s+", " ", stem).strip(" ._")[:120] or fallback) + extension
