"""Pages for when something is wrong. 500 asks nothing of the database, the session or the context."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseServerError
from django.shortcuts import render
from django.template.loader import get_template


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return HttpResponseBadRequest(get_template("400.html").render())


def server_error(request: HttpRequest) -> HttpResponse:
    return HttpResponseServerError(get_template("500.html").render())


def too_many(request: HttpRequest, retry_after: int | None = None) -> HttpResponse:
    """429 with ``Retry-After`` in seconds, where it is known."""
    minutes = -(-retry_after // 60) if retry_after and retry_after > 90 else None
    response = render(request, "429.html", {"retry_after": retry_after, "minutes": minutes}, status=429)
    if retry_after is not None:
        response["Retry-After"] = str(retry_after)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token: nothing was done, and the page says how to send it again."""
    return render(request, "403_csrf.html", status=403)
