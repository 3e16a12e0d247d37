"""Papers and addresses of people who do not exist."""

from __future__ import annotations

import io
import json
from functools import lru_cache
from zoneinfo import ZoneInfo

import typst
from django.conf import settings
from PIL import Image, ImageDraw

INDIA = ZoneInfo("Asia/Kolkata")
_PINS = {
    "04": "160017",
    "07": "110003",
    "08": "302001",
    "09": "226001",
    "18": "781001",
    "19": "700016",
    "21": "751001",
    "23": "452001",
    "24": "380009",
    "27": "411004",
    "29": "560001",
    "30": "403001",
    "32": "682001",
    "33": "600004",
    "36": "500001",
    "37": "530002",
    "38": "194101",
}
_SPECIMEN = b"""
#let paper = json(bytes(sys.inputs.paper))
#set page(width: 148mm, height: 105mm, margin: 12mm)
#set text(font: "Mukta", size: 12pt)
#rect(width: 100%, height: 100%, inset: 10mm)[
  #text(size: 9pt, tracking: 1pt)[SPECIMEN, MADE FOR THE DEMO MARKET]
  #v(6mm)
  #text(font: "Eczar", size: 20pt, weight: 600)[#paper.name]
  #v(2mm)
  #paper.title
]
"""


def pin_of(state_code: str) -> str:
    """A PIN code of the State's first city."""
    return _PINS.get(state_code, "411004")


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    return typst.Fonts(font_paths=[settings.BASE_DIR / "node_modules/@expo-google-fonts"])


@lru_cache(maxsize=64)
def specimen(title: str, name: str) -> bytes:
    """A PDF that says what it stands in for."""
    return bytes(
        typst.compile(
            _SPECIMEN,
            format="pdf",
            font_paths=_fonts(),
            sys_inputs={"paper": json.dumps({"title": title, "name": name})},
        )
    )


def shop_front() -> bytes:
    """A drawn shop with a board over its door, as a PNG."""
    picture = Image.new("RGB", (480, 320), "#d9e3e8")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 270, 480, 320), fill="#a89f91")  # the street
    pen.rectangle((60, 60, 420, 270), fill="#efe2c8")
    pen.rectangle((60, 60, 420, 110), fill="#7a2e2e")  # the board
    for left in range(120, 360, 40):
        pen.rectangle((left, 80, left + 26, 90), fill="#f4e9d8")
    pen.rectangle((90, 140, 250, 240), fill="#9db8c4")
    pen.rectangle((290, 135, 380, 270), fill="#5b4636")
    pen.polygon((70, 110, 410, 110, 430, 132, 50, 132), fill="#c98b3c")
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()
