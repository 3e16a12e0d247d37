"""Drawn portraits for invented people: the same seed, the same face. For demo data and tests, never for real people."""
# ruff: noqa: E501 (a path is one line, however long)

from __future__ import annotations

import random
from functools import lru_cache
from typing import Any, Literal

Kind = Literal["woman", "man"]
_INK = "#14232a"
_GROUNDS = ("#dfe7e0", "#e9dfc6", "#ecdccf", "#d9e4ea", "#dbe3d2", "#e6dde6", "#f0e4d0", "#d6e0df")
_SKINS = ("#f0c9a0", "#dba57c", "#c98d63", "#b87a50", "#a9704a", "#8a5636", "#6f432a")
_CLOTHES = (
    "#8f2f4f", "#2c5a6b", "#3b6b52", "#39445f", "#e9e5da", "#a6522f", "#54406b", "#b58a2e", "#1f3f4a", "#7a2334",
    "#5d6f3a", "#cfd8dc",
)  # fmt: skip
_HAIRS = ("#1d1b20", "#191a1d", "#221a1b", "#2b211d", "#241d1b", "#3a2a22")
_GREYS = ("#6f7173", "#9a9a96", "#3d3a3a", "#c4c3bd")

# Behind the head, and over the brow.
_WOMEN = {
    "bob": (
        "M25 44c-2-22 10-32 24-32 15 0 25 11 23 33 1 10 3 17 6 22-8 6-16 6-22 4H41c-8 2-15 1-21-5 4-6 5-13 5-22z",
        "M31 43c0-16 5-24 18-25 11 0 17 8 17 24-3-5-5-10-6-15-8 4-18 4-23 3-2 4-4 9-6 13z",
    ),
    "long": (
        "M26 44c-2-22 9-31 22-31s25 9 23 31c0 12 5 22 3 34-4 8-12 10-13 4V60H34c-5-3-8-8-8-16z",
        "M30.5 44c-1-17 7-25 18-25s18 8 17 25c-3-6-4-10-5-15-4 0-9-1-12-5-4 5-9 7-13 8-1 4-3 8-5 12z",
    ),
    "bun": (
        "M36 14c0-8 24-8 24 0 0 5-3 8-12 8s-12-3-12-8zM29 42c-2-18 7-27 19-27s21 9 19 27c-1 5-2 9-4 12H33c-2-3-3-7-4-12z",
        "M30.5 42c-1-15 7-23 17.5-23S66.5 27 65.5 42c-2-7-7-14-17.5-16.5C38 28 33 35 30.5 42z",
    ),
    "plait": (
        "M27 44c-2-21 8-31 21-31s24 10 21 31c0 6-1 10-3 14 6 8 8 18 5 30-1 6-8 6-9 0-1-10-2-18-5-26H36c-6-4-9-10-9-18z",
        "M30.5 43c-1-16 7-24 17.5-24S66 27 65.5 43c-2-6-4-12-9-16-6 1-12 0-16-2-3 5-7 11-10 18z",
    ),
    "curls": (
        "M22 46c-4-6-1-12 1-15 0-8 6-13 11-13 4-7 12-8 16-6 7-2 13 2 15 7 7 2 10 9 8 15 4 6 2 12-1 16 0 8-5 12-10 12H34"
        "c-6 0-12-7-12-16z",
        "M31 42c-2-8 0-14 4-16 2-5 8-7 13-5 6-3 12 0 14 5 4 3 5 9 3 16-2-4-4-7-7-8-3 1-6 0-8-2-3 2-6 2-8 0-2 3-5 5-7 5-2 1-3 3-4 5z",
    ),
    "scarf": (
        "M20 70c-2-10 3-16 3-28 0-18 10-30 25-30s25 12 25 30c0 12 5 18 3 28-6 8-14 12-28 12S26 78 20 70z",
        "M29 46c-3-20 6-30 19-30s22 10 19 30c-1 7-2 11-4 14 1-8 1-16-1-22-3-8-8-12-14-12s-11 4-14 12c-2 6-2 14-1 22-2-3-3-7-4-14z",
    ),
}
_MEN = {
    "crop": "M31 40c-2-15 6-23 17-23 12 0 19 7 17 23-2-3-3-7-4-10-9 1-18 0-22-2-4 3-6 7-8 12z",
    "close": "M31.5 38c-1-13 7-19 17-19 10 0 17 6 16 19-1-4-3-7-5-8-7-2-15-2-22 0-3 1-5 4-6 8z",
    "wave": "M31 40c-3-17 7-25 19-24 12 0 17 9 15 24-2-3-3-6-4-9-6-1-10-3-13-5-4 3-8 4-11 4-3 3-4 6-6 10z",
    "parted": "M31 41c-3-16 5-25 17-25 13 0 19 8 17 25-2-3-3-7-3-11-7-1-15-4-20-9-1 6-6 11-11 20z",
    "curly": "M30 40c-3-5-1-10 2-12 0-6 6-10 10-9 4-4 11-3 13 0 6 0 10 4 10 9 3 3 3 8 1 12-2-4-4-7-6-8-4 2-8 1-11-1-4 2-7 2-10 1-4 1-7 4-9 8z",
    "bald": "M31.5 43c-2-6-1-11 1-14 0 4 1 7 0 10zM64.5 43c2-6 1-11-1-14 0 4-1 7 0 10z",
}
_TURBAN = (
    "M26 38c-4-18 8-28 22-28s26 10 22 28c-5-6-12-10-22-10s-17 4-22 10z",
    "M27 36c6-12 15-17 34-20M30 28c8-8 18-11 31-9M44 28l4-17 5 17",
)
_BEARDS = {
    "full": "M32.5 45c.5 13 7 20.5 15.5 20.5S63 58 63.5 45c-2 5-4 7-7 6.5-5-1.5-12-1.5-17 0-3 .5-5-1.5-7-6.5z",
    "long": "M32.5 44c0 16 5 30 15.5 31S63.5 60 63.5 44c-2 6-4 8-7 7.5-5-1.5-12-1.5-17 0-3 .5-5-1.5-7-7.5z",
}
_COLLARS = (
    '<path d="M37 71l11 10 11-10 5 4-10 12-6-5-6 5-10-12z" fill="{trim}" stroke="{ink}" stroke-width="1.3"/>',
    '<path d="M37 71l11 10 11-10M48 81v17" fill="none" stroke="{ink}" stroke-width="1.3"/>',
    '<path d="M37 71l11 12 11-12" fill="none" stroke="{trim}" stroke-width="2.5"/>'
    '<path d="M48 83v15" stroke="{trim}" stroke-width="1.5"/>',
    '<path d="M37 71c3 9 19 9 22 0" fill="none" stroke="{trim}" stroke-width="2.2"/>',
)
_SARI = (
    '<path d="M38 71l10 13 10-13" fill="none" stroke="{trim}" stroke-width="2"/>',
    '<path d="M37 71c3 9 19 9 22 0" fill="none" stroke="{trim}" stroke-width="2"/>',
    '<path d="M62 71C54 82 40 90 22 97" fill="none" stroke="{trim}" stroke-width="4"/>'
    '<path d="M66 72C58 85 46 93 30 99" fill="none" stroke="{ink}" stroke-width="1" opacity=".5"/>',
)


