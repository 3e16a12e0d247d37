"""An open page of one thing hears of what becomes of it: from the client, from the consultant, from the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bookings.services import accept, cancel_by_client
from bookings.testing import make_paid
from consultants.models import Consultant
from naksha.testing import make_service, next_slot_start
from quotations import services as quoting
from quotations.testing import make_sent
from sessions_app.models import JoinEvent

pytestmark = pytest.mark.django_db(transaction=True)
came = JoinEvent.objects.create


@dataclass
class Open:
    """A page, its part that is asked for by itself, and what happens meanwhile: ``was`` stands on it before, ``now``
    afterwards. ``more`` makes more of everything that the page lists."""

    page: str
    part: str
    was: str
    now: str
    happens: Callable[[], Any]
    more: Callable[[], Any]


def session_page(consultant: Consultant, gateway: Any) -> Open:
    booking, _token = make_paid(gateway, consultant)
    session = booking.session
    assert session is not None
    return Open(
        page=reverse("sessions:desk", args=[session.pk]),
        part=reverse("sessions:desk_parts", args=[session.pk]),
        was="Move to another time",
        now="Cancelled",
        happens=lambda: cancel_by_client(booking=booking, reason="I am ill."),
        more=lambda: [came(session=session, side="client", client=booking.client, kind="joined") for _ in range(3)],
    )


def request_page(consultant: Consultant, gateway: Any) -> Open:
    service = make_service(consultant, confirmation="manual")
    booking, _token = make_paid(gateway, consultant, service=service)
    return Open(
        page=reverse("bookings:request", args=[booking.pk]),
        part=reverse("bookings:request_parts", args=[booking.pk]),
        was=reverse("bookings:accept", args=[booking.pk]),
        now="Confirmed",
        happens=lambda: accept(booking=booking, actor=consultant.user),
        more=lambda: [make_paid(gateway, consultant, service=service, starts_at=soon(n)) for n in range(3)],
    )


def quotation_page(consultant: Consultant, gateway: Any) -> Open:
    quotation, _token = make_sent(consultant)
    return Open(
        page=reverse("quotations:one", args=[quotation.pk]),
        part=reverse("quotations:parts", args=[quotation.pk]),
        was=reverse("quotations:withdraw", args=[quotation.pk]),
        now=reverse("quotations:call_off", args=[quotation.pk]),
        happens=lambda: quoting.accept(quotation=quotation, version=1, name="Farhan Qureshi", address=None),
        more=lambda: [quoting.ask(quotation=quotation, body=f"And {n}?") for n in range(3)],
    )


def client_page(consultant: Consultant, gateway: Any) -> Open:
    service = make_service(consultant)
    booking, _token = make_paid(gateway, consultant, service=service)
    return Open(
        page=reverse("clients:client", args=[booking.client_id]),
        part=reverse("clients:parts", args=[booking.client_id]),
        was="<dt>Next session</dt><dd><time",
        now="<dt>Next session</dt><dd>None",
        happens=lambda: cancel_by_client(booking=booking),
        more=lambda: [make_paid(gateway, consultant, service=service, starts_at=soon(n)) for n in range(3)],
    )


def link_page(consultant: Consultant, gateway: Any) -> Open:
    quotation, token = make_sent(consultant)
    return Open(
        page=reverse("quotations:page", args=[token]),
        part=reverse("quotations:page_parts", args=[token]),
        was="Accept it",
        now="This quotation was withdrawn",
        happens=lambda: quoting.withdraw(quotation=quotation, actor=consultant.user),
        more=lambda: [quoting.ask(quotation=quotation, body=f"And {n}?") for n in range(3)],
    )


def soon(n: int) -> Any:
    return next_slot_start(days=5 + n)


OF_THE_DESK = [session_page, request_page, quotation_page, client_page]


@pytest.fixture(params=[*OF_THE_DESK, link_page])
def opened(request: Any, consultant: Consultant, fake_gateway: Any) -> Open:
    found: Open = request.param(consultant, fake_gateway)
    return found


@pytest.fixture
def desk(consultant: Consultant) -> Browser:
    browser = Browser()
    browser.force_login(consultant.user)
    return browser


def test_an_open_page_hears_of_what_happens_and_of_nothing_else(opened: Open, desk: Browser) -> None:
    whole = desk.get(opened.page)
    version = whole.context["live"].version
    assert opened.was in whole.content.decode()
    assert f'data-live="{opened.part}' in whole.content.decode()
    same = desk.get(opened.part, headers={"If-None-Match": version})
    assert (same.status_code, same.content, same["ETag"]) == (304, b"", version)

    opened.happens()

    told = desk.get(opened.part, headers={"If-None-Match": version})
    assert told.status_code == 200
    assert opened.was not in told.content.decode()
    assert opened.now in told.content.decode()
    assert "<html" not in told.content.decode()
    assert desk.get(opened.part, headers={"If-None-Match": told["ETag"]}).status_code == 304
    assert desk.get(opened.page).context["live"].version == told["ETag"]


def test_asking_costs_the_same_however_much_there_is(opened: Open, desk: Browser) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert desk.get(opened.part).status_code == 200
        return len(asked)

    desk.get(opened.part)
    few = cost()
    opened.more()
    assert cost() == few


@pytest.mark.parametrize("page_of", OF_THE_DESK)
def test_a_part_is_for_its_consultant_alone(
    page_of: Callable[..., Open], consultant: Consultant, other_consultant: Consultant, fake_gateway: Any
) -> None:
    part = page_of(consultant, fake_gateway).part
    browser = Browser()
    assert browser.get(part).status_code == 302
    browser.force_login(other_consultant.user)
    assert browser.get(part).status_code == 404


def test_the_part_of_a_link_is_for_who_has_the_link_and_is_no_look_of_theirs(consultant: Consultant) -> None:
    quotation, token = make_sent(consultant)
    part = Browser().get(reverse("quotations:page_parts", args=[token]))
    assert part.status_code == 200
    assert part["Cache-Control"] == "no-store, private"
    assert not quotation.views.exists()
    assert Browser().get(reverse("quotations:page_parts", args=["x" * len(token)])).status_code == 404
    quoting.new_link(quotation=quotation, actor=consultant.user)
    assert Browser().get(reverse("quotations:page_parts", args=[token])).status_code == 404


@pytest.mark.parametrize("word", ["accept", "ask", "decline"])
def test_what_was_typed_and_refused_is_not_taken_away(word: str, consultant: Consultant) -> None:
    _quotation, token = make_sent(consultant)
    refused = Browser().post(
        reverse(f"quotations:{word}", args=[token]), {"name": "", "body": "", "reason": "x" * 5000}
    )
    assert "data-busy" in refused.content.decode()
    assert "data-busy" not in Browser().get(reverse("quotations:page", args=[token])).content.decode()
