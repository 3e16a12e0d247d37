"""Reading bodies."""

from __future__ import annotations

import io
import re
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from rest_framework.parsers import BaseParser, JSONParser
from rest_framework.request import Request

from naksha.api.errors import VALIDATION, ApiError, refuse

LARGEST = 1024 * 1024  # bytes of a body that is no file; no request of ours needs a tenth of it
AROUND = 1024 * 1024  # what a form may weigh beside its file
DEEPEST = 32  # levels; no request of ours has more than 5
WIDEST = 20_000  # names and values; no request of ours has more than some hundreds
_HALF = re.compile("[\ud800-\udfff]")  # half of a pair, which is no character and fits into no UTF-8


def length_of(request: HttpRequest | Request) -> int:
    """What a body says of its length, before any of it is read; 0 for what is no number."""
    said = str(request.META.get("CONTENT_LENGTH") or "0")
    return int(said.lstrip("0")[:18] or "0") if said.isascii() and said.isdecimal() else 0  # Python reads 4,300 digits


def is_too_large(request: HttpRequest) -> bool:
    """Whether a body that is no form says that it is larger than it may be. See :func:`check_form` for forms."""
    return request.content_type != "multipart/form-data" and length_of(request) > LARGEST


def check_form(request: Request, *, field: str, most: int, sentence: str) -> None:
    """Refuse a form that can't but have a file of more than ``most`` bytes as its ``field``. Nothing of it is read:
    what is read of a form lies on the disk."""
    if length_of(request) > most + AROUND:
        raise refuse(field, sentence)


def too_large() -> ApiError:
    return ApiError(VALIDATION, 400, _("The body is larger than 1 MB."))


class Json(BaseParser):  # of a JSONParser's, DRF would read all there is first
    """JSON; a body that is large, nested deeply or wide, or holds half of a character, is refused in words that say
    which, and is no failure of ours."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        context = {**(parser_context or {}), "encoding": "utf-8"}  # JSON has no other
        body = stream.read(LARGEST + 1)
        if len(body) > LARGEST:  # whatever it has said
            raise too_large()
        try:
            data = JSONParser().parse(io.BytesIO(body), media_type, context)
        except RecursionError:
            raise _too_deep() from None
        _look_through(data)
        return data


def _too_deep() -> ApiError:
    return ApiError(VALIDATION, 400, _("The body is nested more than %(most)d levels deep.") % {"most": DEEPEST})


def _look_through(data: Any) -> None:
    level, seen = [data], 0
    for _depth in range(DEEPEST):
        inner: list[Any] = []
        for value in level:
            if isinstance(value, str) and _HALF.search(value):
                raise ApiError(VALIDATION, 400, _("The body holds half of a character: a surrogate without its pair."))
            if isinstance(value, dict):
                inner += [*value.keys(), *value.values()]
            elif isinstance(value, list):
                inner += value
        if not inner:
            return
        seen += len(inner)
        if seen > WIDEST:
            words = _("The body has more than %(most)s names and values.") % {"most": f"{WIDEST:,}"}
            raise ApiError(VALIDATION, 400, words)
        level = inner
    raise _too_deep()
