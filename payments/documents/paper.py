"""Drawing a document with typst: data goes in as JSON, never into the markup, and what was drawn is kept a day."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.core.cache import cache

log = structlog.get_logger(__name__)

TEMPLATE = Path(__file__).with_name("document.typ")
STATEMENT = Path(__file__).with_name("statement.typ")
FONTS = settings.BASE_DIR / "node_modules/@expo-google-fonts"
KEEP_SECONDS = 24 * 3600


@lru_cache(maxsize=1)
def _fonts() -> Any:
    """Ours, and the system's for scripts that ours don't have. Read once: that is most of the time a page takes."""
    import typst

    return typst.Fonts(font_paths=[FONTS])


@lru_cache(maxsize=4)
def _template(path: Path, _changed: int) -> bytes:
    return path.read_bytes()


def draw(facts: dict[str, Any], template: Path = TEMPLATE) -> bytes:
    """The facts of a document (:mod:`payments.documents.facts`) as a PDF of A4 pages, fit for archives (PDF/A)."""
    return _kept("pdf", facts, _archive_pdf, template)


def draw_picture(facts: dict[str, Any], *, pixels_per_inch: float = 96) -> bytes:
    """The first page as a PNG."""
    return _kept("png", facts, lambda template, data: _compile(template, data, format="png", ppi=pixels_per_inch))


def _archive_pdf(template: bytes, data: str) -> Any:
    import typst

    try:
        return _compile(template, data, format="pdf", pdf_standards=["a-2b"])
    except typst.TypstError as error:
        # PDF/A refuses a sign that no font here has; a document with an empty box in a name is better than none.
        log.warning("document_not_for_archives", error=str(error)[:200])
        return _compile(template, data, format="pdf")


def _compile(template: bytes, data: str, **options: Any) -> Any:
    import typst  # 7 MB, which most processes never need

    return typst.compile(template, font_paths=_fonts(), sys_inputs={"facts": data}, **options)


def _kept(form: str, facts: dict[str, Any], draw_with: Callable[[bytes, str], Any], path: Path = TEMPLATE) -> bytes:
    template = _template(path, path.stat().st_mtime_ns)
    data = json.dumps(facts, ensure_ascii=False, sort_keys=True)
    key = "document:" + hashlib.sha256(b"\0".join([template, data.encode(), form.encode()])).hexdigest()
    kept: bytes | None = cache.get(key)
    if kept is not None:
        return kept
    drawn: Any = draw_with(template, data)
    page = bytes(drawn[0] if isinstance(drawn, list) else drawn)  # a PNG for each page where there are several
    cache.set(key, page, KEEP_SECONDS)
    return page
