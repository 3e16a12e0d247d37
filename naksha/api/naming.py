"""``snake_case`` inside, ``camelCase`` outside."""

from __future__ import annotations

import re

_LOW = re.compile(r"_([a-z0-9])")
_UP = re.compile(r"(?<=[a-z0-9])([A-Z])")


def camel(name: str) -> str:
    return _LOW.sub(lambda match: match.group(1).upper(), name)


def snake(name: str) -> str:
    return _UP.sub(lambda match: "_" + match.group(1).lower(), name)
