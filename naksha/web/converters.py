"""Parts of addresses that several apps use."""

from __future__ import annotations

from uuid import UUID

from django.urls import register_converter


class TokenConverter:
    """A link's secret: 20 to 64 signs, so that the words beside it are never one."""

    regex = "[A-Za-z0-9_-]{20,64}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(TokenConverter, "token")


def id_in(token: str) -> UUID | None:
    """The id that stands where a link's secret would: who needs no link asks by it, and it opens nothing to others. A
    secret has 32 signs, so none is ever taken for one."""
    if len(token) != 36:
        return None
    try:
        return UUID(token)
    except ValueError:
        return None
