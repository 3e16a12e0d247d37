"""Reading bodies."""

from __future__ import annotations

import re
from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

DEEPEST = 32  # levels; no request of ours has more than 5
_HALF = re.compile("[\ud800-\udfff]")  # half of a pair, which is no character and fits into no UTF-8


class Json(JSONParser):
    """JSON; a body that is nested deeply, or holds half of a character, is one that can't be read or kept, and no
    failure of ours."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        context = {**(parser_context or {}), "encoding": "utf-8"}  # JSON has no other
        try:
            data = super().parse(stream, media_type, context)
        except RecursionError:
            raise ParseError from None
        _look_through(data)
        return data


def _look_through(data: Any) -> None:
    level = [data]
    for _depth in range(DEEPEST):
        inner: list[Any] = []
        for value in level:
            if isinstance(value, str) and _HALF.search(value):
                raise ParseError
            if isinstance(value, dict):
                inner += [*value, *value.values()]
            elif isinstance(value, list):
                inner += value
        if not inner:
            return
        level = inner
    raise ParseError
