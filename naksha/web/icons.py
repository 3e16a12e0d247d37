"""Icons of lucide-static, inlined so that they take the colour of the words beside them."""

from __future__ import annotations

import re
from functools import lru_cache

from django.conf import settings

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_INSIDE = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


class UnknownIcon(ValueError):
    """No icon has that name."""


@lru_cache(maxsize=512)
def icon_paths(name: str) -> str:
    """The drawing inside the icon's 24 by 24 frame. Raises UnknownIcon."""
    path = settings.BASE_DIR / "node_modules" / "lucide-static" / "icons" / f"{name}.svg"
    if not _NAME.fullmatch(name) or not path.is_file():
        raise UnknownIcon(name)
    found = _INSIDE.search(path.read_text())
    if found is None:
        raise UnknownIcon(name)
    return re.sub(r"\s*\n\s*", "", found[1]).replace(" />", "/>")


def icon_svg(name: str, extra: str = "") -> str:
    return (
        f'<svg class="ico{f" {extra}" if extra else ""}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">'
        f"{icon_paths(name)}</svg>"
    )
