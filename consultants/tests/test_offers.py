"""Services: what may be offered, in which order, and what becomes of what was booked."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from consultants import pricing
from consultants.models import Consultant, Service, ServiceQuestion
from consultants.services import offers
from naksha.errors import InvalidState
from naksha.testing import make_client, make_service, next_slot_start

pytestmark = pytest.mark.django_db

CALL: offers.ServiceFacts = {
    "kind": "personal",
    "title": "First call",
    "description": "What is late, and what it will cost.",
    "minutes": 30,
    "price_paise": 150_000,
    "deposit_paise": 0,
    "platform": "jitsi",
    "place": "",
    "confirmation": "instant",
    "capacity": 1,
    "is_active": True,
}
WEBINAR: dict[str, Any] = {**CALL, "kind": "webinar", "capacity": 40}
ASKED: offers.Question = {"label": "What is it about?", "kind": "long", "choices": [], "required": True}


def facts(**changes: Any) -> offers.ServiceFacts:
    return {**CALL, **changes}  # type: ignore[typeddict-item]


def titles(consultant: Consultant) -> list[str]:
    return [service.title for service in consultant.services.filter(archived_at__isnull=True)]


def book(service: Service) -> None:
    from bookings.models import Booking

    start = next_slot_start()
    Booking.objects.create(
        consultant=service.consultant, service=service, client=make_client(service.consultant), status="abandoned",
        starts_at=start, ends_at=start.replace(minute=59), timezone="Asia/Kolkata", title=service.title,
        platform="jitsi", needs_confirmation=False, price_paise=0, tax_paise=0, total_paise=0, due_now_paise=0,
        gst_basis_points=0, fee_basis_points=0, free_cancel_hours=0, partial_cancel_hours=0, partial_refund_percent=0,
        reschedule_hours=0, max_reschedules=0,
    )  # fmt: skip


def test_a_service_is_added_at_the_end_with_its_questions(consultant: Consultant) -> None:
    make_service(consultant, title="Older")
    service = offers.create_service(consultant=consultant, facts=facts(), questions=[ASKED])
    assert titles(consultant) == ["Older", "First call"]
    assert service.questions.get().label == "What is it about?"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": "  "}, "title"),
        ({"minutes": 4}, "minutes"),
        ({"minutes": 721}, "minutes"),
        ({"price_paise": 99}, "price_paise"),
        ({"price_paise": 1_000_000_01}, "price_paise"),
        ({"deposit_paise": 150_000}, "deposit_paise"),
        ({"deposit_paise": 99}, "deposit_paise"),
        ({"price_paise": 0, "deposit_paise": 100}, "deposit_paise"),
        ({"kind": "webinar", "capacity": 1}, "capacity"),
        ({"kind": "webinar", "capacity": 1001}, "capacity"),
        ({"kind": "webinar", "capacity": 40, "platform": "phone"}, "platform"),
        ({"platform": "link", "place": ""}, "place"),
        ({"platform": "link", "place": "http://meet.example/x"}, "place"),
        ({"platform": "link", "place": "javascript:alert(1)"}, "place"),
        ({"platform": "in_person", "place": " "}, "place"),
    ],
)
def test_what_can_not_be_offered_is_said_beside_its_field(
    consultant: Consultant, change: dict[str, Any], field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        offers.create_service(consultant=consultant, facts=facts(**change))
    assert list(refused.value.message_dict) == [field]
    assert consultant.services.count() == 0


def test_free_is_a_price(consultant: Consultant) -> None:
    assert offers.create_service(consultant=consultant, facts=facts(price_paise=0)).is_free


def test_one_to_one_has_one_seat_and_a_webinar_is_confirmed_at_once(consultant: Consultant) -> None:
    assert offers.create_service(consultant=consultant, facts=facts(capacity=40)).capacity == 1
    webinar = offers.create_service(consultant=consultant, facts={**WEBINAR, "confirmation": "manual"})  # type: ignore[typeddict-item]
    assert (webinar.capacity, webinar.confirmation) == (40, "instant")


def test_a_link_that_is_not_used_is_forgotten(consultant: Consultant) -> None:
    assert offers.create_service(consultant=consultant, facts=facts(place="https://meet.example/x")).place == ""


def test_another_platform_alone_has_another_place(consultant: Consultant) -> None:
    service = offers.create_service(consultant=consultant, facts=facts(platform="link", place="https://meet.example/x"))
    with pytest.raises(ValidationError) as refused:
        offers.change_service(service=service, platform="in_person")
    assert set(refused.value.message_dict) == {"place"}
    assert offers.change_service(service=service, platform="link", title="Second call").place == service.place
    assert offers.change_service(service=service, platform="phone").place == ""


def test_questions_are_replaced_in_their_order(consultant: Consultant) -> None:
    service = offers.create_service(consultant=consultant, facts=facts(), questions=[ASKED])
    choice: offers.Question = {"label": "Which?", "kind": "choice", "choices": ["GST", " ", "ROC"], "required": False}
    offers.update_service(service=service, facts=facts(title="New"), questions=[choice, ASKED])
    assert [(q.label, q.choices) for q in service.questions.all()] == [
        ("Which?", ["GST", "ROC"]),
        ("What is it about?", []),
    ]


@pytest.mark.parametrize("choices", [[], ["one"], [" ", "one"], [str(n) for n in range(13)]])
def test_a_list_needs_choices(consultant: Consultant, choices: list[str]) -> None:
    service = make_service(consultant)
    bad: offers.Question = {"label": "Which?", "kind": "choice", "choices": choices, "required": False}
    with pytest.raises(ValidationError, match="2 to 12"):
        offers.update_service(service=service, facts=facts(title="Changed"), questions=[bad])
    service.refresh_from_db()
    assert service.title == "First call"


def test_there_are_limits(consultant: Consultant) -> None:
    with pytest.raises(ValidationError, match="Ten questions"):
        offers.create_service(consultant=consultant, facts=facts(), questions=[ASKED] * 11)
    for n in range(offers.MOST_SERVICES):
        make_service(consultant, title=str(n))
    with pytest.raises(ValidationError, match="Thirty services"):
        offers.create_service(consultant=consultant, facts=facts())


def test_the_kind_stays_once_it_is_booked(consultant: Consultant) -> None:
    service = make_service(consultant)
    offers.update_service(service=service, facts=WEBINAR)  # type: ignore[arg-type]
    offers.update_service(service=service, facts=facts())
    book(service)
    with pytest.raises(ValidationError) as refused:
        offers.update_service(service=service, facts=WEBINAR)  # type: ignore[arg-type]
    assert list(refused.value.message_dict) == ["kind"]
    offers.update_service(service=service, facts=facts(price_paise=200_000))  # the rest may change


def test_services_change_places(consultant: Consultant) -> None:
    a, _b, c = (make_service(consultant, title=title) for title in "ABC")
    offers.move_up(service=c)
    assert titles(consultant) == ["A", "C", "B"]
    offers.move_down(service=a)
    assert titles(consultant) == ["C", "A", "B"]
    offers.move_up(service=c)  # already first
    assert titles(consultant) == ["C", "A", "B"]


def test_a_service_is_closed_and_opened(consultant: Consultant) -> None:
    service = make_service(consultant)
    offers.close_service(service=service)
    assert not consultant.services.bookable().exists()
    offers.open_service(service=service)
    assert consultant.services.bookable().exists()


def test_a_booked_service_is_kept_in_the_archive_and_an_unused_one_goes(consultant: Consultant) -> None:
    booked, unused = make_service(consultant, title="Booked"), make_service(consultant, title="Unused")
    ServiceQuestion.objects.create(service=unused, label="?")
    book(booked)
    offers.archive_service(service=booked)
    offers.archive_service(service=unused)
    assert [service.title for service in consultant.services.all()] == ["Booked"]
    assert not consultant.services.bookable().exists()
    with pytest.raises(InvalidState):
        offers.open_service(service=booked)
    offers.restore_service(service=booked)
    booked.refresh_from_db()
    assert (booked.archived_at, booked.is_active) == (None, False)


@pytest.mark.parametrize(
    ("price", "registered", "client_pays", "yours"),
    [
        (150_000, False, 150_000, 132_300),
        (150_000, True, 177_000, 159_300),
        (0, True, 0, 0),
        (100, True, 118, 106),
        (33_333, True, 39_333, 35_400),
    ],
)
def test_the_price_says_what_is_left(settings: Any, price: int, registered: bool, client_pays: int, yours: int) -> None:
    settings.PLATFORM_FEE_BASIS_POINTS, settings.PLATFORM_GST_BASIS_POINTS = 1_000, 1_800
    told = pricing.earning(price, charges_gst=registered)
    assert (told.client_pays, told.yours) == (client_pays, yours)
    assert told.yours + told.fee + told.fee_gst == told.client_pays


def test_the_preview_is_what_a_booking_really_costs(consultant: Consultant) -> None:
    from bookings.services.terms import price_of

    for registered in ("unregistered", "regular"):
        consultant.registration = registered
        for price in (0, 100, 33_333, 99_999, 150_000):
            service = Service(price_paise=price)
            told = pricing.earning(price, charges_gst=consultant.charges_gst)
            assert told.client_pays == price_of(service, consultant).total_paise
