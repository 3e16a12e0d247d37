"""What every request passes."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

from naksha.logs import masked, request_id
from naksha.web import health

log = structlog.get_logger("naksha.access")
QUIET = ("/health", "/static/")


class HealthMiddleware:
    """Answers the probes before anything else: they know no host name, come over plain HTTP, and ask often."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info == "/health":
            return health.live(request)
        if request.path_info == "/health/ready" and settings.SESSION_COOKIE_NAME not in request.COOKIES:
            able, _found = health.examine()
            return JsonResponse({"ready": able}, status=200 if able else 503, headers={"Cache-Control": "no-store"})
        return self.get_response(request)


class RequestIdMiddleware:
    """Name each request, so that its log lines, its audit lines and its answer can be told together."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        name = uuid.uuid4().hex
        request.META["NAKSHA_REQUEST_ID"] = name
        started = time.perf_counter()
        before = request_id.set(name)
        try:
            response = self.get_response(request)
            if not request.path_info.startswith(QUIET):
                log.info(
                    "request",
                    method=request.method,
                    path=shown_path(request),
                    status=response.status_code,
                    ms=round((time.perf_counter() - started) * 1000, 1),
                )
        finally:
            request_id.reset(before)
        response["X-Request-Id"] = name
        return response


def shown_path(request: HttpRequest) -> str:
    """The address without what it opens: the route where one matched (``/b/<str:token>/``), else masked and cut."""
    match = request.resolver_match
    return f"/{match.route}" if match else masked(request.path_info[:120])
