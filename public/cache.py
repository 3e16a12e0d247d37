"""Pages that are the same for every visitor without a login, kept for a few seconds and told apart by ETag."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from naksha.web import etags
from naksha.web.zone import visitor_zone

View = Callable[..., HttpResponse]
THEME_COOKIE = "theme"


def _key(request: HttpRequest) -> str:
    """What a page without a login may depend on: address, host, zone, theme. Nothing else of the visitor."""
    parts = (
        request.get_host(),
        request.get_full_path(),
        visitor_zone(request, "of the consultant"),  # who says none reads the consultant's
        request.COOKIES.get(THEME_COOKIE, "")[:8],
    )
    return "page:" + hashlib.sha256("\0".join(parts).encode()).hexdigest()


def public_page(*, seconds: int) -> Callable[[View], View]:
    """Keep the answer to a visitor without a login for ``seconds``. Somebody with one always gets it fresh.

    What is kept holds no CSRF token and sets no cookie; an answer that would is sent and not kept.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if settings.SESSION_COOKIE_NAME in request.COOKIES:
                response = view(request, *args, **kwargs)
                response["Cache-Control"] = "private, no-cache"
                return response
            key = _key(request)
            kept = cache.get(key)
            if kept is None:
                response = view(request, *args, **kwargs)
                if response.status_code != 200 or response.cookies or request.META.get("CSRF_COOKIE_NEEDS_UPDATE"):
                    return response
                kept = (response.content, f'"{hashlib.sha256(response.content).hexdigest()[:32]}"')
                cache.set(key, kept, seconds)
            content, etag = kept
            response = HttpResponse(status=304) if etags.has(request, etag) else HttpResponse(content)
            response["ETag"] = etag
            response["Cache-Control"] = f"public, max-age=0, s-maxage={seconds}, must-revalidate"
            patch_vary_headers(response, ["Cookie"])
            return response

        return wrapper

    return decorate
