import io
import re

import pytest
from PIL import Image

from naksha.web.portraits import portrait_png, portrait_svg


@pytest.mark.parametrize("kind", ["woman", "man", None])
def test_the_same_seed_is_the_same_face_and_another_seed_another(kind):
    assert portrait_svg("ira", kind) == portrait_svg("ira", kind)
    assert len({portrait_svg(f"seed-{n}", kind) for n in range(40)}) == 40


def test_a_portrait_is_small_and_well_formed():
    from xml.etree import ElementTree

    for n in range(40):
        svg = portrait_svg(str(n))
        ElementTree.fromstring(svg)  # noqa: S314 (our own drawing)
        assert len(svg) < 5_000
        assert not re.search(r"{|}", svg)


def test_a_portrait_becomes_a_square_picture():
    with Image.open(io.BytesIO(portrait_png("ira", "woman", 240))) as picture:
        assert picture.size == (240, 240)
        assert len(picture.getcolors(100_000)) > 20
