"""Portraits, the only uploads that anyone may see: re-encoded when they came, each under a name of its own."""

from __future__ import annotations

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

_TYPES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
_YEAR = 365 * 24 * 3600


@require_safe
def photo(request: HttpRequest, name: str, kind: str) -> FileResponse:
    """A picture from ``photos/``. Where a proxy or a bucket serves ``/media/``, this is never asked."""
    try:
        file = default_storage.open(f"photos/{name}.{kind}")
    except FileNotFoundError as gone:
        raise Http404 from gone
    response = FileResponse(file, content_type=_TYPES[kind])
    response["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
