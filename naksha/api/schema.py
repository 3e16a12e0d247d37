"""The OpenAPI document: each operation says its envelope, its errors and an example of each, in one decorator."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, TypeVar

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import build_examples_list
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_field,
    inline_serializer,
)
from rest_framework import serializers

from naksha.api.naming import camel
from naksha.api.serializers import Instant, Serializer

T = TypeVar("T", bound=Callable[..., Any])

# Each code of the contract: its status, and the words of its example.
CODES: dict[str, tuple[int, str]] = {
    "VALIDATION_ERROR": (400, "Some of this is not right."),
    "PAYMENT_SIGNATURE_INVALID": (400, "This payment answer could not be verified. Nothing has been changed."),
    "INVALID_CREDENTIALS": (401, "The mail address or the password is not right."),
    "NOT_AUTHENTICATED": (401, "Log in first."),
    "TOKEN_EXPIRED": (401, "The access token has expired. Refresh it."),
    "PERMISSION_DENIED": (403, "This account may not do that."),
    "EMAIL_NOT_VERIFIED": (403, "Confirm the mail address first."),
    "ADMIN_APPROVAL_REQUIRED": (403, "An admin has to approve this account first."),
    "NOT_FOUND": (404, "There is no such thing."),
    "METHOD_NOT_ALLOWED": (405, "This address does not know that method."),
    "EMAIL_EXISTS": (409, "This mail address has an account already."),
    "SLOT_TAKEN": (409, "That time has just been taken. Please choose another."),
    "INVALID_STATE": (409, "This can't be done any more: its state has changed meanwhile."),
    "IDEMPOTENCY_CONFLICT": (422, "This Idempotency-Key was used for another request. Make a new one."),
    "RATE_LIMIT_EXCEEDED": (429, "Too many requests came from here. Wait a little, then go on."),
    "INTERNAL_ERROR": (500, "Something went wrong on our side. Try again in a minute."),
    "SECOND_FACTOR_REQUIRED": (401, "Send the code of your authenticator app, or a recovery code, as well."),
    "SECOND_FACTOR_MISSING": (403, "Set up a second factor on the site first. Admins need one."),
    "ACCOUNT_SUSPENDED": (403, "This account is suspended."),
    "SERVICE_UNAVAILABLE": (503, "Something that we need does not answer just now. Try again in a minute."),
    "GATEWAY_UNAVAILABLE": (502, "The payment service does not answer just now. Please try again in a minute."),
}
# What stands in the addresses of examples.
AN_ID = "01934c2e-6b1a-7c3e-9d0f-2a5b8c7e4f10"
PARTS = {"slug": "asha-rao", "token": "3tbAKkvB…"}
ALWAYS = ("VALIDATION_ERROR", "INTERNAL_ERROR")  # a body where none is taken is refused too
REPEATED = ("INVALID_STATE", "IDEMPOTENCY_CONFLICT")  # the first request is at work; it was another
LOGGED_IN = ("NOT_AUTHENTICATED", "TOKEN_EXPIRED")
ROLE = ("PERMISSION_DENIED", "ADMIN_APPROVAL_REQUIRED")  # what a login of the wrong kind meets


class Error(Serializer):
    """Every error."""

    error = serializers.CharField()
    message = serializers.CharField(help_text="A sentence that can be shown to a person.")
    code = serializers.ChoiceField(choices=sorted(CODES))
    status_code = serializers.IntegerField()
    timestamp = Instant()
    path = serializers.CharField()
    method = serializers.CharField()
    details = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text="What is wrong with each field, where it is the input.",
    )


class Pagination(Serializer):
    page = serializers.IntegerField()
    page_size = serializers.IntegerField()
    total_pages = serializers.IntegerField()
    total_count = serializers.IntegerField()
    has_next = serializers.BooleanField()
    has_previous = serializers.BooleanField()


@extend_schema_field({"type": "null"})
class Nothing(serializers.Field):
    """The ``data`` of an answer that has none."""


class Schema(AutoSchema):
    """Of each operation: the body of a DELETE too, errors as they would come from its own address, and a name of its
    own where two methods are one act."""

    def get_operation(self, path: str, *args: Any, **kwargs: Any) -> Any:
        made = super().get_operation(path, *args, **kwargs)
        view: Any = type(self.view)
        if made and self.method == "PATCH" and view.patch is getattr(view, "put", None):
            made["operationId"] += "_by_patch"
        for response in (made or {}).get("responses", {}).values():
            for content in response.get("content", {}).values():
                for example in content.get("examples", {}).values():
                    _place(example, path, self.method)
        if made:
            _headers(made, copied=view.public_cache and self.method == "GET")
        return made

    def _get_request_body(self, direction: str = "request") -> Any:
        method, whole = self.method, not getattr(self.get_request_serializer(), "partial", False)
        if method == "DELETE" or (method == "PATCH" and whole):
            self.method = "POST"  # else a DELETE has no body, and of a PATCH's nothing is needed
        try:
            return super()._get_request_body(direction)  # type: ignore[no-untyped-call]
        finally:
            self.method = method


def _headers(made: dict[str, Any], *, copied: bool) -> None:
    """Says which headers come with the answers of an operation that is counted, and of one whose copies are kept."""
    told = made["responses"]
    if copied:
        made.setdefault("parameters", []).append(IF_NONE_MATCH)
        told["304"] = {"description": "The copy that has this ETag is still good."}
    for status, response in told.items():
        names = [*(COUNTED if "429" in told else ()), *(("Retry-After",) if status == "429" else ())]
        names += ["ETag"] if copied and status in ("200", "304") else []
        if names and (status < "400" or status == "429"):
            response["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _place(example: dict[str, Any], path: str, method: str) -> None:
    value = example["value"]
    if isinstance(value, dict) and "statusCode" in value:
        shown = re.sub(r"{(\w+)}", lambda part: PARTS.get(part[1], AN_ID), path)
        example["value"] = {**value, "path": shown, "method": method}


def any_address(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Adds to the document what no operation answers, for it is the answer to what is none; and the headers."""
    (shown,) = build_examples_list([_bad("METHOD_NOT_ALLOWED")]).values()
    _place(shown, "/api/v1/auth/login", "GET")
    content = {"schema": {"$ref": "#/components/schemas/Error"}, "examples": {"METHOD_NOT_ALLOWED": shown}}
    told = {"description": "METHOD_NOT_ALLOWED", "content": {"application/json": content}}
    result["components"].setdefault("responses", {})["MethodNotAllowed"] = told
    result["components"]["headers"] = HEADERS
    return result


