"""What holds for every request under ``/api/``: JSON, no redirect for a slash, and a limit that is always told."""

from __future__ import annotations

from collections.abc import Callable

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from naksha.api import errors, parsers
from naksha.api.schema import CODES
from naksha.web import limits
from naksha.web.address import client_address, neighbourhood

BASE = "/api/"
# Asked while the database is away, which may be what counts; and by the gateway, which sends again what was refused and
# stops the webhook for good after a day of it: its signature is looked at instead, which costs less than the count.
UNCOUNTED = {f"{BASE}v1/health", f"{BASE}v1/payments/webhook"}
REQUESTS, WINDOW = 1000, 15 * 60


def of_unknown_length(request: HttpRequest) -> bool:
    """Whether there is a body that comes in chunks: without its length it would be taken for none."""
    return "HTTP_TRANSFER_ENCODING" in request.META and not request.META.get("CONTENT_LENGTH")


class ApiMiddleware:
    """Stands outside of everything that could answer in HTML.

    A slash at the end is taken off before the address is resolved, so that it is never needed and never redirects a
    write. Each client address has 1,000 requests in 15 minutes; the headers say how many are left.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path_info
        if not path.startswith(BASE):
            return self.get_response(request)
        if len(path) > len(BASE) and path.endswith("/"):
            request.path_info = path.rstrip("/")
            request.path = request.path.rstrip("/")
        count = self._count(request)
        response: HttpResponse
        if count.allowed and of_unknown_length(request):
            response = errors.answer(
                request,
                status=400,
                code=errors.VALIDATION,
                message=_("Say how long the body is, with Content-Length: one in chunks isn’t read."),
            )
        elif count.allowed and parsers.is_too_large(request):
            told = parsers.too_large()
            response = errors.answer(request, status=told.status_code, code=told.code, message=told.message)
        elif count.allowed:
            response = self._json(request, self.get_response(request))
        else:
            response = errors.answer(
                request,
                status=429,
                code="RATE_LIMIT_EXCEEDED",
                message=_("Too many requests came from here. Wait a little, then go on."),
            )
        if not response.has_header("RateLimit-Limit"):
            response["RateLimit-Limit"] = str(count.limit)
            response["RateLimit-Remaining"] = str(count.remaining)
            response["RateLimit-Reset"] = str(count.retry_after)
        if response.status_code == 429 and not response.has_header("Retry-After"):
            response["Retry-After"] = str(count.retry_after)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    @staticmethod
    def _count(request: HttpRequest) -> limits.Limit:
        if request.path_info in UNCOUNTED:
            return limits.Limit(REQUESTS, 0, WINDOW)
        key = f"api:address:{neighbourhood(client_address(request))}"
        try:
            return limits.hit(key=key, limit=REQUESTS, seconds=WINDOW)
        except DatabaseError:  # nothing can be done without it anyway; that is told in the envelope
            return limits.Limit(REQUESTS, 0, WINDOW)

    @staticmethod
    def _json(request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Django's own pages for an unknown address, a bad host or a failure, in the envelope."""
        if response.status_code < 400 or response.headers.get("Content-Type", "").startswith("application/json"):
            return response
        known = {
            400: ("VALIDATION_ERROR", _("This request can’t be read.")),
            403: ("PERMISSION_DENIED", _("This account may not do that.")),
            404: ("NOT_FOUND", _("There is no such thing.")),
            405: ("METHOD_NOT_ALLOWED", _("This address does not know that method.")),
            413: ("VALIDATION_ERROR", _("This request is too large.")),
            429: ("RATE_LIMIT_EXCEEDED", _("Too many requests came from here. Wait a little, then go on.")),
        }
        code, message = known.get(
            response.status_code, ("INTERNAL_ERROR", _("Something went wrong on our side. Try again in a minute."))
        )
        status = CODES[code][0]
        told = errors.answer(request, status=status, code=code, message=message)
        if response.has_header("Retry-After"):
            told["Retry-After"] = response["Retry-After"]
        return told