def _line(d: str, width: float, colour: str = _INK, more: str = "") -> str:
    return f'<path d="{d}" fill="none" stroke="{colour}" stroke-width="{width}" stroke-linecap="round"{more}/>'


def _fill(d: str, colour: str, stroke: float = 0) -> str:
    edge = f' stroke="{_INK}" stroke-width="{stroke}"' if stroke else ""
    return f'<path d="{d}" fill="{colour}"{edge}/>'


def portrait_svg(seed: str, kind: Kind | None = None) -> str:
    """A head and shoulders in a 96 by 96 square, drawn from ``seed``; about 3 KB."""
    dice = random.Random(f"face:{seed}")  # noqa: S311 (a drawing, not a secret)
    woman = (kind or dice.choice(("woman", "man"))) == "woman"
    ground, skin, cloth = dice.choice(_GROUNDS), dice.choice(_SKINS), dice.choice(_CLOTHES)
    trim = dice.choice(("#efe3c9", "#f3e9d8", "#d9dde6", "#c9a24a"))
    old = dice.random() < 0.28
    hair = dice.choice(_GREYS if old else _HAIRS)
    style = dice.choice(list(_WOMEN)) if woman else dice.choice([*_MEN, "turban"])
    beard = "" if woman else dice.choice(("", "", "full", "moustache", "stubble"))
    if style == "turban":
        beard = "long"
    scarf = dice.choice(_CLOTHES)
    back, front = _WOMEN[style] if woman else ("", _MEN.get(style, ""))

    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96"><rect width="96" height="96" fill="{ground}"/>',
        _line("".join(f"M0 {y}h96" for y in range(6, 96, 6)), 0.5, more=' opacity=".1"'),
    ]
    if back:
        out.append(_fill(back, scarf if style == "scarf" else hair))
    out += [
        _fill("M10 98c1-17 11-25 27-27h22c16 2 26 10 27 27z", cloth, 1.6),
        _fill("M40 58v13c1 6 15 6 16 0V58z", skin, 1.4),
        _line("M40.5 62c4 4 11 4 15 0", 1, more=' opacity=".5"'),
        dice.choice(_SARI if woman else _COLLARS).format(trim=trim, ink=_INK),
        _line("M22 78c6 6 9 13 10 20M74 78c-6 6-9 13-10 20", 1, more=' opacity=".45"'),
    ]
    if style != "scarf":
        out.append(_fill("M33 42c-4-2-5 2-4 5s3 5 5 4M63 42c4-2 5 2 4 5s-3 5-5 4", skin, 1.3))
    out.append(_fill("M32 40c0-13 7-19 16-19s16 6 16 19c0 14-7 25-16 25S32 54 32 40z", skin, 1.6))
    brow = dice.choice((
        "M37.5 38.2c1.7-1.3 4.2-1.3 5.8-.2M52.7 38c1.6-1.1 4.1-1.1 5.8.2",
        "M37.2 37.5c2-1 4-1 6 .3M52.8 37.8c2-1.3 4-1.3 6-.3",
        "M37.5 38.5l5.5-.9M53 37.6l5.5.9",
    ))  # fmt: skip
    out.append(_line(brow, dice.choice((1.4, 1.8, 2.2)) if not woman else 1.4, hair if old else _INK))
    eye = dice.choice((1.25, 1.4, 1.55))
    out.append(f'<g fill="{_INK}"><circle cx="40.7" cy="42.3" r="{eye}"/><circle cx="55.3" cy="42.3" r="{eye}"/></g>')
    out.append(
        _line(
            dice.choice(
                ("M48.5 42.5c.3 3 1.2 5 1 6.3-.7.8-1.9.9-2.8.5", "M47.6 42c-.6 3-1.6 5-1.4 6.5.8 1 2.5 1 3.6.3")
            ),
            1.2,
        )
    )
    if woman and style != "scarf" and dice.random() < 0.4:
        out.append('<circle cx="48" cy="35.5" r="1.2" fill="#a80f57"/>')
    if old:
        out.append(_line("M36.5 47c1 .8 2 1 3 1M59.5 47c-1 .8-2 1-3 1", 0.8, more=' opacity=".5"'))
    if beard in ("full", "long"):
        out.append(_fill(_BEARDS[beard], hair))
        out.append(_line("M43.5 56c2.7 1.8 6.3 1.8 9 0", 1.8, skin))
    else:
        if beard == "stubble":
            out.append(f'<path d="{_BEARDS["full"]}" fill="{hair}" opacity=".22"/>')
        out.append(
            _line(
                dice.choice(("M43.5 54.6c2.7 2.1 6.3 2.1 9 0", "M43.8 55c3 1.3 6 1.3 8.4-.6", "M43 54.2c3 3 7 3 10 0")),
                1.5,
            )
        )
        if beard == "moustache":
            out.append(_line("M42 52.6c4-2 8-2 12 0", 2.4, hair))
    if style == "turban":
        cap, folds = _TURBAN
        out += [_fill(cap, scarf, 1.4), _line(folds, 1, more=' opacity=".5"')]
    else:
        out.append(_fill(front, scarf if style == "scarf" else hair))
        if style == "scarf":
            out.append(_line("M33 60c4 10 26 10 30 0M26 68c8 9 36 9 44 0", 1, more=' opacity=".4"'))
    if woman and style not in ("scarf", "bob", "long") and dice.random() < 0.7:
        out.append('<g fill="#c9a24a"><circle cx="31" cy="51.5" r="1.5"/><circle cx="65" cy="51.5" r="1.5"/></g>')
    if dice.random() < 0.34:
        frame = dice.choice((
            '<circle cx="40.5" cy="42" r="5.5"/><circle cx="55.5" cy="42" r="5.5"/>',
            '<rect x="34.5" y="37.5" width="11.5" height="8.5" rx="2"/><rect x="50" y="37.5" width="11.5" height="8.5" rx="2"/>',
        ))  # fmt: skip
        out.append(
            f'<g fill="none" stroke="{_INK}" stroke-width="1.4">{frame}<path d="M46 41.5c1.2-.8 2.8-.8 4 0"/></g>'
        )
    return "".join([*out, "</svg>"])


def portrait_png(seed: str, kind: Kind | None = None, pixels: int = 480) -> bytes:
    """The same portrait as a square PNG. Takes about 8 ms."""
    import typst

    page = (
        b'#set page(width: 96pt, height: 96pt, margin: 0pt)\n#image(bytes(sys.inputs.face), format: "svg", width: 96pt)'
    )
    drawn = typst.compile(
        page, format="png", ppi=pixels * 72 / 96, font_paths=_no_fonts(), sys_inputs={"face": portrait_svg(seed, kind)}
    )
    return bytes(drawn)


@lru_cache(maxsize=1)
def _no_fonts() -> Any:
    """A face has no letters; reading the system's fonts would take five times as long as drawing it."""
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False)
