"""QR codes, drawn as one SVG path so that a page can carry them without an image request."""

from __future__ import annotations

import io
from functools import lru_cache

import segno

QUIET_MODULES = 4  # ISO/IEC 18004 asks for four modules of quiet zone


@lru_cache(maxsize=1024)
def path(text: str) -> tuple[int, str]:
    """The side of the code in modules, and the path data of its dark ones, for a viewBox of that side."""
    code = segno.make(text, error="m", micro=False)
    runs: list[str] = []
    for y, row in enumerate(code.matrix):
        x = 0
        while x < len(row):
            if row[x]:
                start = x
                while x < len(row) and row[x]:
                    x += 1
                runs.append(f"M{start} {y}h{x - start}v1h-{x - start}z")
            else:
                x += 1
    return len(code.matrix), "".join(runs)


def svg(text: str) -> bytes:
    """A file of its own, black on white with its quiet zone, to print."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", scale=10, border=QUIET_MODULES, dark="#14232a", light="#ffffff"
    )
    return out.getvalue()
