"""What an uploaded file is, read from its content: pictures and PDF as in the chat, sound and video by their signature.

Sound and video are never opened, only told apart by their first bytes; they are kept as they came, under a name of our
own, and handed out as files to keep, which no browser runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from naksha.files import DOCUMENT_BYTES, NO_PICTURE, read_document, tidy_filename
from sessions_app.chat_files import drawn_anew
from sessions_app.errors import FileRefused
from sessions_app.models import Upload

MEDIA_BYTES = 200 * 1024 * 1024
HEAD = 4096  # the signatures below stand in it

K = Upload.Kind
# ISO base media: the brand says what is inside (https://mp4ra.org/registered-types/brands).
_SOUND_BRANDS = (b"M4A ", b"M4B ", b"M4P ")
_VIDEO_BRANDS = (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV", b"dash")


@dataclass(frozen=True)
class UploadFile:
    name: str  # with the true extension
    kind: Upload.Kind
    content_type: str
    content: File[bytes]

    @property
    def size(self) -> int:
        return int(self.content.size)


def read_upload(upload: UploadedFile) -> UploadFile:
    """What ``upload`` is. Raises FileRefused, which says what could be sent instead."""
    name = upload.name or ""
    shown = tidy_filename(name, extension=PurePosixPath(name).suffix[:6].lower(), fallback=_("File"))
    if not upload.size:
        raise FileRefused(_("%(name)s is empty.") % {"name": shown})
    upload.seek(0)
    head = upload.read(HEAD)
    upload.seek(0)
    if media := _media(head):
        kind, content_type, extension = media
        if upload.size > MEDIA_BYTES:
            raise FileRefused(_("%(name)s is larger than 200 MB.") % {"name": shown})
        return UploadFile(tidy_filename(name, extension=extension, fallback=_("File")), kind, content_type, upload)
    if upload.size > DOCUMENT_BYTES:
        raise FileRefused(_("%(name)s is larger than 10 MB.") % {"name": shown})
    try:
        content = read_document(upload)
        is_pdf = content.extension == ".pdf"
        kept: File[bytes] = upload if is_pdf else ContentFile(drawn_anew(upload))
    except (ValidationError, *NO_PICTURE) as error:
        raise FileRefused(
            _("%(name)s can’t be taken. Send a JPG, PNG or WebP picture, a PDF, or a common sound or video file.")
            % {"name": shown}
        ) from error
    true_name = tidy_filename(name, extension=content.extension, fallback=_("File"))
    return UploadFile(true_name, K.PDF if is_pdf else K.IMAGE, content.content_type, kept)


def _media(head: bytes) -> tuple[Upload.Kind, str, str] | None:
    """Kind, content type and extension of sound or video; None for anything else."""
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        if brand in _SOUND_BRANDS:
            return K.AUDIO, "audio/mp4", ".m4a"
        if brand == b"qt  ":
            return K.VIDEO, "video/quicktime", ".mov"
        if brand[:3] == b"3gp":
            return K.VIDEO, "video/3gpp", ".3gp"
        return (K.VIDEO, "video/mp4", ".mp4") if brand in _VIDEO_BRANDS else None
    if head.startswith(b"\x1aE\xdf\xa3"):
        if b"webm" in head[:64]:
            return K.VIDEO, "video/webm", ".webm"
        return (K.VIDEO, "video/x-matroska", ".mkv") if b"matroska" in head[:64] else None
    if head.startswith(b"RIFF") and head[8:12] == b"WAVE":
        return K.AUDIO, "audio/wav", ".wav"
    if head.startswith(b"OggS"):
        video = b"theora" in head[:64]
        return (K.VIDEO, "video/ogg", ".ogv") if video else (K.AUDIO, "audio/ogg", ".ogg")
    if head.startswith(b"fLaC"):
        return K.AUDIO, "audio/flac", ".flac"
    if head.startswith(b"ID3") or _is_mpeg_frame(head):
        return K.AUDIO, "audio/mpeg", ".mp3"
    if _is_adts_frame(head):
        return K.AUDIO, "audio/aac", ".aac"
    return None


def _is_mpeg_frame(head: bytes) -> bool:
    """The header of an MPEG layer III frame (ISO 11172-3 §2.4.2.3), with a bit rate and a sampling rate that exist."""
    return (
        len(head) > 3
        and head[0] == 0xFF
        and head[1] & 0xE6 == 0xE2
        and head[1] & 0x18 != 0x08
        and head[2] >> 4 not in (0, 15)
        and head[2] & 0x0C != 0x0C
    )


def _is_adts_frame(head: bytes) -> bool:
    """The header of an AAC frame (ISO 13818-7 §6.2): the layer is always 0, the sampling rate one of thirteen."""
    return len(head) > 6 and head[0] == 0xFF and head[1] & 0xF6 == 0xF0 and (head[2] >> 2) & 0x0F < 13