WHOLE: dict[str, Any] = {"type": "integer", "minimum": 0}
HEADERS: dict[str, Any] = {
    "RateLimit-Limit": {"schema": WHOLE, "description": "Requests in a span. On errors too."},
    "RateLimit-Remaining": {"schema": WHOLE, "description": "What is left of them. On errors too."},
    "RateLimit-Reset": {"schema": WHOLE, "description": "Seconds until there are more. On errors too."},
    "Retry-After": {"schema": WHOLE, "description": "Seconds to wait."},
    "ETag": {"schema": {"type": "string"}, "description": "Of this answer. Show it in If-None-Match."},
}
COUNTED = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
IF_NONE_MATCH = {
    "in": "header",
    "name": "If-None-Match",
    "schema": {"type": "string"},
    "description": "The ETag of the copy that you have: 304 without a body where it is still good.",
}
PAGE = [
    OpenApiParameter("page", int, description="From 1. A page past the end is an empty list."),
    OpenApiParameter("pageSize", int, description="1 to 100; 20 if left out."),
]
KEY = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, description="The same key and body get the first answer again."
)


def operation(
    name: str,
    summary: str,
    *,
    tag: str,
    request: Any = None,
    answer: Any = None,
    listed: str = "",
    produces: str = "",
    status: int = 200,
    also: dict[int, str] | None = None,
    errors: Iterable[str] = (),
    parameters: Iterable[OpenApiParameter] = (),
    description: str = "",
    login: bool | None = True,
    counted: bool = True,
    idempotent: bool = False,
    request_example: Any = None,
    example: Any = None,
) -> Callable[[T], T]:
    """Describe one method of a view.

    ``name`` is its operationId. ``answer`` is the serializer of ``data`` (None: null), ``listed`` the plural under
    which a page of them stands, ``also`` other statuses of the same answer and what each means, ``produces`` the media
    type of a file that comes without the envelope. ``errors`` are codes beyond those that any request, or any login,
    can meet. Without ``request`` a body is refused. ``login`` is False where none is needed, though a token that is
    shown has to be right, and None where none is looked at.
    ``counted``: whether the limit of an address holds.
    """
    codes = [*errors, *ALWAYS, *(LOGGED_IN if login is not None else ()), *(REPEATED if idempotent else ())]
    codes += ["RATE_LIMIT_EXCEEDED"] if counted else []
    by_status: dict[int, list[str]] = {}
    for code in dict.fromkeys(codes):
        by_status.setdefault(CODES[code][0], []).append(code)
    responses: dict[Any, Any] = {}
    if produces:
        responses[status, produces] = OpenApiResponse(OpenApiTypes.BINARY, description=summary)
    else:
        good = _good(example, listed, empty=answer is None)
        envelope = _envelope(name, answer, listed)
        responses[status] = OpenApiResponse(envelope, description=summary, examples=good)
        for other, meaning in (also or {}).items():
            responses[other] = OpenApiResponse(envelope, description=meaning)
    for number, each in sorted(by_status.items()):
        responses[number] = OpenApiResponse(Error, description=", ".join(each), examples=[_bad(code) for code in each])
    describe = extend_schema(
        operation_id=name,
        summary=summary,
        description=description,
        tags=[tag],
        request=request,
        responses=responses,
        parameters=[*parameters, *(PAGE if listed else ()), *((KEY,) if idempotent else ())],
        auth=None if login else [],
        examples=[
            OpenApiExample("Request", request_example, request_only=True, media_type=media_type)
            for media_type in (request if isinstance(request, dict) else ("application/json",))
            if request_example
        ],
    )

    def described(view: T) -> T:
        known = describe(view)
        known.takes_body = request is not None  # type: ignore[attr-defined]  # ApiView refuses what is not taken
        return known

    return described


