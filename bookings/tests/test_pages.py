"""The steps up to the press that takes a time, as a visitor takes them, without script."""

import re

import pytest
from django.urls import reverse

from availability.models import Occupancy
from availability.picker import start_text
from bookings.models import Booking
from bookings.testing import make_held, make_webinar
from bookings.tests.pressing import TYPED, details_url, press
from consultants.models import ServiceQuestion, SlugRedirect
from naksha.testing import make_service, next_slot_start
from sessions_app.models import Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def service(consultant):
    return make_service(consultant)


def test_choosing_a_service_leads_to_its_times(client, service, consultant):
    make_service(consultant, title="Second look", price_paise=0)
    page = client.get(reverse("bookings:start", args=[consultant.slug])).content.decode()
    assert "₹1,500.00" in page
    assert "Free" in page
    assert reverse("bookings:time", args=[consultant.slug, service.pk]) in page


def test_a_webinar_among_the_services_tells_its_next_date_with_seats(client, service, consultant):
    full = make_webinar(consultant, days=3)
    Session.objects.filter(pk=full.pk).update(seats_taken=full.capacity)
    start = reverse("bookings:start", args=[consultant.slug])
    assert "Full; there is a waitlist" in client.get(start).content.decode()
    make_webinar(consultant, days=5, service=full.service)
    page = client.get(start).content.decode()
    assert "2 seats left" in page
    assert "Full; there is a waitlist" not in page


def test_a_single_service_needs_no_choice(client, service, consultant):
    response = client.get(reverse("bookings:start", args=[consultant.slug]))
    assert response.url == reverse("bookings:time", args=[consultant.slug, service.pk])


def test_times_are_shown_in_the_visitors_own_zone(client, service, consultant):
    url = reverse("bookings:time", args=[consultant.slug, service.pk])
    day = f"{next_slot_start():%Y-%m-%d}"
    at_home = client.get(url, {"day": day}).content.decode()
    assert "11:00 am" in at_home
    abroad = client.get(url, {"day": day, "tz": "Europe/London"}).content.decode()
    assert "5:30 am" in abroad
    assert "works in" in abroad
    client.cookies["tz"] = "Europe/London"
    assert "5:30 am" in client.get(url, {"day": day}).content.decode()


def test_every_listed_time_leads_to_the_details_of_that_time(client, service, consultant):
    url = reverse("bookings:time", args=[consultant.slug, service.pk])
    page = client.get(url, {"day": f"{next_slot_start():%Y-%m-%d}"}).content.decode()
    links = re.findall(r'href="([^"]*details/\?start=[^"]*)"', page)
    assert len(links) == 16
    assert client.get(links[3].replace("&amp;", "&")).status_code == 200


@pytest.mark.parametrize(
    "query", [{"day": "9999-12-31"}, {"from": "9999-12-31"}, {"day": "0001-01-01"}, {"day": "x"}, {"tz": "Mars/Base"}]
)
def test_nonsense_in_the_address_of_the_times_is_forgiven(client, service, consultant, query):
    assert client.get(reverse("bookings:time", args=[consultant.slug, service.pk]), query).status_code == 200


@pytest.mark.parametrize(
    "start", ["9999-12-31T23:30Z", "0001-01-01T00:00Z", "2026-13-40T99:99Z", "tomorrow", "", "2026-11-24T11:00+05:30"]
)
def test_a_start_that_is_no_time_leads_back_to_the_times(client, service, consultant, start):
    response = client.get(details_url(service), {"start": start})
    assert response.url == reverse("bookings:time", args=[consultant.slug, service.pk])
    assert client.post(details_url(service), {**TYPED, "start": start}).status_code == 302
    assert not Booking.objects.exists()


def test_others_services_and_closed_ones_are_not_found(client, consultant, other_consultant):
    theirs, closed = make_service(other_consultant), make_service(consultant, is_active=False)
    for service in (theirs, closed):
        for name in ("time", "details"):
            url = reverse(f"bookings:{name}", args=[consultant.slug, service.pk])
            assert client.get(url, {"start": start_text(next_slot_start())}).status_code == 404
    assert client.get("/asha-rao/book/not-a-uuid/").status_code == 404


