"""The page at /<slug>/: what a visitor sees in the first response, and what nobody sees."""

import io
import json
import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from consultants.models import Consultant, SlugRedirect
from consultants.services.profile import change_slug
from naksha.testing import make_consultant, make_service
from public.cache import _key
from sessions_app.models import Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(consultant):
    return consultant.get_absolute_url()


def test_it_shows_who_this_is_what_it_costs_and_the_next_free_times(client, consultant, page):
    make_service(consultant, title="First call", price_paise=150_000)
    html = client.get(page).content.decode()
    assert consultant.display_name in html
    assert "₹1,500.00" in html
    assert "Next free times" in html
    assert re.search(r"details/\?start=\d{4}-\d\d-\d\dT", html)


def test_each_shown_time_leads_to_a_booking_of_it(client, consultant, page):
    make_service(consultant)
    html = client.get(page).content.decode().replace("&amp;", "&")
    links = re.findall(r'href="(/asha-rao/book/[^"]+start=[^"]+)"', html)
    assert links
    assert client.get(links[0]).status_code == 200


def test_times_are_grouped_by_the_visitors_own_day(client, consultant, page):
    make_service(consultant)
    client.cookies["tz"] = "America/New_York"
    html = client.get(page).content.decode()
    assert "New York" in html


@pytest.mark.parametrize("status", [s for s in Consultant.Status.values if s != "approved"])
def test_nobody_who_is_not_approved_has_a_page(client, consultant, page, status):
    consultant.status = status
    consultant.save()
    assert client.get(page).status_code == 404


def test_nobody_whose_profile_is_incomplete_or_hidden_has_a_page(client, consultant, page):
    Consultant.objects.update(is_listed=False)
    assert client.get(page).status_code == 404
    Consultant.objects.update(is_listed=True, profile_completed_at=None)
    assert client.get(page).status_code == 404


PARTS = ["", "?service=1", "reviews/", "reviews/?page=2", "qr.svg", "card.png", "book/"]


@pytest.mark.parametrize("part", PARTS)
def test_every_part_of_a_former_address_leads_to_the_same_part(client, consultant, part):
    SlugRedirect.objects.create(slug="asha-of-old", consultant=consultant)
    led = client.get(f"/asha-of-old/{part}")
    assert (led.status_code, led.url) == (301, f"/asha-rao/{part}")
    Consultant.objects.filter(pk=consultant.pk).update(is_listed=False)
    assert client.get(f"/asha-of-old/{part}", follow=True).status_code == 404


@pytest.mark.parametrize("part", PARTS)
def test_who_goes_back_to_a_former_address_is_found_by_browsers_that_were_led_away_from_it(client, consultant, part):
    kept: dict[str, str] = {}  # what a browser does not ask for again: a 301 that does not say otherwise

    def visited(url: str) -> tuple[int, str]:
        for _ in range(5):
            if url not in kept:
                answer = client.get(url)
                if answer.status_code != 301:
                    return answer.status_code, url
                if "no-cache" not in answer.headers.get("Cache-Control", ""):
                    kept[url] = answer.url
                url = answer.url
            else:
                url = kept[url]
        raise AssertionError(f"{url} leads in a circle")

    change_slug(consultant=consultant, slug="asha-tax")
    assert visited(f"/asha-rao/{part}")[1] == f"/asha-tax/{part}"
    change_slug(consultant=consultant, slug="asha-rao")
    cache.clear()  # the site keeps a page for some seconds
    assert visited(f"/asha-tax/{part}") == (200, f"/asha-rao/{part}")


def test_an_old_address_leads_to_the_new_one(client, consultant):
    SlugRedirect.objects.create(slug="asha-of-old", consultant=consultant)
    answer = client.get("/asha-of-old/")
    assert answer.status_code == 301
    assert answer["Location"] == consultant.get_absolute_url()


def test_an_address_written_with_capitals_leads_to_the_page(client, consultant, page):
    answer = client.get(f"/{consultant.slug.title()}/")
    assert answer.status_code == 301
    assert answer["Location"] == page
    Consultant.objects.update(is_listed=False)
    assert client.get(f"/{consultant.slug.title()}/").status_code == 404


def test_script_in_a_text_stays_text(client, consultant, page):
    attack = "</script><script>alert(1)</script>"
    Consultant.objects.update(headline=attack[:120], bio=attack, display_name=attack)
    make_service(consultant, title=attack, description=attack)
    html = client.get(page).content.decode()
    assert "<script>alert" not in html
    data = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.S)
    assert json.loads(data.group(1))["name"] == attack


def test_structured_data_tells_name_offers_and_place(client, consultant, page):
    make_service(consultant, title="First call", price_paise=150_050)
    html = client.get(page).content.decode()
    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.S).group(1))
    assert data["@type"] == "ProfessionalService"
    assert data["makesOffer"][0]["price"] == "1500.50"
    assert data["address"]["addressLocality"] == "Pune"


