"""Portraits: whatever is sent becomes a square JPEG of our own making, without anything the camera wrote into it."""

from __future__ import annotations

import io
import warnings

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps

from naksha.files import NO_PICTURE, PICTURES, upright

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 50_000_000
LEAST_SIDE = 200
SIDE = 640
PAPER = (255, 255, 255)


def portrait(upload: UploadedFile) -> ContentFile[bytes]:
    """``upload`` cut to a square of at most 640 pixels. Raises ValidationError with what to do instead.

    The size is read from the file's head and checked before a single pixel is decoded.
    """
    if upload.size is None or upload.size > MOST_BYTES:
        raise ValidationError(too_large(), code="too_large")
    upload.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(upload, formats=list(PICTURES)) as picture:
                _check_size(picture)
                picture.draft("RGB", (2 * SIDE, 2 * SIDE))  # JPEG decodes at a fraction of its size
                return ContentFile(_encoded(_square(picture)))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except NO_PICTURE:
        raise ValidationError(
            _("This is not a JPG, PNG or WebP picture that can be read. Send another file."), code="unreadable"
        ) from None


def too_large() -> str:
    return _("This photo is larger than 10 MB. Send a smaller one.")


def _check_size(picture: Image.Image) -> None:
    if picture.width * picture.height > MOST_PIXELS:
        raise _too_many_pixels()
    if min(picture.size) < LEAST_SIDE:
        raise ValidationError(
            _("This photo is smaller than %(side)d × %(side)d pixels and would look blurred. Send a larger one."),
            code="too_small",
            params={"side": LEAST_SIDE},
        )


def _too_many_pixels() -> ValidationError:
    return ValidationError(
        _("This picture has more than 50 million pixels. Send a photo as a phone takes it, or a smaller copy."),
        code="too_many_pixels",
    )


def _square(picture: Image.Image) -> Image.Image:
    turned = upright(picture)
    side = min(SIDE, *turned.size)
    cut = ImageOps.fit(turned, (side, side), Image.Resampling.LANCZOS, centering=(0.5, 0.4))  # faces sit high
    return _on_paper(_in_srgb(cut, turned.info.get("icc_profile")))


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    if not profile or picture.mode not in ("RGB", "CMYK", "L"):
        return picture
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        return picture  # a profile that can't be read: the plain numbers are the best guess
    return converted or picture


def _on_paper(picture: Image.Image) -> Image.Image:
    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return picture.convert("RGB")
    clear = picture.convert("RGBA")
    paper = Image.new("RGB", clear.size, PAPER)
    paper.paste(clear, mask=clear.getchannel("A"))
    return paper


def _encoded(picture: Image.Image) -> bytes:
    """Pixels alone go into a new picture, so that no EXIF, place or comment can come along."""
    bare = Image.new("RGB", picture.size)
    bare.paste(picture)
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=86, optimize=True, progressive=True)
    return out.getvalue()
