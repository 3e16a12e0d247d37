import pytest
from django.test import RequestFactory

from naksha.web.zone import clean_zone, visitor_zone


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Asia/Kolkata", "Asia/Kolkata"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("America/New_York", "America/New_York"),
        ("UTC", "UTC"),
        ("../../etc/passwd", None),
        ("localtime", None),
        ("Asia/Nowhere", None),
        ("", None),
        (None, None),
        ("A" * 5000, None),
    ],
)
def test_only_names_of_the_tz_database_are_taken(said, meant):
    assert clean_zone(said) == meant


def test_the_address_wins_over_the_cookie_and_the_cookie_over_the_fallback():
    make = RequestFactory()
    make.cookies["tz"] = "Europe/Paris"
    assert visitor_zone(make.get("/?tz=Asia/Tokyo")) == "Asia/Tokyo"
    assert visitor_zone(make.get("/?tz=rubbish")) == "Europe/Paris"
    assert visitor_zone(RequestFactory().get("/"), "Asia/Kolkata") == "Asia/Kolkata"
