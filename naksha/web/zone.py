"""The visitor's own time zone: what the address says, else what the browser told, else the consultant's."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from django.http import HttpRequest

COOKIE = "tz"
# Names that browsers still send for a zone that has been renamed.
_RENAMED = {"Asia/Calcutta": "Asia/Kolkata", "Asia/Katmandu": "Asia/Kathmandu", "Asia/Rangoon": "Asia/Yangon"}


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    return frozenset(name for name in available_timezones() if "/" in name or name == "UTC") - {"localtime"}


def clean_zone(name: str | None) -> str | None:
    """The IANA name as the tz database has it, or None for anything else."""
    if not name or len(name) > 64:
        return None
    name = _RENAMED.get(name, name)
    return name if name in _known() else None


def visitor_zone(request: HttpRequest, fallback: str = "Asia/Kolkata") -> str:
    """``?tz=`` first, then the cookie that the page's script sets, then ``fallback``."""
    return clean_zone(request.GET.get("tz")) or clean_zone(request.COOKIES.get(COOKIE)) or fallback


@lru_cache(maxsize=512)
def zone(name: str) -> ZoneInfo:
    """A ZoneInfo for a name that is already clean."""
    return ZoneInfo(name)
