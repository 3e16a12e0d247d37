import re

import pytest

from naksha.web.terrain import contours, terrain_svg

SEEDS = ["ira-deshmukh", "a", "", "नक्शा", *(f"consultant-{n}" for n in range(12))]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_drawing_is_at_most_20_kilobytes_and_has_both_kinds_of_line(seed):
    svg = terrain_svg(seed)
    assert 3_000 < len(svg.encode()) <= 20_000
    plain, heavy = contours(seed)
    assert plain.startswith("M")
    assert heavy.startswith("M")


def test_the_same_seed_draws_the_same_land_and_another_seed_another():
    assert contours("ira-deshmukh") == contours("ira-deshmukh")
    assert contours("ira-deshmukh") != contours("arjun-mehta")


@pytest.mark.parametrize("seed", SEEDS)
def test_no_line_ends_inside_the_frame(seed):
    """A contour is a ring or leaves the sheet; an open end within the frame is a tear in the land."""
    for path in "".join(contours(seed)).split("M")[1:]:
        if path.endswith("z"):
            continue
        start, rest = path.split("c", 1)
        x, y = map(int, start.split())
        numbers = [int(number) for number in re.findall(r"-?\d+", rest)]
        end_x, end_y = x, y
        for n in range(0, len(numbers), 6):
            end_x, end_y = end_x + numbers[n + 4], end_y + numbers[n + 5]
        for px, py in ((x, y), (end_x, end_y)):
            assert not (0 < px < 1120 and 0 < py < 960), path[:40]


def test_land_is_drawn_quickly():
    import time

    started = time.process_time()
    contours("a seed that nobody drew before")
    assert time.process_time() - started < 0.5
