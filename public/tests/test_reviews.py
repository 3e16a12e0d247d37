"""What the public sees of reviews: the page, the list of all, the structured data, the directory."""

import json
import re

import pytest
from django.urls import reverse

from consultants.models import Consultant
from naksha.testing import make_consultant, make_service
from public.directory import Criteria, find
from sessions_app.services import reviewing
from sessions_app.testing import make_review

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(consultant):
    return consultant.get_absolute_url()


def all_of(consultant):
    return reverse("public:reviews", args=[consultant.slug])


def data_of(html):
    return json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.S).group(1))


def test_without_reviews_it_says_so_and_claims_no_rating(client, consultant, page):
    html = client.get(page).content.decode()
    assert "No reviews yet." in html
    assert "aggregateRating" not in data_of(html)
    assert 'href="#reviews"' not in html
    assert "No reviews yet." in client.get(all_of(consultant)).content.decode()


def test_it_shows_average_breakdown_words_and_reply(client, consultant, page):
    make_review(consultant, rating=5, comment="Two notices became one form.", author_name="Arjun M.")
    low = make_review(consultant, rating=2, comment="Slow.", author_name="Joseph K.")
    reviewing.reply(review=low, actor=consultant.user, text="It was Diwali.")
    html = client.get(page).content.decode()
    for words in ("3.5", "2 reviews", "Two notices became one form.", "Arjun M.", "It was Diwali.", "2 of 5 stars"):
        assert words in html
    assert html.index("Slow.") < html.index("Two notices")
    assert "Read all" not in html


def test_structured_data_tells_the_rating_and_the_reviews_that_are_shown(client, consultant, page):
    make_review(consultant, rating=5, comment="</script><b>Good", author_name="Arjun M.")
    data = data_of(client.get(page).content.decode())
    assert data["aggregateRating"] == {
        "@type": "AggregateRating", "ratingValue": "5.0", "reviewCount": 1, "bestRating": 5, "worstRating": 1,
    }  # fmt: skip
    assert data["review"][0]["reviewBody"] == "</script><b>Good"
    assert data["review"][0]["author"]["name"] == "Arjun M."


def test_a_hidden_one_is_nowhere(client, consultant, page, admin_user):
    bad = make_review(consultant, rating=1, comment="Insult")
    reviewing.hide(review=bad, actor=admin_user, reason="Insults")
    for address in (page, all_of(consultant)):
        html = client.get(address).content.decode()
        assert "Insult" not in html
        assert "No reviews yet." in html


def test_a_session_that_was_recorded_under_a_private_title_is_not_named(client, consultant, page):
    review = make_review(consultant)
    type(review.session).objects.update(title="Divorce of the Mehtas", service=None)
    assert "Divorce" not in client.get(page).content.decode()


def test_all_of_them_are_on_a_page_of_their_own_ten_at_a_time(client, consultant, page):
    for n in range(12):
        make_review(consultant, comment=f"Words no. {n}.")
    html = client.get(page).content.decode()
    assert html.count('<li class="said">') == 5
    assert "Read all 12 reviews" in html
    first = client.get(all_of(consultant)).content.decode()
    assert first.count('<li class="said">') == 10
    assert "Words no. 11." in first
    assert client.get(all_of(consultant) + "?page=2").content.decode().count('<li class="said">') == 2
    assert client.get(all_of(consultant) + "?page=zz").status_code == 200


@pytest.mark.parametrize("change", [{"is_listed": False}, {"status": "suspended"}, {"profile_completed_at": None}])
def test_who_has_no_page_has_no_reviews_to_read(client, consultant, change):
    make_review(consultant)
    Consultant.objects.filter(pk=consultant.pk).update(**change)
    assert client.get(all_of(consultant)).status_code == 404


def test_two_queries_more_with_reviews_and_no_more_with_many(client, consultant, page, django_assert_max_num_queries):
    hosts = iter(f"h{n}.test" for n in range(9))

    def count(address):
        with django_assert_max_num_queries(14) as taken:
            assert client.get(address, headers={"host": next(hosts)}).status_code == 200
        return len(taken)

    make_service(consultant)
    none = count(page)
    make_review(consultant)
    one = count(page)
    few = count(all_of(consultant))
    for _ in range(6):
        make_review(consultant)
    assert (one - none, count(page) - one, count(all_of(consultant)) - few) == (2, 0, 0)


# --- the directory ----------------------------------------------------------------------------


@pytest.fixture
def market():
    people = {}
    for name, ratings in {"best": [5], "busy": [5, 5, 4], "fair": [4, 3], "poor": [2], "new": []}.items():
        people[name] = make_consultant(slug=name, display_name=name)
        make_service(people[name])
        Consultant.objects.filter(slug=name).update(review_count=len(ratings), rating_total=sum(ratings))
    return people


def slugs(**criteria):
    return [one.consultant.slug for one in find(Criteria(**criteria), size=50).found]


def test_it_is_ordered_by_the_plain_average_and_the_unrated_come_last(market):
    make_service(make_consultant(slug="also", display_name="also"))
    Consultant.objects.filter(slug="also").update(review_count=2, rating_total=10)
    assert slugs(order="rating") == ["also", "best", "busy", "fair", "poor", "new"]


@pytest.mark.parametrize(
    ("tenths", "found"),
    [
        (None, {"best", "busy", "fair", "poor", "new"}),
        (30, {"best", "busy", "fair"}),
        (35, {"best", "busy", "fair"}),
        (36, {"best", "busy"}),
        (47, {"best"}),
        (46, {"best", "busy"}),
    ],
)
def test_the_least_rating_is_exact_and_leaves_out_the_unrated(market, tenths, found):
    assert set(slugs(min_rating_tenths=tenths)) == found


def test_the_card_shows_the_average_beside_how_many_gave_it(client, market):
    html = client.get(reverse("public:directory") + "?min_rating=45&order=rating").content.decode()
    assert re.search(r"<b>4\.7</b>\s*from 3 reviews", html)
    assert re.search(r"<b>5\.0</b>\s*from 1 review<", html)
    assert "fair" not in re.findall(r'class="person-link" href="/([a-z]+)/"', html)


@pytest.mark.parametrize("query", ["min_rating=x", "min_rating=99", "min_rating=-1", "order=stars"])
def test_a_rating_that_no_list_offers_is_ignored(client, market, query):
    assert client.get(reverse("public:directory") + "?" + query).status_code == 200
