"""Files that people send: what they are is read from their content, and they are kept under names of our own."""

from __future__ import annotations

import re
import unicodedata
import warnings
from dataclasses import dataclass
from pathlib import PurePosixPath

import puremagic
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

DOCUMENT_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 60_000_000
PICTURES = {"JPEG": ("image/jpeg", ".jpg"), "PNG": ("image/png", ".png"), "WEBP": ("image/webp", ".webp")}


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
                content = Content(*PICTURES[picture.format or ""])
                picture.verify()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise ValidationError(_("This picture has too many pixels. Send a smaller scan."), code="too_large") from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError):
        raise _unreadable() from None
    return content


def _unreadable() -> ValidationError:
    return ValidationError(_("This is not a PDF, JPG, PNG or WebP file that can be read."), code="unreadable")


def tidy_filename(name: str, *, extension: str, fallback: str) -> str:
    """``name`` as sent, fit to be shown and offered for download: no path, no control character, the true extension."""
    stem = PurePosixPath(name.replace("\\", "/")).name
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", stem)
    stem = "".join(c if unicodedata.category(c)[0] in "LMN" or c in " -_.()" else "_" for c in stem)
    return (re.sub(r"\s+", " ", stem).strip(" ._")[:120] or fallback) + extension
