"""A booking through the JSON API: asked for, listed, answered, cancelled, moved."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from availability.models import Occupancy
from availability.services import block
from bookings.models import Booking
from bookings.testing import details, login_of, make_held, make_paid, payment_of
from bookings.tests.asking import sent
from clients.models import Client
from naksha.api.testing import NOWHERE, api_of
from naksha.testing import make_admin, make_consultant, make_service, make_user, next_slot_start
from naksha.times import iso
from payments.models import Refund

pytestmark = pytest.mark.django_db


@pytest.fixture
def service() -> Any:
    return make_service(make_consultant(slug="asha-rao"))


# --- /bookings --------------------------------------------------------------------------------------


def test_a_client_asks_for_a_time(fake_gateway: Any, service: Any) -> None:
    user = make_user(first_name="Gita", last_name="Nair")
    answer = api_of(user).post("/bookings", sent(service, client=None), Idempotency_Key="k")
    assert (answer.status, answer.data["booking"]["status"]) == (201, "HELD")
    assert api_of(user).post("/bookings", sent(service, client=None), Idempotency_Key="k").body == answer.body
    assert Booking.objects.get().booked_by == user


def test_who_may_not_ask(service: Any) -> None:
    body = sent(service, client=None)
    assert api_of().post("/bookings", body).code == "NOT_AUTHENTICATED"
    assert api_of(make_user(verified=False)).post("/bookings", body).code == "EMAIL_NOT_VERIFIED"
    assert api_of(make_consultant(status="draft").user).post("/bookings", body).code == "ADMIN_APPROVAL_REQUIRED"
    assert api_of(make_admin()).post("/bookings", body).code == "PERMISSION_DENIED"
    assert not Booking.objects.exists()


def test_each_side_sees_its_own(fake_gateway: Any, service: Any) -> None:
    paid, _token = make_paid(fake_gateway, service.consultant, service=service)
    held, _token = make_held(service.consultant, service=service, starts_at=next_slot_start(3))
    client = login_of(paid)
    api = api_of(client)
    assert {row["id"] for row in api.get("/bookings").data["bookings"]} == {str(paid.pk), str(held.pk)}
    assert api.get(f"/bookings/{held.pk}").data["status"] == "HELD"
    desk = api_of(service.consultant.user)
    assert [row["id"] for row in desk.get("/bookings").data["bookings"]] == [str(paid.pk)]
    for stranger in (make_user(), make_consultant().user):
        other = api_of(stranger)
        assert other.get("/bookings").data["bookings"] == []
        assert other.get(f"/bookings/{paid.pk}").lasting == other.get(f"/bookings/{NOWHERE}").lasting
    assert desk.get(f"/bookings/{held.pk}").code == "NOT_FOUND"
    assert len(api_of(make_admin()).get("/bookings").data["bookings"]) == 2


def test_one_booking_says_what_cancelling_gives_back(fake_gateway: Any, service: Any) -> None:
    booking, _token = make_paid(fake_gateway, service.consultant, service=service)
    detail = api_of(login_of(booking)).get(f"/bookings/{booking.pk}").data
    assert detail["cancellation"] == {
        "canCancel": True,
        "canReschedule": True,
        "refundPercent": 100,
        "refundPaise": 150_000,
        "sentence": "You get all of it back: ₹1,500.00.",
        "freeUntil": iso(booking.starts_at - timedelta(hours=24)),
    }
    assert detail["sessionId"] == str(booking.session_id)


def test_the_list_is_filtered_ordered_and_costs_the_same(
    fake_gateway: Any, service: Any, django_assert_num_queries: Any
) -> None:
    first, _token = make_paid(fake_gateway, service.consultant, service=service)
    api = api_of(service.consultant.user)
    with django_assert_num_queries(4):
        api.get("/bookings")
    other = details(email="gita@example.com", name="Gita Nair")
    make_paid(fake_gateway, service.consultant, service=service, starts_at=next_slot_start(4), details=other)
    free = make_service(service.consultant, price_paise=0, confirmation="manual", title="Second look")
    make_held(service.consultant, service=free, starts_at=next_slot_start(6))

    def found(**query: Any) -> list[str]:
        return [row["title"] + row["client"]["name"][:1] for row in api.get("/bookings", **query).data["bookings"]]

    assert found() == ["Second lookF", "First callG", "First callF"]
    assert found(ordering="start") == ["First callF", "First callG", "Second lookF"]
    assert found(status="PENDING") == ["Second lookF"]
    assert found(search="gita") == ["First callG"]
    assert found(search=first.reference) == ["First callF"]
    assert found(**{"from": next_slot_start(3).date(), "to": next_slot_start(5).date()}) == ["First callG"]
    assert found(page=2) == []
    with django_assert_num_queries(4):
        api.get("/bookings")
    for query, named in (({"status": "held"}, "status"), ({"from": "x"}, "from"), ({"ordering": "price"}, "ordering")):
        assert list(api.get("/bookings", **query).details) == [named]


# --- the consultant's answer ------------------------------------------------------------------------


def requested(fake_gateway: Any, service: Any) -> Booking:
    service.confirmation = "manual"
    service.save()
    return make_paid(fake_gateway, service.consultant, service=service)[0]


def test_a_request_is_accepted_once(fake_gateway: Any, service: Any) -> None:
    booking = requested(fake_gateway, service)
    api = api_of(service.consultant.user)
    for _ in range(2):
        accepted = api.put(f"/bookings/{booking.pk}/accept").data
        assert (accepted["status"], bool(accepted["sessionId"])) == ("ACCEPTED", True)
    assert api.put(f"/bookings/{booking.pk}/reject", {"reason": "Away"}).code == "INVALID_STATE"


def test_a_request_is_declined_with_a_reason_and_paid_back(fake_gateway: Any, service: Any) -> None:
    booking = requested(fake_gateway, service)
    api = api_of(service.consultant.user)
    assert list(api.put(f"/bookings/{booking.pk}/reject", {"reason": " "}).details) == ["reason"]
    assert list(api.put(f"/bookings/{booking.pk}/reject", {}).details) == ["reason"]
    declined = api.put(f"/bookings/{booking.pk}/reject", {"reason": "Away that week"}).data
    assert (declined["status"], declined["closeReason"]) == ("REJECTED", "Away that week")
    assert Refund.objects.get().amount_paise == 150_000
    assert api.put(f"/bookings/{booking.pk}/accept").code == "INVALID_STATE"


@pytest.mark.parametrize("move", ["accept", "reject"])
def test_nobody_else_answers_it(fake_gateway: Any, service: Any, move: str) -> None:
    booking = requested(fake_gateway, service)
    path, nowhere = f"/bookings/{booking.pk}/{move}", f"/bookings/{NOWHERE}/{move}"
    assert api_of(login_of(booking)).put(path, {"reason": "x"}).code == "PERMISSION_DENIED"
    other = api_of(make_consultant().user)
    assert other.put(path, {"reason": "x"}).lasting == other.put(nowhere, {"reason": "x"}).lasting
    booking.refresh_from_db()
    assert booking.status == "pending"


def test_a_consultant_does_not_answer_what_they_asked_another_for(fake_gateway: Any, service: Any) -> None:
    booking = requested(fake_gateway, service)
    asker = make_consultant()
    Client.objects.filter(pk=booking.client_id).update(user=asker.user)
    assert api_of(asker.user).get(f"/bookings/{booking.pk}").status == 200
    assert api_of(asker.user).put(f"/bookings/{booking.pk}/accept").code == "NOT_FOUND"


# --- cancelling and moving --------------------------------------------------------------------------


def test_a_client_cancels_and_gets_back_what_the_terms_say(fake_gateway: Any, service: Any) -> None:
    booking, _token = make_paid(fake_gateway, service.consultant, service=service)
    api = api_of(login_of(booking))
    wrong = api.put(f"/bookings/{booking.pk}/cancel", {"shownRefundPaise": 150_001})
    assert (wrong.status, wrong.code) == (409, "INVALID_STATE")
    body = {"reason": "Found it", "shownRefundPaise": 150_000}
    for _ in range(2):
        assert api.put(f"/bookings/{booking.pk}/cancel", body).data["status"] == "CANCELLED"
    assert [refund.amount_paise for refund in Refund.objects.all()] == [150_000]


def test_a_hold_is_let_go(fake_gateway: Any, service: Any) -> None:
    booking, _token = make_held(service.consultant, service=service)
    assert api_of(login_of(booking)).put(f"/bookings/{booking.pk}/cancel", {}).data["status"] == "ABANDONED"
    assert not Occupancy.objects.exists()


def test_a_consultant_cancels_with_a_reason_and_gives_all_back(fake_gateway: Any, service: Any) -> None:
    booking, _token = make_paid(fake_gateway, service.consultant, service=service, starts_at=next_slot_start())
    api = api_of(service.consultant.user)
    assert list(api.put(f"/bookings/{booking.pk}/cancel", {}).details) == ["reason"]
    assert api.put(f"/bookings/{booking.pk}/cancel", {"reason": "Ill"}).data["status"] == "CANCELLED"
    assert Refund.objects.get().amount_paise == 150_000


def test_moving_to_a_free_time_and_to_one_that_is_gone(fake_gateway: Any, service: Any) -> None:
    booking, _token = make_paid(fake_gateway, service.consultant, service=service)
    later = next_slot_start(3)
    api = api_of(login_of(booking))
    for _ in range(2):
        assert api.put(f"/bookings/{booking.pk}/reschedule", {"start": iso(later)}).data["start"] == iso(later)
    block(consultant_id=service.consultant_id, starts_at=next_slot_start(4), ends_at=next_slot_start(4, hour_utc=7))
    gone = api.put(f"/bookings/{booking.pk}/reschedule", {"start": iso(next_slot_start(4))})
    assert (gone.status, gone.code, len(gone.details["nearest"])) == (409, "SLOT_TAKEN", 4)
    off_grid = later + timedelta(minutes=7)
    assert api.put(f"/bookings/{booking.pk}/reschedule", {"start": iso(off_grid)}).code == "SLOT_TAKEN"
    desk = api_of(service.consultant.user)
    assert desk.put(f"/bookings/{booking.pk}/reschedule", {"start": iso(off_grid)}).data["start"] == iso(off_grid)
    assert list(api.put(f"/bookings/{booking.pk}/reschedule", {}).details) == ["start"]
    booking.refresh_from_db()
    assert (booking.starts_at, booking.reschedules) == (off_grid, 1)


@pytest.mark.parametrize("move", ["cancel", "reschedule"])
def test_what_is_over_or_anothers_stays(fake_gateway: Any, service: Any, move: str) -> None:
    booking, _token = make_paid(fake_gateway, service.consultant, service=service)
    body = {"reason": "x"} if move == "cancel" else {"start": iso(next_slot_start(3))}
    for stranger in (make_user(), make_consultant().user):
        other = api_of(stranger)
        answers = [other.put(f"/bookings/{pk}/{move}", body) for pk in (booking.pk, NOWHERE)]
        assert [answer.status for answer in answers] == [404, 404]
        assert answers[0].lasting == answers[1].lasting
    assert api_of(make_admin()).put(f"/bookings/{booking.pk}/{move}", body).code == "PERMISSION_DENIED"
    Booking.objects.filter(pk=booking.pk).update(
        starts_at=timezone.now() - timedelta(hours=1), ends_at=timezone.now() - timedelta(minutes=30)
    )
    late = api_of(login_of(booking)).put(f"/bookings/{booking.pk}/{move}", body)
    assert (late.status, late.code) == (409, "INVALID_STATE")
    assert not Refund.objects.exists()
    assert payment_of(booking).status == "captured"
