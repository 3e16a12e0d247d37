"""Today while it is open: it learns of each change, asks cheaply, and costs the same however full the day is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from bookings.models import Booking
from consultants.models import Consultant, Service
from dashboard.tests import scene
from dashboard.tests.scene import BOARD, NOON, TODAY, make_booking, page
from dashboard.today import questions, version_of
from naksha import together
from naksha.testing import make_service
from notifications.models import OutgoingMail
from notifications.services import send_mail
from quotations import services
from quotations.testing import make_accepted, make_sent
from sessions_app.models import Review

pytestmark = pytest.mark.django_db
owner = scene.owner


def test_an_open_page_learns_of_a_booking(owner: Client, consultant: Consultant) -> None:
    make_service(consultant)
    with time_machine.travel(timezone.now(), tick=False):  # the clock is part of the version
        first = owner.get(BOARD)
        same = owner.get(BOARD, headers={"If-None-Match": first["ETag"]})
        assert (same.status_code, same.content) == (304, b"")
        booking = make_booking(consultant, timezone.now() + timedelta(minutes=20))
        changed = owner.get(BOARD, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert booking.contact_name in changed.content.decode()
    assert "<html" not in changed.content.decode()


def test_the_page_and_its_fragment_name_the_same_state(owner: Client, consultant: Consultant) -> None:
    make_service(consultant)
    with time_machine.travel(NOON, tick=False):
        etag = owner.get(BOARD)["ETag"]
        assert f'data-version="{etag}"'.replace('W/"', "W/&quot;").replace('""', '&quot;"') in page(owner)


@pytest.mark.parametrize("change", ["booking", "session", "profile", "clock"])
def test_the_version_changes_with_what_is_shown(consultant: Consultant, change: str) -> None:
    now = timezone.now()
    booking = make_booking(consultant, now + timedelta(hours=2))
    before = version_of(consultant, now)
    assert version_of(consultant, now) == before
    if change == "booking":
        booking.status = "cancelled"
        booking.save()
    elif change == "session":
        assert booking.session is not None
        booking.session.save()
    elif change == "profile":
        consultant.save()
    else:
        now += timedelta(minutes=6)
    assert version_of(consultant, now) != before


def mail_given_up(booking: Booking) -> None:
    mail = send_mail(
        template="account/login_code", to="gone@example.com", context={"code": "1"},
        on_behalf_of=booking.consultant.user,
    )  # fmt: skip
    OutgoingMail.objects.filter(pk=mail.pk).update(status="failed")


def mail_sent_after_all(booking: Booking) -> None:
    OutgoingMail.objects.filter(to="earlier@example.com").update(status="sent")


def mail_given_up_again(booking: Booking) -> None:
    OutgoingMail.objects.filter(to="earlier@example.com").update(updated_at=timezone.now())


def rated(booking: Booking) -> None:
    Review.objects.create(
        session=booking.session, client=booking.client, consultant=booking.consultant, rating=5, author_name="F."
    )


def service_put_away(booking: Booking) -> None:
    Service.objects.update(archived_at=timezone.now())


def hours_cleared(booking: Booking) -> None:
    booking.consultant.weekly_hours.all().delete()


def address_not_confirmed(booking: Booking) -> None:
    EmailAddress.objects.update(verified=False)


def client_renamed(booking: Booking) -> None:
    booking.client.name = "Another"
    booking.client.save()


@pytest.mark.parametrize(
    "change",
    [
        mail_given_up, mail_sent_after_all, mail_given_up_again, rated, service_put_away, hours_cleared,
        address_not_confirmed, client_renamed,
    ],
)  # fmt: skip
def test_the_version_changes_with_each_line_that_needs_somebody(
    consultant: Consultant, change: Callable[[Booking], None]
) -> None:
    now = timezone.now()
    booking = make_booking(consultant, now - timedelta(days=5))
    OutgoingMail.objects.create(
        template="account/login_code", to="earlier@example.com", on_behalf_of=consultant.user, status="failed"
    )
    before = version_of(consultant, now)
    change(booking)
    assert version_of(consultant, now) != before


# --- cost


def test_today_costs_the_same_for_a_full_day_as_for_an_empty_one(
    owner: Client, consultant: Consultant, django_assert_num_queries: Any
) -> None:
    make_service(consultant)
    owner.get(TODAY)
    with django_assert_num_queries(QUERIES_EMPTY):
        owner.get(TODAY)
    now = timezone.now()
    for n in range(6):
        make_booking(consultant, now + timedelta(minutes=20 + 60 * n), paid_paise=10_000)
        make_booking(consultant, now + timedelta(days=2), status="pending", answer_by=now + timedelta(hours=5 + n))
        services.ask(quotation=make_sent(consultant)[0], body="Is the filing fee in it?")
        make_accepted(consultant)
    with django_assert_num_queries(QUERIES_EMPTY + 1):  # the bookings of the sessions
        owner.get(TODAY)


def test_asking_whether_anything_changed_is_cheap(owner: Client, django_assert_max_num_queries: Any) -> None:
    etag = owner.get(BOARD)["ETag"]
    with django_assert_max_num_queries(8):
        assert owner.get(BOARD, headers={"If-None-Match": etag}).status_code == 304


class Looked(dict[together.Asked, list[Any]]):
    """No answers, and what somebody hoped for among them."""

    def pop(self, key: Any, default: Any = None) -> Any:
        self[key] = []
        return default


def test_what_tells_of_a_change_is_asked_before_what_is_drawn(consultant: Consultant) -> None:
    now, looked = timezone.now(), Looked({("", ()): []})
    token = together._answers.set(looked)
    try:
        version_of(consultant, now)
    finally:
        together._answers.reset(token)
    told = list(looked)[1:]
    asked = together._plan(questions(consultant, now))
    assert len(told) == 5
    assert set(asked[:5]) == set(told)


# Two of them are of quotations: their questions, and what is owed for them. One is of this month's documents with GST.
QUERIES_EMPTY = 26
