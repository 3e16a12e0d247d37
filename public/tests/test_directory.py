"""Home, directory and webinars: what finds whom."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from availability.models import WeeklyHours
from consultants.models import City, Consultant, Field, Language
from naksha.testing import make_consultant, make_service
from public.directory import Criteria, find

pytestmark = pytest.mark.django_db


def names(**criteria):
    return {one.consultant.slug for one in find(Criteria(**criteria), size=50).found}


@pytest.fixture
def market(db):
    tax = make_consultant(slug="tax-pune", headline="Returns, calmly", display_name="Ira Deshmukh")
    make_service(tax, title="First call", price_paise=150_000)
    law = make_consultant(slug="law-kochi", display_name="Joseph Kurian", experience_years=30)
    law.fields.set([Field.objects.get(slug="law")])
    law.languages.set([Language.objects.get(code="ml")])
    law.city = City.objects.get(slug="kochi")
    law.save()
    make_service(law, title="Deed, read aloud", price_paise=50_000)
    hidden = make_consultant(slug="hidden", is_listed=False)
    make_service(hidden)
    make_consultant(slug="no-service")
    return tax, law


def test_only_the_listed_with_something_to_book_are_found(market):
    assert names() == {"tax-pune", "law-kochi"}


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("ira", {"tax-pune"}),
        ("calmly", {"tax-pune"}),
        ("kochi", {"law-kochi"}),
        ("deed aloud", {"law-kochi"}),
        ("law kochi joseph", {"law-kochi"}),
        ("law pune", set()),
        ("' OR 1=1 --", set()),
        ("%", set()),
    ],
)
def test_every_word_must_be_met_by_something(market, words, found):
    assert names(words=words) == found


def test_field_language_city_and_price_narrow(market):
    assert names(field="law") == {"law-kochi"}
    assert names(language="ml") == {"law-kochi"}
    assert names(city="pune") == {"tax-pune"}
    assert names(min_price_paise=100_000) == {"tax-pune"}
    assert names(max_price_paise=100_000) == {"law-kochi"}


def test_free_on_a_day_leaves_out_those_who_are_not(market):
    _, law = market
    day = (timezone.now() + timedelta(days=3)).date()
    WeeklyHours.objects.filter(consultant=law, weekday=day.weekday()).delete()
    assert names(free_on=day) == {"tax-pune"}


def test_orders(market):
    by = lambda order: [one.consultant.slug for one in find(Criteria(order=order), size=9).found]  # noqa: E731
    assert by("price") == ["law-kochi", "tax-pune"]
    assert by("experience") == ["law-kochi", "tax-pune"]
    assert by("name") == ["tax-pune", "law-kochi"]
    WeeklyHours.objects.filter(consultant__slug="tax-pune").delete()
    assert by("soonest") == ["law-kochi", "tax-pune"]


def test_a_result_is_shared_by_its_address(client, market):
    html = client.get(reverse("public:directory") + "?q=deed&language=ml&max_price=1000").content.decode()
    assert "Joseph Kurian" in html
    assert "Ira Deshmukh" not in html
    assert 'value="deed"' in html


@pytest.mark.parametrize(
    "query",
    [
        "min_price=abc",
        "free_on=99999-01-01",
        "field=nope",
        "page=zz",
        "page=-1",
        "page=99999",
        "q=" + "x" * 5000,
        "free_on=9999-12-31",
        "q=%00",
    ],
)
def test_bad_input_is_said_or_ignored_and_never_breaks_the_page(client, market, query):
    assert client.get(reverse("public:directory") + "?" + query).status_code == 200


def test_a_price_range_upside_down_is_said_beside_the_field(client, market):
    html = client.get(reverse("public:directory") + "?min_price=900&max_price=100").content.decode()
    assert "below the price it starts from" in html


def test_nobody_found_says_what_to_do(client, market):
    assert "Take a filter away" in client.get(reverse("public:directory") + "?q=zebra").content.decode()


@pytest.mark.parametrize("name", ["home", "directory", "webinars"])
def test_the_query_count_does_not_grow_with_the_market(client, market, name, django_assert_max_num_queries):
    def count(host):
        with django_assert_max_num_queries(14) as taken:
            assert client.get(reverse(f"public:{name}"), headers={"host": host}).status_code == 200
        return len(taken)

    few = count("a.test")
    for n in range(5):
        make_service(make_consultant(slug=f"more-{n}"))
    assert count("b.test") == few


@pytest.mark.parametrize("name", ["pricing", "help", "terms", "privacy", "robots", "sitemap"])
def test_plain_pages_answer(client, market, name):
    assert client.get(reverse(f"public:{name}")).status_code == 200


def test_the_sitemap_names_the_listed_alone(client, market):
    text = client.get(reverse("public:sitemap")).content.decode()
    assert "/tax-pune/" in text
    assert "/hidden/" not in text


def test_an_empty_market_says_so(client, db):
    assert not Consultant.objects.exists()
    assert "The map is still empty" in client.get("/").content.decode()