def _envelope(name: str, answer: Any, listed: str) -> Any:
    title = camel(name)[:1].upper() + camel(name)[1:]
    if listed:
        data: Any = inline_serializer(f"{title}Page", {listed: answer(many=True), "pagination": Pagination()})
    elif answer is None:
        data = Nothing()
    else:
        data = answer if isinstance(answer, serializers.BaseSerializer | serializers.Field) else answer()
    return inline_serializer(f"{title}Answer", {"message": serializers.CharField(allow_blank=True), "data": data})


def _good(example: Any, listed: str, *, empty: bool = False) -> list[OpenApiExample]:
    if example is None and not empty:
        return []
    if listed:
        pages = {"page": 1, "pageSize": 20, "totalPages": 1, "totalCount": 1, "hasNext": False, "hasPrevious": False}
        example = {listed: [example], "pagination": pages}
    return [OpenApiExample("Success", {"message": "", "data": example}, response_only=True)]


def _bad(code: str) -> OpenApiExample:
    status, message = CODES[code]
    body: dict[str, Any] = {
        "error": HTTPStatus(status).phrase,
        "message": message,
        "code": code,
        "statusCode": status,
        "timestamp": "2026-11-24T05:30:00Z",
        "path": "",  # and the method: Schema knows them
        "method": "",
    }
    if code == "VALIDATION_ERROR":
        body["details"] = {"field": ["What is wrong with it."]}
    return OpenApiExample(code, body, response_only=True, status_codes=[str(status)])
