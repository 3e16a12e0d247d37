"""Pages of a list: ``page`` from 1, ``pageSize`` 1 to 100. A page past the end is an empty list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.request import Request

from naksha.api.errors import refuse

PAGE_SIZE, LARGEST = 20, 100
LAST_PAGE = 10_000_000


def number(request: Request, name: str, default: int, *, lowest: int, highest: int) -> int:
    """A whole number of the address. Raises a 400 that names it."""
    text = request.query_params.get(name)
    if text is None:
        return default
    if not text.isascii() or not text.isdecimal() or len(text) > 8 or not lowest <= int(text) <= highest:
        raise refuse(name, _("Choose a whole number from %(low)d to %(high)d.") % {"low": lowest, "high": highest})
    return int(text)


@dataclass(frozen=True)
class Asked:
    """The page that an address asks for."""

    page: int
    size: int

    @property
    def first(self) -> int:
        return (self.page - 1) * self.size

    def pagination(self, total: int) -> dict[str, Any]:
        """What stands beside the rows of this page, of ``total`` rows in all."""
        pages = -(-total // self.size)
        return {
            "page": self.page,
            "pageSize": self.size,
            "totalPages": pages,
            "totalCount": total,
            "hasNext": self.page < pages,
            "hasPrevious": self.page > 1,
        }


def asked(request: Request) -> Asked:
    """Raises a 400 that names ``page`` or ``pageSize``."""
    page = number(request, "page", 1, lowest=1, highest=LAST_PAGE)
    return Asked(page, number(request, "pageSize", PAGE_SIZE, lowest=1, highest=LARGEST))


def page_of(request: Request, rows: QuerySet[Any] | Sequence[Any]) -> tuple[list[Any], dict[str, Any]]:
    """The rows of the asked page, and the ``pagination`` beside them. Two queries, whatever the length."""
    wanted = asked(request)
    total = rows.count() if isinstance(rows, QuerySet) else len(rows)
    found = list(rows[wanted.first : wanted.first + wanted.size]) if wanted.first < total else []
    return found, wanted.pagination(total)


def ordered(
    request: Request, rows: QuerySet[Any], allowed: dict[str, str], default: str | None = None
) -> QuerySet[Any]:
    """``rows`` in the order of ``ordering`` (``-createdAt``), always told apart by their key in the end.

    ``allowed`` maps the contract's names to fields. Without a ``default`` the rows stay as they come where no order is
    asked for. Raises a 400 for another name.
    """
    asked = request.query_params.get("ordering", default)
    if asked is None:
        return rows
    name = asked.removeprefix("-")
    if name not in allowed:
        raise refuse("ordering", _("Order by one of: %(names)s.") % {"names": ", ".join(sorted(allowed))})
    minus = "-" if asked.startswith("-") else ""
    return rows.order_by(f"{minus}{allowed[name]}", f"{minus}pk")
