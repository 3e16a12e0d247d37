"""What a browser may do with our pages, beyond the strict Content-Security-Policy of the settings."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from csp.constants import HEADER
from csp.middleware import CheckableLazyObject, CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)

NEVER_KEPT = {
    "Expires": "Thu, 01 Jan 1970 00:00:00 GMT",
    "Cache-Control": "max-age=0, no-cache, no-store, must-revalidate, private",
}
PERMISSIONS = "accelerometer=(), camera=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()"


def never_cache(view: Callable[P, R]) -> Callable[P, R]:
    """As Django's, which words the same headers anew for each answer."""

    @wraps(view)
    def answer(*args: P.args, **kwargs: P.kwargs) -> R:
        response = view(*args, **kwargs)
        for name, value in NEVER_KEPT.items():
            response.headers[name] = value
        return response

    return answer


class HeadersMiddleware:
    """The headers that Django's own middleware does not set. Static files may be shown anywhere (mails do)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        shared = request.path.startswith(settings.STATIC_URL)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin" if shared else "same-origin")
        return response


_NONCE = "the-nonce-of-one-answer"
# Whoever reads the nonce after the header is written is told so, as by django-csp.
_TOO_LATE = CheckableLazyObject(CSPMiddleware._csp_nonce_post_response)


class ContentPolicyMiddleware(CSPMiddleware):
    """The policy of the settings, put into words once: an answer of its own mind is django-csp's to word.

    django-csp copies and joins all directives anew for every answer, twice with the report's.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        super().__init__(get_response)
        self._without_nonce = build_policy()
        self._with_nonce = build_policy(nonce=_NONCE)

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        of_its_own = any(name.startswith("_csp") for name in vars(response))
        if of_its_own or settings.DEBUG or HEADER in response:
            return super().process_response(request, response)
        nonce = getattr(request, "_csp_nonce", None)
        if nonce is None:
            response[HEADER] = self._without_nonce
            request.csp_nonce = _TOO_LATE  # type: ignore[attr-defined]
        else:
            response[HEADER] = self._with_nonce.replace(_NONCE, nonce)
        return response
