"""Handing out a file of the chat, or one that waits for its message: always as a file to keep, never as a page."""

from __future__ import annotations

from django.core.files.storage import Storage
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404


def file_answer(file: FieldFile, *, name: str, content_type: str, shown: bool = False) -> FileResponse:
    """The file under the name that it was sent with. ``shown``: in the browser; for pictures that we drew ourselves.

    Raises Http404 where the storage has lost it.
    """
    storage: Storage = file.storage
    try:
        content = storage.open(str(file.name))
    except FileNotFoundError as gone:
        raise Http404 from gone
    answer = FileResponse(content, as_attachment=not shown, filename=name, content_type=content_type)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cache-Control"] = "private, max-age=600"
    return answer
