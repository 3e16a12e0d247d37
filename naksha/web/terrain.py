"""Contour lines drawn from a word: a few hills seeded by it, cut at even heights by marching squares."""

from __future__ import annotations

import math
import random
from bisect import bisect_left
from functools import lru_cache

WIDTH, HEIGHT = 560, 480
_FINE = 2  # whole numbers in the path stand for this part of a unit, so that a large drawing does not wobble
_STEP = 16  # edge of a grid cell, in the drawing's units
_LEVELS = 17  # how many heights are cut
_INDEX = 5  # every fifth line is heavier
_MARGIN = 16  # the grid reaches beyond the frame, so that no line ends inside it

Point = tuple[float, float]
Edge = tuple[int, int, int]
# For each of the sixteen corner cases: which cell edges a line joins (0 top, 1 right, 2 bottom, 3 left).
_CASES: dict[int, tuple[tuple[int, int], ...]] = {
    1: ((3, 2),), 2: ((2, 1),), 3: ((3, 1),), 4: ((0, 1),), 5: ((3, 0), (2, 1)), 6: ((0, 2),), 7: ((3, 0),),
    8: ((3, 0),), 9: ((0, 2),), 10: ((0, 1), (3, 2)), 11: ((0, 1),), 12: ((3, 1),), 13: ((2, 1),), 14: ((3, 2),),
}  # fmt: skip


def _heights(seed: str) -> list[list[float]]:
    """The field on the grid: the summit near the middle, lower hills and a hollow around it."""
    dice = random.Random(f"terrain:{seed}")  # noqa: S311 (a drawing, not a secret)
    hills = [(WIDTH / 2 + dice.uniform(-36, 36), HEIGHT / 2 + dice.uniform(-40, 24), 1.0, dice.uniform(120, 155))]
    turn = dice.uniform(0, math.tau)
    for n in range(4):
        angle = turn + n * math.tau / 4 + dice.uniform(-0.5, 0.5)
        reach = dice.uniform(0.75, 1.15)
        hills.append(
            (
                WIDTH / 2 + math.cos(angle) * WIDTH / 2 * reach,
                HEIGHT / 2 + math.sin(angle) * HEIGHT / 2 * reach,
                dice.choice((0.75, 0.55, 0.4, -0.45)),
                dice.uniform(70, 130),
            )
        )
    lean, tilt = dice.uniform(0, math.tau), dice.uniform(0.00025, 0.0006)
    shears = [(dice.uniform(0.75, 1.3), dice.uniform(-0.3, 0.3)) for _hill in hills]
    waves = [(dice.uniform(0.012, 0.022), dice.uniform(0.012, 0.022), dice.uniform(0, math.tau)) for _n in range(2)]

    columns = range(-_MARGIN, WIDTH + _MARGIN + 1, _STEP)
    rows = range(-_MARGIN, HEIGHT + _MARGIN + 1, _STEP)
    sways = [([0.03 * math.sin(x * fx + phase) for x in columns], fy, phase) for fx, fy, phase in waves]
    slope = [tilt * x * math.cos(lean) for x in columns]
    rise = tilt * math.sin(lean)
    field = []
    for y in rows:
        line = [height + y * rise for height in slope]
        for (cx, cy, tall, wide), (squash, shear) in zip(hills, shears, strict=True):
            # Along a row a hill is a bell of even steps: each value is the one before times a ratio, and the ratios
            # shrink by the same share. So a row costs three powers instead of one for each of its points.
            dx, dy, twice = columns[0] - cx + shear * (y - cy), (y - cy) * squash, 2 * wide * wide
            value = tall * math.exp(-(dx * dx + dy * dy) / twice)
            ratio = math.exp(-(2 * dx * _STEP + _STEP * _STEP) / twice)
            shrink = math.exp(-2 * _STEP * _STEP / twice)
            for n in range(len(line)):
                line[n] += value
                value *= ratio
                ratio *= shrink
        for sway, fy, phase in sways:
            share = math.cos(y * fy + phase)
            line = [height + each * share for height, each in zip(line, sway, strict=True)]
        field.append(line)
    return field


def _crossings(field: list[list[float]], levels: list[float]) -> list[list[tuple[Edge, Edge]]]:
    """For each level the pieces of its contours, each from one grid edge to another. An edge is (row, column, 0 across
    or 1 down). ``levels`` ascend; one look at each cell finds the few that pass through it."""
    found: list[list[tuple[Edge, Edge]]] = [[] for _level in levels]
    # For each corner the number of levels below it: the levels between a cell's corners are those that pass.
    below = [[bisect_left(levels, height) for height in line] for line in field]
    for r in range(len(field) - 1):
        upper, lower = below[r], below[r + 1]
        for c in range(len(upper) - 1):
            a, b, d, e = upper[c], upper[c + 1], lower[c + 1], lower[c]
            if a == b == d == e:
                continue
            edges = ((r, c, 0), (r, c + 1, 1), (r + 1, c, 0), (r, c, 1))
            for n in range(min(a, b, d, e), max(a, b, d, e)):
                case = (a > n) << 3 | (b > n) << 2 | (d > n) << 1 | (e > n)
                found[n].extend((edges[i], edges[j]) for i, j in _CASES[case])
    return found


