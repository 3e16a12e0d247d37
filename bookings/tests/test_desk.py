"""The consultant's own pages of bookings."""

from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from availability.picker import start_text
from bookings.models import Booking
from bookings.testing import make_held, make_paid, make_webinar
from naksha.testing import make_service, next_slot_start
from payments.models import Refund
from sessions_app.models import Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, consultant):
    client.force_login(consultant.user)
    return client


@pytest.fixture
def asked(consultant, fake_gateway):
    return make_paid(fake_gateway, consultant, confirmation="manual")[0]


def test_requests_are_listed_and_accepted(desk, asked):
    page = desk.get(reverse("bookings:requests")).content.decode()
    assert "Farhan Qureshi" in page
    assert desk.get(reverse("bookings:request", args=[asked.pk])).status_code == 200
    desk.post(reverse("bookings:accept", args=[asked.pk]))
    asked.refresh_from_db()
    assert asked.status == "accepted"


def test_requests_that_wait_are_counted_on_every_page_of_the_dashboard(desk, asked):
    for page in ("bookings:requests", "notifications:list"):
        assert '<b class="count">1<' in desk.get(reverse(page)).content.decode()


def test_declining_says_what_it_costs_and_needs_a_reason(desk, asked):
    url = reverse("bookings:decline", args=[asked.pk])
    assert "₹1,500.00" in desk.get(url).content.decode()
    assert desk.post(url, {"reason": " "}).status_code == 400
    assert not Refund.objects.exists()
    desk.post(url, {"reason": "I am travelling."})
    desk.post(url, {"reason": "I am travelling."})
    asked.refresh_from_db()
    assert asked.status == "rejected"
    assert Refund.objects.get().amount_paise == 150_000


def test_cancelling_and_moving(desk, consultant, fake_gateway):
    booking, _ = make_paid(fake_gateway, consultant)
    move = reverse("bookings:reschedule_theirs", args=[booking.pk])
    assert desk.get(move).status_code == 200
    desk.post(move, {"start": start_text(next_slot_start(days=4))})
    booking.refresh_from_db()
    assert booking.starts_at == next_slot_start(days=4)
    cancel = reverse("bookings:cancel_theirs", args=[booking.pk])
    assert "₹1,500.00" in desk.get(cancel).content.decode()
    desk.post(cancel, {"reason": "Ill."})
    booking.refresh_from_db()
    assert booking.status == "cancelled"


@pytest.mark.parametrize("name", ["request", "accept", "decline", "cancel_theirs", "reschedule_theirs"])
def test_anothers_booking_is_not_found(client, other_consultant, asked, name):
    client.force_login(other_consultant.user)
    url = reverse(f"bookings:{name}", args=[asked.pk])
    response = client.post(url, {"reason": "x"}) if name != "request" else client.get(url)
    assert response.status_code == 404
    asked.refresh_from_db()
    assert asked.status == "pending"


def test_a_bare_hold_is_nobodys_business(desk, consultant):
    held, _ = make_held(consultant)
    assert desk.get(reverse("bookings:request", args=[held.pk])).status_code == 404
    assert "Farhan" not in desk.get(reverse("bookings:requests")).content.decode()


def test_strangers_are_asked_to_log_in(client, asked):
    for name in ("requests", "webinars"):
        assert "/accounts/login/" in client.get(reverse(f"bookings:{name}")).url


def test_a_webinar_date_is_set_and_called_off(desk, consultant):
    service = make_service(consultant, kind="webinar", capacity=5, title="GST for makers")
    url = reverse("bookings:webinars")
    day = next_slot_start(days=10)
    desk.post(url, {"service": str(service.pk), "date": f"{day:%Y-%m-%d}", "time": "18:00"})
    session = Session.objects.get()
    assert f"{session.starts_at:%H:%M}" == "12:30"
    assert desk.get(reverse("bookings:webinar", args=[session.pk])).status_code == 200
    clash = desk.post(url, {"service": str(service.pk), "date": f"{day:%Y-%m-%d}", "time": "18:00"})
    assert clash.status_code == 400
    assert "Something of yours is at that time already." in clash.content.decode()
    desk.post(reverse("bookings:webinar_cancel", args=[session.pk]), {"reason": "Ill."})
    session.refresh_from_db()
    assert session.status == "cancelled"


@pytest.mark.parametrize("date", ["9999-12-31", "0001-01-01", "2020-01-01", "x"])
def test_a_webinar_on_a_day_that_cannot_be_is_refused(desk, consultant, date):
    service = make_service(consultant, kind="webinar", capacity=5)
    response = desk.post(reverse("bookings:webinars"), {"service": str(service.pk), "date": date, "time": "18:00"})
    assert response.status_code == 400
    assert list(response.context["form"].errors) == ["date"]
    assert not Session.objects.exists()


@pytest.mark.parametrize(("time", "about", "words"), [("14:59", "time", "still to come"), ("23:59", "", "")])
def test_a_start_of_today_that_has_passed_is_said_beside_the_start(desk, consultant, time, about, words):
    service = make_service(consultant, kind="webinar", capacity=5)
    with time_machine.travel(next_slot_start(hour_utc=9, minute=30), tick=False):  # 15:00 in India
        desk.force_login(consultant.user)
        today = timezone.localdate(timezone=ZoneInfo("Asia/Kolkata"))
        data = {"service": str(service.pk), "date": f"{today:%Y-%m-%d}", "time": time}
        response = desk.post(reverse("bookings:webinars"), data)
    if about:
        assert words in str(response.context["form"].errors[about])
    assert Session.objects.exists() is not bool(about)


def test_anothers_webinar_is_not_found(client, consultant, other_consultant):
    session = make_webinar(consultant)
    client.force_login(other_consultant.user)
    assert client.get(reverse("bookings:webinar", args=[session.pk])).status_code == 404
    assert client.post(reverse("bookings:webinar_cancel", args=[session.pk]), {"reason": "x"}).status_code == 404
    session.refresh_from_db()
    assert session.status == "confirmed"


def test_the_list_asks_the_database_as_often_for_many_as_for_one(desk, consultant, django_assert_num_queries):
    make_held(consultant, price_paise=0)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(
        connection,
    ) as one:
        desk.get(reverse("bookings:requests"))
    for n in range(5):
        make_held(consultant, price_paise=0, starts_at=next_slot_start(days=3 + n))
    with CaptureQueriesContext(connection) as many:
        desk.get(reverse("bookings:requests"))
    assert len(many) == len(one)
    assert Booking.objects.count() == 6


def test_the_open_list_is_fetched_again_only_when_a_booking_has_changed(desk, consultant):
    page = desk.get(reverse("bookings:requests"))
    known = {"If-None-Match": page.context["version"]}
    assert desk.get(reverse("bookings:requests_list"), headers=known).status_code == 304
    made, _token = make_held(consultant, price_paise=0)
    fresh = desk.get(reverse("bookings:requests_list"), headers=known)
    assert (fresh.status_code, b"<html" in fresh.content) == (200, False)
    known = {"If-None-Match": fresh["ETag"]}
    assert desk.get(reverse("bookings:requests_list"), headers=known).status_code == 304
    assert desk.get(reverse("bookings:requests_list"), {"show": "past"}, headers=known).status_code == 200
    assert made.consultant == consultant


def test_the_open_list_is_nobody_elses(client, consultant, client_user):
    assert client.get(reverse("bookings:requests_list")).status_code == 302
    client.force_login(client_user)
    assert client.get(reverse("bookings:requests_list")).status_code == 403