def test_a_consultant_who_is_not_public_is_not_found(client, service, consultant):
    type(consultant).objects.update(status="suspended")
    assert client.get(reverse("bookings:start", args=[consultant.slug])).status_code == 404


def test_an_old_address_leads_to_the_new_one(client, service, consultant):
    SlugRedirect.objects.create(slug="asha", consultant=consultant)
    response = client.get(f"/asha/book/{service.pk}/?day=2026-11-24")
    assert (response.status_code, response.url) == (301, f"/asha-rao/book/{service.pk}/?day=2026-11-24")


def test_a_large_first_letter_leads_to_the_page(client, service, consultant):
    for rest in ("/book/", f"/book/{service.pk}/?day=2026-11-24"):
        response = client.get(f"/Asha-RAO{rest}")
        assert (response.status_code, response.url) == (301, f"/asha-rao{rest}")
    SlugRedirect.objects.create(slug="asha", consultant=consultant)
    assert client.get("/Asha/book/").url == "/asha-rao/book/"
    assert client.get("/Nobody/book/").status_code == 404


def test_pressing_holds_the_time_and_leads_to_pay(client, service, fake_gateway):
    response = press(client, service)
    booking = Booking.objects.get()
    assert booking.status == "held"
    assert booking.contact_phone == "+919820012345"
    page = client.get(response.url)
    assert page.status_code == 200
    content = page.content.decode()
    assert "Pay ₹1,500.00" in content
    assert "Held for you" in content
    assert fake_gateway.orders
    assert (page["Cache-Control"], page["Referrer-Policy"]) == ("no-store, private", "same-origin")


def test_a_double_click_makes_one_booking(client, service):
    first, second = press(client, service), press(client, service)
    assert Booking.objects.count() == 1
    assert first.url != second.url
    assert client.get(second.url).status_code == 200


def test_what_is_wrong_is_said_beside_the_field_and_what_was_typed_is_kept(client, service):
    response = press(client, service, email="not an address", phone="12")
    page = client.get(response.url).content.decode()
    assert 'value="Meera Iyer"' in page
    assert 'value="not an address"' in page
    assert "Write a mail address like" in page
    assert "Write a phone number like" in page
    assert not Booking.objects.exists()


@pytest.mark.parametrize(
    "name",
    ["अनुष्का शर्मा", "محمد علي", "O'Brien-Smith Jr.", "<script>alert(1)</script>", "Meera 🎉", "\u202eevil", "M" * 300],
)
def test_names_of_every_script_are_kept_as_they_are_or_refused_in_words(client, service, name, fake_gateway):
    response = press(client, service, name=name)
    page = client.get(response.url).content.decode()
    assert "<script>alert" not in page
    assert "\u202e" not in page
    if Booking.objects.exists():
        assert Booking.objects.get().contact_name in name
    else:
        assert "error-summary" in page


def test_a_script_in_an_answer_stays_text(client, consultant, fake_gateway):
    service = make_service(consultant, price_paise=0)
    question = ServiceQuestion.objects.create(service=service, label="Why <b>now</b>?", kind="long", required=True)
    response = press(client, service, **{f"q_{question.pk.hex}": "<img src=x onerror=alert(1)>\x07 🎉"})
    page = client.get(response.url).content.decode()
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert "<img src=x" not in page
    assert Booking.objects.get().answers[0]["answer"].endswith("🎉")


def test_a_required_question_must_be_answered(client, consultant):
    service = make_service(consultant)
    ServiceQuestion.objects.create(service=service, label="Which?", kind="choice", choices=["A", "B"], required=True)
    assert "tried=1" in press(client, service).url
    assert not Booking.objects.exists()


def test_state_and_pin_are_asked_only_where_an_invoice_needs_them(client, consultant):
    service = make_service(consultant)
    url = details_url(service) + f"?start={start_text(next_slot_start())}"
    assert "pin_code" not in client.get(url).content.decode()
    consultant.registration, consultant.gstin = "regular", "27AABCN1234F1ZW"
    consultant.save()
    assert "pin_code" in client.get(url).content.decode()
    assert "tried=1" in press(client, service, state_code="27", pin_code="011004").url
    assert "/pay/" in press(client, service, state_code="27", pin_code="411 004").url
    assert Booking.objects.get().pin_code == "411004"


