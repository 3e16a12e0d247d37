"""The social card of a consultant: the picture that a link shows in a chat, drawn by typst (about 50 ms, kept)."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from PIL import Image

from consultants.models import Consultant
from naksha.web.faces import initials
from naksha.web.terrain import HEIGHT, WIDTH, contours

_TEMPLATE = Path(__file__).with_name("card.typ")
_FONTS = settings.BASE_DIR / "node_modules/@expo-google-fonts"
KEEP_SECONDS = 7 * 24 * 3600


def _terrain(seed: str) -> str:
    plain, heavy = contours(seed)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" fill="none">'
        f'<path d="{plain}" stroke="#d3c3a0"/><path d="{heavy}" stroke="#b79f6d" stroke-width="1.6"/></svg>'
    )


def _photo(consultant: Consultant) -> str:
    """The photo inside an SVG: the one way by which typst takes a picture that is not a file."""
    if not consultant.photo:
        return ""
    with consultant.photo.open("rb") as file:
        with Image.open(file) as image:
            kind = Image.MIME[image.format or "JPEG"]
        file.seek(0)
        data = base64.b64encode(file.read()).decode()
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"><image width="100" height="100" '
        f'preserveAspectRatio="xMidYMid slice" href="data:{kind};base64,{data}"/></svg>'
    )


def _data(consultant: Consultant) -> dict[str, Any]:
    facts = [consultant.city.name if consultant.city else "", consultant.credentials]
    return {
        "name": consultant.display_name,
        "headline": consultant.headline,
        "facts": "  ·  ".join(fact for fact in facts if fact),
        "initials": initials(consultant.display_name),
        "photo": bool(consultant.photo),
        "terrain": _terrain(consultant.slug),
    }


def card_etag(consultant: Consultant) -> str:
    """Names the card's content: the same until something on it changes."""
    data = json.dumps([_data(consultant), str(consultant.photo), _TEMPLATE.stat().st_mtime_ns], sort_keys=True)
    return hashlib.sha256(data.encode()).hexdigest()[:32]


def card_png(consultant: Consultant) -> bytes:
    """The card as a PNG of 1200 by 630 pixels."""
    key = f"card:{card_etag(consultant)}"
    kept: bytes | None = cache.get(key)
    if kept is not None:
        return kept
    import typst  # 7 MB, which most processes never need

    drawn = bytes(
        typst.compile(
            _TEMPLATE,
            format="png",
            ppi=72,
            font_paths=[_FONTS],
            sys_inputs={"card": json.dumps(_data(consultant)), "photo": _photo(consultant)},
        )
    )
    cache.set(key, drawn, KEEP_SECONDS)
    return drawn