def _chains(pieces: list[tuple[Edge, Edge]]) -> list[list[Edge]]:
    """Pieces that share an edge, joined end to end; a ring repeats its first edge."""
    at: dict[Edge, list[Edge]] = {}
    for a, b in pieces:
        at.setdefault(a, []).append(b)
        at.setdefault(b, []).append(a)
    chains: list[list[Edge]] = []
    ends = [edge for edge, joined in at.items() if len(joined) == 1]
    for start in [*ends, *list(at)]:
        if not at.get(start):
            continue
        chain = [start]
        while at[chain[-1]]:
            here = chain[-1]
            there = at[here].pop()
            at[there].remove(here)
            chain.append(there)
        chains.append(chain)
    return chains


def _place(field: list[list[float]], edge: Edge, level: float) -> Point:
    r, c, down = edge
    here = field[r][c]
    there = field[r + 1][c] if down else field[r][c + 1]
    part = (level - here) / (there - here) if there != here else 0.5
    x, y = c * _STEP - _MARGIN, r * _STEP - _MARGIN
    return (x, y + part * _STEP) if down else (x + part * _STEP, y)


def _thin(points: list[Point], closed: bool) -> list[Point]:
    """Drop points that crowd the one before: where a line passes near a grid corner it leaves two at once."""
    kept = [points[0]]
    for point in points[1:-1]:
        if math.dist(point, kept[-1]) >= _STEP:
            kept.append(point)
    if closed and len(kept) > 3 and math.dist(kept[-1], points[-1]) < _STEP:
        kept.pop()
    return [*kept, points[-1]]


def _even(points: list[Point], closed: bool) -> list[Point]:
    """Each point a little towards its neighbours, which takes the grid's own corners out of the line."""

    def between(a: Point, b: Point, c: Point) -> Point:
        return (a[0] + 2 * b[0] + c[0]) / 4, (a[1] + 2 * b[1] + c[1]) / 4

    inner = [between(points[n - 1], points[n], points[n + 1]) for n in range(1, len(points) - 1)]
    if not closed:
        return [points[0], *inner, points[-1]]
    seam = between(points[-2], points[0], points[1])
    return [seam, *inner, seam]


def _curve(points: list[Point]) -> str:
    """A smooth path through the points (Catmull-Rom as cubic Béziers), in whole relative units."""
    closed = points[0] == points[-1]
    if len(points) < 5:
        return ""
    points = _even(_even(_thin(points, closed), closed), closed)
    points = [(x * _FINE, y * _FINE) for x, y in points]
    last = len(points) - 1
    x, y = round(points[0][0]), round(points[0][1])
    out = [f"M{x} {y}c"]
    numbers: list[int] = []
    for n in range(last):
        before = points[n - 1] if n else points[last - 1] if closed else points[0]
        after = points[n + 2] if n + 2 <= last else points[1] if closed else points[last]
        (ax, ay), (bx, by) = points[n], points[n + 1]
        for px, py in (
            (ax + (bx - before[0]) / 6, ay + (by - before[1]) / 6),
            (bx - (after[0] - ax) / 6, by - (after[1] - ay) / 6),
            (bx, by),
        ):
            numbers += [round(px) - x, round(py) - y]
        x, y = round(bx), round(by)
    text = str(numbers[0])
    for number in numbers[1:]:
        text += str(number) if number < 0 else f" {number}"
    return out[0] + text + ("z" if closed else "")


def contours(seed: str) -> tuple[str, str]:
    """Path data of the ordinary and of the heavier lines, in a drawing of 1120 by 960. The same for the same seed."""
    field = _heights(seed)
    low, high = min(map(min, field)), max(map(max, field))
    plain: list[str] = []
    heavy: list[str] = []
    levels = [low + (high - low) * (n + 0.01) / _LEVELS for n in range(1, _LEVELS)]
    for n, (level, pieces) in enumerate(zip(levels, _crossings(field, levels), strict=True), 1):
        for chain in _chains(pieces):
            curve = _curve([_place(field, edge, level) for edge in chain])
            (heavy if n % _INDEX == 0 else plain).append(curve)
    return "".join(plain), "".join(heavy)


@lru_cache(maxsize=256)
def terrain_svg(seed: str) -> str:
    """The contours as an ornament for a page; colours and line widths come from the stylesheet."""
    plain, heavy = contours(seed)
    return (
        f'<svg class="terrain" viewBox="0 0 {WIDTH * _FINE} {HEIGHT * _FINE}" preserveAspectRatio="xMidYMid slice" '
        f'aria-hidden="true" focusable="false"><path d="{plain}"/><path class="ci" d="{heavy}"/></svg>'
    )
