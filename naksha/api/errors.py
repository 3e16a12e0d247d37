"""Every error as the contract words it: ``error``, ``message``, ``code``, ``statusCode``, and where it happened.

A :class:`naksha.errors.DomainError` carries its own code and status; what Django and DRF raise is translated here.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import structlog
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied
from django.core.exceptions import ValidationError as WrongValue
from django.http import Http404, HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions
from rest_framework.response import Response

from naksha.api.naming import camel
from naksha.errors import DomainError
from naksha.times import iso

log = structlog.get_logger(__name__)
VALIDATION = "VALIDATION_ERROR"


class ApiError(exceptions.APIException):
    """An error with a code of the contract. ``details`` go beside fields; ``limit`` is the one that was passed;
    ``challenge`` says in a 401's header what login is asked for (RFC 9470)."""

    def __init__(
        self,
        code: str,
        status: int,
        message: str,
        *,
        details: dict[str, list[str]] | None = None,
        retry_after: int = 0,
        limit: int = 0,
        challenge: str = "",
    ) -> None:
        super().__init__(message)
        self.code, self.status_code, self.message = code, status, message
        self.details, self.retry_after, self.limit = details, retry_after, limit
        self.challenge = challenge


def refuse(field: str, sentence: str) -> ApiError:
    """A 400 that names one field, in the contract's spelling."""
    return ApiError(VALIDATION, 400, _("Some of this is not right."), details={field: [sentence]})


def body_of(
    request: HttpRequest, *, status: int, code: str, message: str, details: dict[str, list[str]] | None = None
) -> dict[str, Any]:
    body: dict[str, Any] = {
        "error": HTTPStatus(status).phrase,
        "message": message,
        "code": code,
        "statusCode": status,
        "timestamp": iso(timezone.now()),
        "path": request.path_info,
        "method": request.method,
    }
    if details:
        body["details"] = details
    return body


def answer(request: HttpRequest, *, status: int, code: str, message: str) -> JsonResponse:
    """An error outside of DRF: an unknown path, a failure, too many requests."""
    return JsonResponse(body_of(request, status=status, code=code, message=message), status=status)


@csrf_exempt
def not_found(request: HttpRequest) -> JsonResponse:
    """The view of every address under ``/api/`` that there isn't, whatever the method."""
    return answer(request, status=404, code="NOT_FOUND", message=_("There is no such thing."))


def handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's EXCEPTION_HANDLER. None lets an unknown error rise: it is logged and answered by the middleware."""
    known = _known(error)
    if known is None:
        return None
    request = context["request"]
    response = Response(
        body_of(request, status=known.status_code, code=known.code, message=known.message, details=known.details),
        status=known.status_code,
    )
    if known.retry_after:
        response["Retry-After"] = str(known.retry_after)
    if known.limit:
        response["RateLimit-Limit"], response["RateLimit-Remaining"] = str(known.limit), "0"
        response["RateLimit-Reset"] = str(known.retry_after)
    if known.status_code == 401:
        response["WWW-Authenticate"] = ", ".join(filter(None, ['Bearer realm="api"', known.challenge]))
    if known.status_code == 405 and (allow := getattr(context.get("view"), "allowed_methods", None)):
        response["Allow"] = ", ".join(allow)
    return response


def _known(error: Exception) -> ApiError | None:
    match error:
        case ApiError():
            return error
        case DomainError():
            retry_after = int(getattr(error, "retry_after", 0))
            field = error.about
            return ApiError(
                error.code,
                error.http_status,
                str(error),
                details={camel(field): [str(error)]} if field else None,
                retry_after=retry_after,
                limit=int(getattr(error, "limit", 0)),
            )
        case exceptions.ValidationError():
            return ApiError(VALIDATION, 400, _("Some of this is not right."), details=flat(error.detail))
        case WrongValue():
            return ApiError(VALIDATION, 400, _("Some of this is not right."), details=named(error))
        case exceptions.ParseError():
            return ApiError(VALIDATION, 400, _("The body can’t be read as JSON."))
        case exceptions.UnsupportedMediaType():
            return ApiError(VALIDATION, 400, _("Send JSON, or multipart/form-data where a file is asked for."))
        case exceptions.NotAcceptable():
            return ApiError(VALIDATION, 400, _("Answers are JSON."))
        case exceptions.NotAuthenticated() | exceptions.AuthenticationFailed():
            return ApiError("NOT_AUTHENTICATED", 401, _("Log in first."))
        case exceptions.PermissionDenied() | PermissionDenied():
            return ApiError("PERMISSION_DENIED", 403, _("This account may not do that."))
        case exceptions.NotFound() | Http404():
            return ApiError("NOT_FOUND", 404, _("There is no such thing."))
        case exceptions.MethodNotAllowed():
            return ApiError("METHOD_NOT_ALLOWED", 405, _("This address does not know that method."))
    return None


def named(error: WrongValue, names: Mapping[str, str] | None = None) -> dict[str, list[str]]:
    """What a service or a form of Django's found wrong, by the contract's names. ``names`` are those that differ by
    more than their spelling."""
    if not hasattr(error, "error_dict"):
        return {"nonFieldErrors": [str(words) for words in error.messages]}
    spelled = {NON_FIELD_ERRORS: "nonFieldErrors", **(names or {})}
    return {
        spelled.get(name) or camel(name): [str(words) for words in wrong] for name, wrong in error.message_dict.items()
    }


def flat(detail: Any, prefix: str = "") -> dict[str, list[str]]:
    """DRF's nested errors as ``{"client.email": ["…"]}``; what belongs to no field is under ``nonFieldErrors``."""
    if isinstance(detail, dict):
        found: dict[str, list[str]] = {}
        for name, inner in detail.items():
            spelled = "nonFieldErrors" if name == "non_field_errors" else str(name)
            found.update(flat(inner, f"{prefix}.{spelled}" if prefix else spelled))
        return found
    if isinstance(detail, list) and any(isinstance(inner, dict) for inner in detail):
        found = {}
        for number, inner in enumerate(detail):
            if inner:
                found.update(flat(inner, f"{prefix}.{number}" if prefix else str(number)))
        return found
    words = detail if isinstance(detail, list) else [detail]
    return {prefix or "nonFieldErrors": [str(word) for word in words]}
