"""Filters of lists, as the address names them. What is none of the choices is a 400 that names the filter."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from naksha.api.errors import refuse

SEARCH = OpenApiParameter("search", str, description="Words to look for.")
LONGEST = 200


def ordering(*names: str) -> OpenApiParameter:
    """The parameter of :func:`naksha.api.paging.ordered`."""
    return OpenApiParameter("ordering", str, enum=[sign + name for name in names for sign in ("", "-")])


def words(request: Request, name: str = "search") -> str:
    text = request.query_params.get(name, "").strip()
    if len(text) > LONGEST or "\0" in text:
        raise refuse(name, _("Look for at most 200 characters."))
    return text


def choice(request: Request, name: str, values: Collection[str]) -> str | None:
    """One of ``values``, written in upper or lower case; None where it isn't asked for."""
    text = request.query_params.get(name)
    if text is None:
        return None
    found = {value.lower(): value for value in values}.get(text.lower())
    if found is None:
        raise refuse(name, _("Choose one of: %(values)s.") % {"values": ", ".join(values)})
    return found


def flag(request: Request, name: str) -> bool | None:
    found = choice(request, name, ["true", "false"])
    return None if found is None else found == "true"


def uuid(request: Request, name: str) -> UUID | None:
    text = request.query_params.get(name)
    if text is None:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise refuse(name, _("This is no id.")) from None


def day(request: Request, name: str) -> date | None:
    """A date, ``2026-11-24``."""
    text = request.query_params.get(name)
    if text is None:
        return None
    try:
        found = date.fromisoformat(text)
        if len(text) != 10 or not 2000 <= found.year <= 2100:
            raise ValueError
    except ValueError:
        raise refuse(name, _("Write the day as 2026-11-24.")) from None
    return found
