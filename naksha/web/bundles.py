"""The site's one stylesheet and one script, and the scripts of chat and calendar, joined from their parts when they are
asked for.

No file is generated into the repository: ``collectstatic`` collects the joined files and hashes them, and a
development server joins them again whenever a part has changed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage, Storage

_STATIC = Path(settings.BASE_DIR) / "static"
_FULLCALENDAR = Path(settings.BASE_DIR) / "node_modules" / "fullcalendar"
_STYLES_FIRST = ("tokens.css", "fonts.css", "reset.css", "base.css")
_STYLES_LAST = ("utilities.css", "print.css")
CHAT = (
    "page",
    "drawing",
    "catching",
    "people",
    "line",
    "waiting",
    "sending",
    "changing",
    "finding",
    "begin",
)  # in this order
CALENDAR = ("page", "look", "mending", "fetching", "showing", "moving", "blocking", "begin")
# Page families that a layout links by itself, after the joined file: each styles its own pages and no others.
FAMILIES = frozenset(
    {
        "account",
        "analytics",
        "application",
        "availability",
        "booking",
        "calendar",
        "clients",
        "dashboard",
        "entrance",
        "errors",
        "me",
        "notifications",
        "practice",
        "public",
        "quotations",
        "room",
        "sessions",
        "settings",
        "styleguide",
    }
)


def style_parts() -> list[Path]:
    """Tokens, fonts, reset and base first, then components and what pages share, utilities and print last."""
    css = _STATIC / "css"
    return [
        *(css / name for name in _STYLES_FIRST),
        *sorted((css / "components").glob("*.css")),
        *sorted(part for part in (css / "pages").glob("*.css") if part.stem not in FAMILIES),
        *(css / name for name in _STYLES_LAST),
    ]


def script_parts() -> list[Path]:
    """Every behaviour that any page may use. A script for one page alone lives in static/js/pages/."""
    return sorted((_STATIC / "js").glob("*.js"))


def join_styles() -> str:
    return "\n".join(part.read_text() for part in style_parts())


def join_scripts() -> str:
    """Each behaviour in a block of its own: they share a file, not their names."""
    return "\n".join("{\n" + part.read_text() + "}\n" for part in script_parts())


def join_chat() -> str:
    """The chat of a session: one module in parts, which share their names."""
    return "\n".join((_STATIC / "js" / "chat" / f"{part}.js").read_text() for part in CHAT)


def join_calendar() -> str:
    """The consultant's calendar: one module in parts, which share their names."""
    return "\n".join((_STATIC / "js" / "calendar" / f"{part}.js").read_text() for part in CALENDAR)


def fullcalendar() -> str:
    return (_FULLCALENDAR / "all" / "global.js").read_text()


def fullcalendar_bones() -> str:
    return (_FULLCALENDAR / "skeleton.css").read_text()


# The package ships hundreds of files, of which pages need two.
BUNDLES = {
    "css/site.css": join_styles,
    "js/site.js": join_scripts,
    "js/pages/chat.js": join_chat,
    "js/pages/calendar.js": join_calendar,
    "vendor/fullcalendar/fullcalendar.js": fullcalendar,
    "vendor/fullcalendar/skeleton.css": fullcalendar_bones,
}


class BundleFinder(BaseFinder):
    """Finds the joined files, for ``collectstatic`` and for servers that ask the finders."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.storage = FileSystemStorage(location=settings.DATA_DIR / "bundles")
        super().__init__(*args, **kwargs)

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def _fresh(self, name: str) -> str:
        text = BUNDLES[name]()
        target = Path(self.storage.path(name))
        if not target.exists() or target.read_text() != text:
            target.parent.mkdir(parents=True, exist_ok=True)
            partial = target.with_suffix(f".{os.getpid()}")
            partial.write_text(text)
            partial.replace(target)
        return str(target)

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        if path not in BUNDLES:
            return []
        return [self._fresh(path)] if find_all else self._fresh(path)

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, Storage]]:
        for name in BUNDLES:
            self._fresh(name)
            yield name, self.storage