def test_a_time_that_has_just_gone_is_said_with_the_nearest_and_keeps_what_was_typed(client, service, consultant):
    make_held(consultant, service=service)
    response = press(client, service)
    assert response.status_code == 302
    page = client.get(response.url)
    content = page.content.decode()
    assert page.status_code == 409
    assert "That time has just been taken" in content
    assert 'value="Meera Iyer"' in content
    picks = re.findall(r'name="pick" value="([^"]+)"', content)
    assert len(picks) == 4
    press(client, service, pick=picks[0])
    assert start_text(Booking.objects.latest("created_at").starts_at) == picks[0]


def test_going_back_and_choosing_another_time_lets_the_first_go(client, service, fake_gateway):
    press(client, service)
    response = client.get(reverse("bookings:time", args=[service.consultant.slug, service.pk]))
    assert "Held for you" in response.content.decode()
    press(client, service, start=next_slot_start(days=3), nonce="two")
    assert sorted(Booking.objects.values_list("status", flat=True)) == ["abandoned", "held"]
    assert Occupancy.objects.count() == 1


def test_going_back_shows_what_was_typed(client, service, fake_gateway):
    press(client, service)
    page = client.get(details_url(service), {"start": start_text(next_slot_start())}).content.decode()
    assert 'value="Meera Iyer"' in page
    assert 'value="+919820012345"' in page


def test_changing_the_time_keeps_what_was_typed(client, service):
    response = press(client, service, change="time")
    assert not Booking.objects.exists()
    client.get(response.url)
    page = client.get(details_url(service), {"start": start_text(next_slot_start(days=3))}).content.decode()
    assert 'value="Meera Iyer"' in page


def test_a_webinar_seat_by_the_pages(client, consultant):
    session = make_webinar(consultant)
    url = reverse("bookings:time", args=[consultant.slug, session.service_id])
    assert "Take a seat" in client.get(url).content.decode()
    for n in (1, 2):
        data = {**TYPED, "email": f"p{n}@example.com", "session": str(session.pk), "nonce": str(n)}
        assert client.post(details_url(session.service), data).url.startswith("/b/")
    page = client.get(url).content.decode()
    assert "Join the waitlist" in page
    late = client.post(details_url(session.service), {**TYPED, "session": str(session.pk), "nonce": "3"})
    assert client.get(late.url).status_code == 409
    joined = client.post(
        reverse("bookings:waitlist_join", args=[consultant.slug, session.service_id]),
        {"session": str(session.pk), "name": "Meera", "email": "meera@example.com"},
    )
    assert "number 1 in line" in client.get(joined.url).content.decode()
    client.post(joined.url + "leave/")
    assert "You have left the list" in client.get(joined.url).content.decode()


def test_a_full_day_offers_the_waitlist(client, consultant, service):
    consultant.weekly_hours.update(start_minute=660, end_minute=690)
    make_held(consultant, service=service)
    url = reverse("bookings:time", args=[consultant.slug, service.pk])
    page = client.get(url, {"day": f"{next_slot_start():%Y-%m-%d}"}).content.decode()
    assert "Every time of this day is taken." in page
    assert "Join the waitlist for this day" in page
    assert "The nearest" in page


@pytest.mark.parametrize("rule", ["HOLDS_PER_MAIL", "TYPED_PER_MAIL_A_DAY", "HOLDS_PER_ADDRESS"])
def test_too_many_holds_are_refused(client, service, settings, rule):
    setattr(settings, rule, 2)
    for n in range(2):
        press(client, service, start=next_slot_start(days=2 + n), nonce=str(n))
    assert press(client, service, start=next_slot_start(days=9), nonce="9").status_code == 429


@pytest.mark.parametrize(("name", "most"), [("time", 12), ("details", 12)])
def test_the_number_of_queries_does_not_grow(client, consultant, service, django_assert_max_num_queries, name, most):
    for n in range(6):
        make_held(consultant, starts_at=next_slot_start(days=2 + n), price_paise=0)
    url = reverse(f"bookings:{name}", args=[consultant.slug, service.pk])
    with django_assert_max_num_queries(most):
        client.get(url, {"day": f"{next_slot_start():%Y-%m-%d}", "start": start_text(next_slot_start(days=9))})
