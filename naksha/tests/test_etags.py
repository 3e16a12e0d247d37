"""What of If-None-Match says that somebody has the answer already."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from naksha.web import etags


@pytest.mark.parametrize("etag", ['"abc"', 'W/"abc"'])
@pytest.mark.parametrize(
    ("shown", "has"),
    [
        ('"abc"', True),
        ('W/"abc"', True),
        ('"x,y", W/"abc"', True),
        ('"x","abc" , "z"', True),
        (" * ", True),
        ('"*"', False),
        ('"x, abc"', False),
        ("abc", False),
        ('"abcd"', False),
        ("", False),
    ],
)
def test_an_etag_is_looked_for_among_those_that_are_shown(etag: str, shown: str, has: bool) -> None:
    request = RequestFactory().get("/", headers={"If-None-Match": shown})
    assert etags.has(request, etag) is has


def test_who_shows_none_has_none() -> None:
    assert not etags.has(RequestFactory().get("/"), '"abc"')
