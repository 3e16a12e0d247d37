"""Addresses of before."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponsePermanentRedirect


def moved(request: HttpRequest, before: str, now: str) -> HttpResponsePermanentRedirect:
    """From ``/<before>/…`` to the same part of ``/<now>/…``. Who lives there may go back to the address of before, and
    a browser keeps a 301 for good unless it is told to ask again (RFC 9110 §15.4.2)."""
    rest = request.get_full_path()[len(before) + 1 :]
    return HttpResponsePermanentRedirect(f"/{now}{rest}", headers={"Cache-Control": "no-cache"})
