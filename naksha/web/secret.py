"""Pages that are for one reader, or whose address is a key."""

from __future__ import annotations

from django.http import HttpResponse


def secret(response: HttpResponse) -> HttpResponse:
    """Nobody else's to keep, index or hear of."""
    response["Cache-Control"] = "no-store, private"
    # No other site learns the address. With no-referrer browsers would call the page's own forms' origin "null",
    # which the check against forged requests refuses.
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
