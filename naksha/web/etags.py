"""Whether who asks has the answer already (RFC 9110, 13.1.2)."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.http import parse_etags


def has(request: HttpRequest, etag: str) -> bool:
    """Whether ``etag`` is among those of If-None-Match, weak or strong, or that is ``*``: any answer will do."""
    shown = [tag.removeprefix("W/") for tag in parse_etags(request.headers.get("If-None-Match", ""))]
    return "*" in shown or etag.removeprefix("W/") in shown
