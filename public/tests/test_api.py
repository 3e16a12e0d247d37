"""The public part of the JSON API, as contract and directory have it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from availability.services import set_dates
from bookings.testing import make_held, make_webinar
from consultants.models import Consultant, ServiceQuestion
from consultants.services.profile import change_slug
from naksha.api.testing import api_of
from naksha.testing import make_consultant, make_service, next_slot_start
from naksha.times import iso
from sessions_app.testing import make_review

pytestmark = pytest.mark.django_db
INDIA = ZoneInfo("Asia/Kolkata")


def slugs(answer: Any) -> list[str]:
    return [row["slug"] for row in answer.data["consultants"]]


# --- the directory ----------------------------------------------------------------------------------


def test_a_card_says_what_the_directory_says() -> None:
    consultant = make_consultant(slug="asha-rao")
    make_service(consultant, minutes=60)
    make_service(consultant, price_paise=90_000)
    (card,) = api_of().get("/consultants").data["consultants"]
    assert iso(timezone.now()) < card.pop("nextAvailable") < iso(timezone.now() + timedelta(days=2))
    assert card == {
        "id": str(consultant.pk),
        "slug": "asha-rao",
        "name": consultant.display_name,
        "headline": "Tax for founders, in plain words",
        "photoUrl": None,
        "city": {"slug": "pune", "name": "Pune"},
        "expertise": [{"slug": "tax", "name": "Tax and accounts"}],
        "languages": [{"code": "en", "name": "English", "ownName": "English"}],
        "experienceYears": 14,
        "rating": {"average": None, "count": 0},
        "pageUrl": f"http://127.0.0.1:8000/{consultant.slug}/",
        "fromPricePaise": 90_000,
        "currency": "INR",
    } | {"pageUrl": card["pageUrl"]}
    assert card["pageUrl"].endswith("/asha-rao/")


def test_who_is_not_public_or_offers_nothing_is_not_listed() -> None:
    for fields in ({"status": "submitted"}, {"is_listed": False}, {"profile_completed_at": None}):
        make_service(make_consultant(**fields))
    make_consultant()
    assert slugs(api_of().get("/consultants")) == []


def market() -> None:
    """Three who differ in everything that is filtered by."""
    for slug, years, price, ratings in (
        ("one", 5, 50_000, (4, 18)),
        ("two", 20, 200_000, (2, 10)),
        ("three", 9, 100_000, (0, 0)),
    ):
        person = make_consultant(slug=slug, experience_years=years, review_count=ratings[0], rating_total=ratings[1])
        make_service(person, price_paise=price)
    Consultant.objects.filter(slug="two").update(headline="Divorce, gently")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"search": "divorce gently"}, ["two"]),
        ({"expertise": "tax"}, ["one", "two", "three"]),
        ({"expertise": "tax AND accounts"}, ["one", "two", "three"]),
        ({"expertise": "nothing"}, []),
        ({"language": "English"}, ["one", "two", "three"]),
        ({"language": "xx"}, []),
        ({"city": "Pune"}, ["one", "two", "three"]),
        ({"city": "nowhere"}, []),
        ({"minPrice": "600"}, ["two", "three"]),
        ({"maxPrice": "1000.00"}, ["one", "three"]),
        ({"minPrice": "600", "maxPrice": "1,500"}, ["three"]),
        ({"minRating": "4.5"}, ["one", "two"]),
        ({"minRating": "4.6"}, ["two"]),
        ({"city": ""}, ["one", "two", "three"]),
    ],
)
def test_filters(query: Any, found: Any) -> None:
    market()
    assert sorted(slugs(api_of().get("/consultants", **query))) == sorted(found)


@pytest.mark.parametrize(
    ("ordering", "found"),
    [
        ("price", ["one", "three", "two"]),
        ("-price", ["two", "three", "one"]),
        ("experience", ["one", "three", "two"]),
        ("-experience", ["two", "three", "one"]),
        ("rating", ["one", "two", "three"]),
        ("-rating", ["two", "one", "three"]),
    ],
)
def test_ordering(ordering: Any, found: Any) -> None:
    market()
    assert slugs(api_of().get("/consultants", ordering=ordering)) == found


def test_ordering_by_the_next_free_time_and_the_day_asked_for() -> None:
    soon, late, never = (
        make_consultant(slug="soon"),
        make_consultant(slug="late"),
        make_consultant(slug="never", hours=False),
    )
    for person in (soon, late, never):
        make_service(person)
    today = timezone.now().astimezone(INDIA).date()
    set_dates(consultant=late, first=today, last=today + timedelta(days=9))
    api = api_of()
    assert slugs(api.get("/consultants", ordering="nextAvailable")) == ["soon", "late", "never"]
    assert slugs(api.get("/consultants", ordering="-nextAvailable")) == ["late", "soon", "never"]
    assert slugs(api.get("/consultants", availableOn=today + timedelta(days=5))) == ["soon"]
    assert slugs(api.get("/consultants", availableOn=today + timedelta(days=5), ordering="price")) == ["soon"]


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"minPrice": "cheap"}, "minPrice"),
        ({"maxPrice": "-1"}, "maxPrice"),
        ({"minPrice": "10", "maxPrice": "5"}, "maxPrice"),
        ({"minRating": "6"}, "minRating"),
        ({"minRating": "NaN"}, "minRating"),
        ({"availableOn": "tomorrow"}, "availableOn"),
        ({"ordering": "name"}, "ordering"),
        ({"page": "0"}, "page"),
        ({"page": "x"}, "page"),
        ({"pageSize": "101"}, "pageSize"),
        ({"search": "a\0b"}, "search"),
        ({"city": "a\0b"}, "city"),
    ],
)
def test_a_bad_filter_is_named(query: Any, named: Any) -> None:
    answer = api_of().get("/consultants", **query)
    assert (answer.status, answer.code, list(answer.details)) == (400, "VALIDATION_ERROR", [named])


def test_pages_and_a_page_past_the_end() -> None:
    market()
    second = api_of().get("/consultants", page=2, pageSize=2, ordering="price").data
    assert [row["slug"] for row in second["consultants"]] == ["two"]
    assert second["pagination"] == {
        "page": 2, "pageSize": 2, "totalPages": 2, "totalCount": 3, "hasNext": False, "hasPrevious": True
    }  # fmt: skip
    past = api_of().get("/consultants", page=9, pageSize=2).data
    assert (past["consultants"], past["pagination"]["totalCount"]) == ([], 3)


@pytest.mark.parametrize("ordering", ["price", "nextAvailable"])
def test_the_number_of_queries_does_not_grow(django_assert_num_queries: Any, ordering: Any) -> None:
    api = api_of()
    for people in (1, 5):
        for _ in range(people):
            make_service(make_consultant())
        with django_assert_num_queries(8 if ordering == "price" else 7):
            api.get("/consultants", ordering=ordering)


def test_an_etag_is_answered_by_304_until_something_changes() -> None:
    service = make_service(make_consultant())
    api = api_of()
    first = api.get("/consultants")
    assert first["Cache-Control"] == "public, max-age=0, must-revalidate"
    again = api.send("GET", "/consultants", headers={"If-None-Match": first["ETag"]})
    assert (again.status, again.content) == (304, b"")
    service.price_paise = 1_00
    service.save()
    assert api.send("GET", "/consultants", headers={"If-None-Match": first["ETag"]}).status == 200


# --- one consultant ---------------------------------------------------------------------------------


def test_the_page_has_profile_services_ratings_and_links() -> None:
    consultant = make_consultant(
        slug="asha-rao", registration="regular", gstin="27AAPPV1234K1ZB", links=[{"label": "X", "url": "https://x.com/a"}],
        review_count=1, rating_total=5,
    )  # fmt: skip
    service = make_service(consultant, platform="link", place="https://meet.example/asha", deposit_paise=50_000)
    office = make_service(consultant, title="At my desk", platform="in_person", place="4 Karve Road", order=1)
    make_service(consultant, title="Closed", is_active=False)
    question = ServiceQuestion.objects.create(service=service, label="About what?", required=True)
    page = api_of().get("/consultants/asha-rao").data
    assert page["bio"] == "Fourteen years of notices answered."
    assert page["links"] == [{"label": "X", "url": "https://x.com/a"}]
    assert page["rating"]["average"] == 5.0
    assert page["bookingPolicy"]["freeCancelHours"] == 24
    first, second = page["services"]
    assert first == {
        "id": str(service.pk), "kind": "PERSONAL", "title": "First call", "description": "", "minutes": 30,
        "pricePaise": 150_000, "taxPaise": 27_000, "totalPaise": 177_000, "dueNowPaise": 59_000, "currency": "INR",
        "platform": "LINK", "place": "", "confirmation": "INSTANT", "capacity": 1,
        "questions": [
            {"id": str(question.pk), "label": "About what?", "kind": "SHORT", "choices": [], "required": True}
        ],
    }  # fmt: skip
    assert (second["id"], second["place"]) == (str(office.pk), "4 Karve Road")
    assert "gstin" not in str(page)
    assert api_of().get("/consultant/asha-rao").data == page


def test_an_old_address_leads_to_the_page_of_now() -> None:
    consultant = make_consultant(slug="asha-rao")
    change_slug(consultant=consultant, slug="asha-kulkarni")
    for path in ("/consultants/asha-rao", "/consultant/asha-rao"):
        assert api_of().get(path).data["slug"] == "asha-kulkarni"
    assert api_of().get("/consultants/asha-rao/reviews").status == 200


def test_reviews_are_found_by_their_words_and_those_of_the_answer() -> None:
    consultant = make_consultant()
    forms = make_review(consultant, comment="Two notices became one form.")
    make_review(consultant, comment="Slow.", reply="I was ill.", replied_at=timezone.now())

    def found(words: str) -> list[str]:
        rows = api_of().get(f"/consultants/{consultant.slug}/reviews", search=words).data["reviews"]
        return [row["comment"] for row in rows]

    assert (found("FORM"), found("ill"), found("fast")) == ([forms.comment], ["Slow."], [])


@pytest.mark.parametrize("rest", ["", "/availability", "/slots", "/reviews"])
def test_who_is_not_public_is_told_apart_from_nobody_by_nothing(rest: Any) -> None:
    hidden = make_consultant(is_listed=False)
    found = [api_of().get(f"/consultants/{slug}{rest}") for slug in (hidden.slug, "nobody")]
    bodies = [dict(answer.body or {}) for answer in found]
    for body in bodies:
        del body["path"], body["timestamp"]
    assert bodies[0]["statusCode"] == 404
    assert bodies[0] == bodies[1]


def test_the_hours_as_a_person_reads_them() -> None:
    consultant = make_consultant()
    today = timezone.now().astimezone(INDIA).date()
    set_dates(consultant=consultant, first=today + timedelta(days=3), last=today + timedelta(days=4), note="A wedding")
    told = api_of().get(f"/consultants/{consultant.slug}/availability").data
    assert told["timezone"] == "Asia/Kolkata"
    assert [day["weekday"] for day in told["week"]][:2] == ["MONDAY", "TUESDAY"]
    assert told["week"][0]["hours"] == "9:00 am to 5:00 pm"
    assert told["week"][0]["stretches"] == [{"start": "09:00", "end": "17:00"}]
    first, last = (str(today + timedelta(days=n)) for n in (3, 4))
    assert told["dates"] == [{"first": first, "last": last, "hours": "", "stretches": []}]


# --- slots ------------------------------------------------------------------------------------------


def slots_of(consultant: Any, **query: Any) -> Any:
    return api_of().get(f"/consultants/{consultant.slug}/slots", **query)


def test_slots_are_instants_by_local_date_and_what_is_held_is_not_among_them() -> None:
    consultant = make_consultant()
    service = make_service(consultant)
    make_held(consultant, service=service, starts_at=next_slot_start())
    day = next_slot_start().astimezone(INDIA).date()
    told = slots_of(consultant, service=service.pk, **{"from": day, "to": day}).data
    assert (told["timezone"], told["serviceId"], told["minutes"]) == ("Asia/Kolkata", str(service.pk), 30)
    (only,) = told["days"]
    assert only["date"] == str(day)
    assert len(only["slots"]) == 15
    assert iso(next_slot_start()) not in [slot["start"] for slot in only["slots"]]
    assert only["slots"][0] == {"start": f"{day}T03:30:00Z", "end": f"{day}T04:00:00Z"}


def test_the_zone_groups_and_changes_no_instant() -> None:
    consultant = make_consultant()
    service = make_service(consultant)
    day = next_slot_start().date()
    told = slots_of(consultant, service=service.pk, timezone="America/Los_Angeles", **{"from": day, "to": day}).data
    here = [slot["start"] for local in told["days"] for slot in local["slots"]]
    assert {local["date"] for local in told["days"]} == {str(day)}
    assert (here[0], here[-1]) == (f"{day}T08:00:00Z", f"{day + timedelta(days=1)}T07:30:00Z")
    assert len(here) == 16


def test_sixty_two_days_are_the_most() -> None:
    consultant = make_consultant()
    service = make_service(consultant)
    day = date.today()
    last = day + timedelta(days=61)
    assert slots_of(consultant, service=service.pk, **{"from": day, "to": last}).status == 200
    refused = slots_of(consultant, service=service.pk, **{"from": day, "to": last + timedelta(days=1)})
    assert (refused.status, list(refused.details)) == (400, ["to"])


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"service": None}, "service"),
        ({"service": "x"}, "service"),
        ({"service": "01934c2e-6b1a-7c3e-9d0f-2a5b8c7e4f10"}, "service"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"from": "soon"}, "from"),
        ({"to": "2026-13-01"}, "to"),
        ({"from": "2026-12-02", "to": "2026-12-01"}, "to"),
    ],
)
def test_a_bad_question_for_slots_is_named(query: Any, named: Any) -> None:
    consultant = make_consultant()
    asked = {"service": make_service(consultant).pk} | query
    answer = slots_of(consultant, **{name: value for name, value in asked.items() if value is not None})
    assert (answer.status, list(answer.details)) == (400, [named])


def test_anothers_closed_or_group_service_has_no_slots() -> None:
    consultant = make_consultant()
    for service in (
        make_service(make_consultant()),
        make_service(consultant, is_active=False),
        make_service(consultant, kind="webinar", capacity=9),
    ):
        assert list(slots_of(consultant, service=service.pk).details) == ["service"]


def test_the_ends_of_the_calendar_break_nothing() -> None:
    consultant = make_consultant()
    service = make_service(consultant)
    for first in ("0001-01-01", "9999-12-31"):
        assert slots_of(consultant, service=service.pk, **{"from": first}).data["days"] == []


def test_slots_cost_the_same_however_much_is_booked(django_assert_num_queries: Any) -> None:
    consultant = make_consultant()
    service = make_service(consultant)
    for n in range(3):
        make_held(consultant, service=service, starts_at=next_slot_start(days=2 + n))
        with django_assert_num_queries(5):
            slots_of(consultant, service=service.pk)


# --- webinars ---------------------------------------------------------------------------------------


def test_open_webinars_with_the_seats_left() -> None:
    consultant = make_consultant(slug="asha-rao")
    webinar = make_webinar(consultant, price_paise=50_000, capacity=40)
    make_webinar(make_consultant(is_listed=True), days=5, title="Other")
    make_webinar(hidden := make_consultant())
    Consultant.objects.filter(pk=hidden.pk).update(is_listed=False)
    rows = api_of().get("/webinars").data["webinars"]
    assert [row["title"] for row in rows] == ["GST for makers", "Other"]
    assert rows[0] == {
        "id": str(webinar.pk), "title": "GST for makers", "description": "", "start": iso(webinar.starts_at),
        "end": iso(webinar.ends_at), "minutes": 30, "platform": "JITSI", "serviceId": str(webinar.service_id),
        "consultant": {
            "id": str(consultant.pk), "slug": "asha-rao", "name": consultant.display_name, "photoUrl": None
        },
        "pricePaise": 50_000, "taxPaise": 0, "totalPaise": 50_000, "currency": "INR", "capacity": 40, "seatsLeft": 40,
    }  # fmt: skip
    assert api_of().get(f"/webinars/{webinar.pk}").data == rows[0]
    assert [r["title"] for r in api_of().get("/webinars", ordering="-start").data["webinars"]] == [
        "Other",
        "GST for makers",
    ]
    assert [r["title"] for r in api_of().get("/webinars", consultant="asha-rao").data["webinars"]] == ["GST for makers"]
    assert [r["title"] for r in api_of().get("/webinars", search="other").data["webinars"]] == ["Other"]


def test_a_webinar_that_is_hidden_is_none() -> None:
    webinar = make_webinar(make_consultant())
    Consultant.objects.update(is_listed=False)
    assert api_of().get(f"/webinars/{webinar.pk}").code == "NOT_FOUND"