def test_services_that_are_off_or_archived_are_not_shown(client, consultant, page):
    make_service(consultant, title="Off now", is_active=False)
    make_service(consultant, title="Put away", archived_at=timezone.now())
    html = client.get(page).content.decode()
    assert "Off now" not in html
    assert "Put away" not in html
    assert "not taking bookings" in html


def test_a_webinar_shows_its_date_and_the_seats_that_are_left(client, consultant, page):
    service = make_service(consultant, title="Founders’ year", kind="webinar", capacity=40)
    start = timezone.now() + timedelta(days=5)
    Session.objects.create(
        consultant=consultant, service=service, kind="webinar", title=service.title, starts_at=start,
        ends_at=start + timedelta(minutes=60), platform="jitsi", capacity=40, seats_taken=27,
    )  # fmt: skip
    assert "13 of 40 seats left" in client.get(page).content.decode()


def test_a_garbled_service_in_the_address_is_ignored(client, consultant, page):
    make_service(consultant)
    assert client.get(page + "?service=rubbish").status_code == 200
    assert client.get(page + "?service=00000000-0000-0000-0000-000000000000").status_code == 200


def test_the_query_count_does_not_grow_with_services(client, consultant, page, django_assert_max_num_queries):
    def count():
        with django_assert_max_num_queries(12) as taken:
            assert client.get(page, headers={"host": f"h{count.n}.test"}).status_code == 200
        count.n += 1
        return len(taken)

    count.n = 0
    make_service(consultant)
    few = count()
    for _ in range(12):
        make_service(consultant)
    assert count() == few


def test_it_is_kept_for_a_visitor_and_told_apart_by_its_etag(client, consultant, page, django_assert_num_queries):
    make_service(consultant)
    first = client.get(page)
    with django_assert_num_queries(0):
        again = client.get(page)
        unchanged = client.get(page, headers={"if-none-match": first["ETag"]})
    assert again.content == first.content
    assert unchanged.status_code == 304
    assert unchanged.content == b""


def test_what_is_kept_holds_nothing_of_one_visitor(client, consultant, page):
    make_service(consultant)
    html = client.get(page).content.decode()
    assert "csrfmiddlewaretoken" not in html
    assert not client.cookies


def test_the_owner_sees_a_change_at_once(client, consultant, page):
    client.get(page)
    client.force_login(consultant.user)
    Consultant.objects.update(headline="A new line")
    assert "A new line" in client.get(page).content.decode()


def test_pages_in_two_zones_are_kept_apart(rf):
    paris, tokyo = rf.get("/x/"), rf.get("/x/")
    paris.COOKIES["tz"], tokyo.COOKIES["tz"] = "Europe/Paris", "Asia/Tokyo"
    assert _key(paris) != _key(tokyo)


def test_the_qr_code_is_a_file_of_its_own(client, consultant):
    answer = client.get(reverse("public:qr", args=[consultant.slug]))
    assert answer["Content-Type"] == "image/svg+xml"
    assert answer.content.startswith(b"<?xml")


def test_the_card_is_a_picture_of_its_own_and_told_apart_by_its_etag(client, consultant):
    address = reverse("public:card", args=[consultant.slug])
    first = client.get(address)
    assert first["Content-Type"] == "image/png"
    with Image.open(io.BytesIO(first.content)) as image:
        assert image.size == (1200, 630)
    assert client.get(address, headers={"if-none-match": first["ETag"]}).status_code == 304
    Consultant.objects.update(headline="Another line")
    assert client.get(address)["ETag"] != first["ETag"]


def test_a_card_takes_any_name_as_text(client):
    someone = make_consultant(slug="odd", display_name='#panic("x") $ * _ ] عائشة 🌙 खान', headline="\\ ${} `code`" * 6)
    assert client.get(reverse("public:card", args=[someone.slug])).status_code == 200


def test_nobody_hidden_has_a_card_or_a_code(client, consultant):
    Consultant.objects.update(is_listed=False)
    for name in ("card", "qr"):
        assert client.get(reverse(f"public:{name}", args=[consultant.slug])).status_code == 404


def test_another_consultants_page_shows_none_of_this_ones_services(client, consultant, other_consultant):
    make_service(consultant, title="Mine alone")
    assert "Mine alone" not in client.get(other_consultant.get_absolute_url()).content.decode()


def test_a_name_in_another_script_or_direction_is_shown(client):
    someone = make_consultant(slug="arabic", display_name="عائشة 🌙 खान")
    assert "عائشة 🌙 खान" in client.get(someone.get_absolute_url()).content.decode()
