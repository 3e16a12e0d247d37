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

from bookings.models import Booking
from bookings.services import accept, cancel_by_client
from bookings.testing import details, hold_seat, make_held, make_paid, make_webinar, pay
from clients.models import Client
from consultants.models import Consultant
from naksha.testing import make_service, next_slot_start
from quotations import services as quoting
from quotations.testing import make_sent
from sessions_app.models import JoinEvent, Session
from sessions_app.services import reviewing
from sessions_app.testing import make_completed, make_review

pytestmark = pytest.mark.django_db(transaction=True)
came = JoinEvent.objects.create


@dataclass
class Open:
    """A page, its part that is asked for by itself, and what happens meanwhile: ``was`` stands on it before, ``now``
    afterwards. ``more`` makes more of everything that the page lists, of which there is some after ``some``."""

    page: str
    part: str
    was: str
    now: str
    happens: Callable[[], Any]
    more: Callable[[], Any]
    some: Callable[[], Any] = bool


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


def webinar_page(consultant: Consultant, gateway: Any) -> Open:
    webinar = make_webinar(consultant, capacity=9)
    return Open(
        page=reverse("bookings:webinar", args=[webinar.pk]),
        part=reverse("bookings:webinar_parts", args=[webinar.pk]),
        was="Nobody yet.",
        now="Guest of seat 0",
        happens=lambda: seat(webinar, 0),
        more=lambda: [seat(webinar, n) for n in range(1, 4)],
    )


def dates_page(consultant: Consultant, gateway: Any) -> Open:
    webinar = make_webinar(consultant, capacity=9)
    return Open(
        page=reverse("bookings:webinars"),
        part=reverse("bookings:webinars_list"),
        was="0 of 9 seats taken",
        now="1 of 9 seats taken",
        happens=lambda: seat(webinar, 0),
        more=lambda: [make_webinar(consultant, days=n, service=webinar.service) for n in range(4, 7)],
    )


def analytics_page(consultant: Consultant, gateway: Any) -> Open:
    service = make_service(consultant)
    return Open(
        page=reverse("dashboard:analytics"),
        part=reverse("dashboard:analytics_parts"),
        was="No figures for these days",
        now="<canvas",
        happens=lambda: make_paid(gateway, consultant, service=service),
        more=lambda: [make_paid(gateway, consultant, service=service, starts_at=soon(n)) for n in range(3)],
        some=lambda: make_paid(gateway, consultant, service=service),
    )


def reviews_page(consultant: Consultant, gateway: Any) -> Open:
    session = make_completed(consultant)
    return Open(
        page=reverse("sessions:reviews"),
        part=reverse("sessions:reviews_list"),
        was="No reviews yet.",
        now="Kind and clear.",
        happens=lambda: reviewing.rate(session=session, client=client_of(session), rating=5, comment="Kind and clear."),
        more=lambda: [make_review(consultant) for _ in range(3)],
        some=lambda: make_review(consultant),
    )


def public_dates_page(consultant: Consultant, gateway: Any) -> Open:
    webinar = make_webinar(consultant, capacity=9)
    where = [consultant.slug, webinar.service_id]
    return Open(
        page=reverse("bookings:time", args=where),
        part=reverse("bookings:dates", args=where),
        was="9 of 9 seats left",
        now="8 of 9 seats left",
        happens=lambda: seat(webinar, 0),
        more=lambda: [make_webinar(consultant, days=n, service=webinar.service) for n in range(4, 7)],
    )


def booking_link_page(consultant: Consultant, gateway: Any) -> Open:
    service = make_service(consultant, confirmation="manual")
    booking, token = make_paid(gateway, consultant, service=service)
    return Open(
        page=reverse("bookings:manage", args=[token]),
        part=reverse("bookings:manage_parts", args=[token]),
        was="Your request is with the consultant",
        now="Booked.",
        happens=lambda: accept(booking=booking, actor=consultant.user),
        more=lambda: [make_paid(gateway, consultant, service=service, starts_at=soon(n)) for n in range(3)],
    )


def clients_page(consultant: Consultant, gateway: Any) -> Open:
    service = make_service(consultant)
    return Open(
        page=reverse("clients:list"),
        part=reverse("clients:rows"),
        was="You have no clients yet",
        now="Farhan Qureshi",
        happens=lambda: make_paid(gateway, consultant, service=service),
        more=lambda: [make_paid(gateway, consultant, service=service, starts_at=soon(n)) for n in range(3)],
        some=lambda: make_paid(gateway, consultant, service=service),
    )


def seat(webinar: Session, n: int) -> Booking:
    guest = details(name=f"Guest of seat {n}", email=f"guest{n}@example.com")
    return hold_seat(session=webinar, details=guest)[0]


def client_of(session: Session) -> Client:
    assert session.client is not None
    return session.client


def soon(n: int) -> Any:
    return next_slot_start(days=5 + n)


OF_THE_DESK = [session_page, request_page, quotation_page, client_page, webinar_page]
LISTS = [dates_page, analytics_page, reviews_page, clients_page]
OF_A_LINK = [link_page, booking_link_page, public_dates_page]


@pytest.fixture(params=[*OF_THE_DESK, *LISTS, *OF_A_LINK])
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

    opened.some()
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


@pytest.mark.parametrize("page_of", LISTS)
def test_a_list_shows_each_consultant_their_own(
    page_of: Callable[..., Open], consultant: Consultant, other_consultant: Consultant, fake_gateway: Any
) -> None:
    opened = page_of(consultant, fake_gateway)
    opened.happens()
    browser = Browser()
    assert browser.get(opened.part).status_code == 302
    browser.force_login(other_consultant.user)
    assert opened.now not in browser.get(opened.part).content.decode()
    browser.force_login(consultant.user)
    assert opened.now in browser.get(opened.part).content.decode()


def test_the_part_of_a_booking_leads_where_its_page_leads_and_opens_by_its_link_alone(
    consultant: Consultant, fake_gateway: Any
) -> None:
    booking, token = make_held(consultant)
    part = reverse("bookings:manage_parts", args=[token])
    assert Browser().get(part).url == reverse("bookings:pay", args=[token])  # type: ignore[attr-defined]
    pay(fake_gateway, booking)
    answer = Browser().get(part)
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store, private")
    assert Browser().get(reverse("bookings:manage_parts", args=["x" * len(token)])).status_code == 404


def test_the_heading_of_a_quotation_says_how_it_stands(consultant: Consultant, desk: Browser) -> None:
    quotation, _token = make_sent(consultant)
    part = reverse("quotations:parts", args=[quotation.pk])

    def heading() -> str:
        text = desk.get(part).content.decode()
        return text[text.index('<div class="title">') : text.index("data-live-stays")]

    assert ">Sent<" in heading()
    quoting.withdraw(quotation=quotation, actor=consultant.user)
    assert ">Sent<" not in heading()
    assert ">Withdrawn<" in heading()


def test_a_reply_that_was_refused_is_not_taken_away(consultant: Consultant, desk: Browser) -> None:
    review = make_review(consultant)
    typed = {f"{review.pk}-reply": "x" * 5000}
    refused = desk.post(reverse("sessions:review_reply", args=[review.pk]), typed)
    assert "data-busy" in refused.content.decode()
    assert "data-busy" not in desk.get(reverse("sessions:reviews")).content.decode()


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
