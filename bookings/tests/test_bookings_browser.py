"""The booking pages in a real browser: axe, narrow screens, keyboard, stepping back, a day swapped in place."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse

from availability.models import Occupancy
from availability.picker import start_text
from bookings.models import Booking
from bookings.services import cancel_by_client, hold_seat, join_waitlist
from bookings.testing import details, make_held, make_paid, make_webinar
from consultants.models import ServiceQuestion
from naksha.testing import make_service, next_slot_start
from tests.window import browser

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def axe_finds_nothing(opened: Any, live_server: Any, paths: list[str], cookie: dict[str, str] | None = None) -> None:
    axe = (django_settings.BASE_DIR / "node_modules/axe-core/axe.min.js").read_text()
    for theme in ("light", "dark"):
        for width in (360, 1280):
            context = opened.new_context(
                viewport={"width": width, "height": 800}, color_scheme=theme, timezone_id="Asia/Kolkata"
            )
            if cookie:
                context.add_cookies([cookie])
            page = context.new_page()
            said: list[str] = []
            page.on("console", lambda message, said=said: said.append(message.text))
            for path in paths:
                page.goto(live_server.url + path)
                page.evaluate(axe)
                found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
                assert found == [], (theme, width, path)
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (width, path)
            assert [text for text in said if "409" not in text] == []
            context.close()


@pytest.fixture
def market(consultant: Any, fake_gateway: Any) -> dict[str, Any]:
    """Something of everything: a service with questions, a full webinar, bookings in each state."""
    consultant.registration, consultant.gstin = "regular", "27AABCN1234F1ZW"
    consultant.save()
    service = make_service(consultant, description="Bring one question.", deposit_paise=50_000)
    ServiceQuestion.objects.create(service=service, label="What is late?", kind="long", required=True)
    ServiceQuestion.objects.create(service=service, label="Which year?", kind="choice", choices=["2025", "2026"])
    session = make_webinar(consultant)
    for n in (1, 2):
        hold_seat(session=session, details=details(email=f"p{n}@example.com"))
    typed = details(state_code="27", pin_code="411004", answers=[{"question": "What is late?", "answer": "All of it"}])
    booked, booked_token = make_paid(fake_gateway, consultant, service=service, details=typed)
    asked, asked_token = make_paid(
        fake_gateway, consultant, confirmation="manual", starts_at=next_slot_start(days=4), details=typed
    )
    gone, gone_token = make_paid(
        fake_gateway, consultant, service=service, starts_at=next_slot_start(days=5), details=typed
    )
    cancel_by_client(booking=gone, reason="Ill")
    _held, held_token = make_held(consultant, service=service, starts_at=next_slot_start(days=6), details=typed)
    over, over_token = make_held(consultant, service=service, starts_at=next_slot_start(days=7), details=typed)
    past = over.created_at - timedelta(seconds=1)
    Booking.objects.filter(pk=over.pk).update(hold_expires_at=past)
    Occupancy.objects.filter(pk=over.occupancy_id).update(expires_at=past)
    _entry, waiting_token = join_waitlist(
        service=session.service, session=session, name="Wanda", email="w@example.com", timezone="Asia/Kolkata"
    )
    return {
        "service": service,
        "session": session,
        "booked": booked,
        "asked": asked,
        "tokens": {
            "booked": booked_token,
            "asked": asked_token,
            "gone": gone_token,
            "held": held_token,
            "over": over_token,
            "waiting": waiting_token,
        },
    }


def test_axe_finds_nothing_on_the_visitors_pages(live_server: Any, market: dict[str, Any]) -> None:
    service, session, tokens = market["service"], market["session"], market["tokens"]
    slug = service.consultant.slug
    details_page = reverse("bookings:details", args=[slug, service.pk])
    paths = [
        reverse("bookings:start", args=[slug]),
        reverse("bookings:time", args=[slug, service.pk]),
        f"{details_page}?start={start_text(next_slot_start(days=8))}",
        f"{details_page}?start={start_text(market['booked'].starts_at)}",
        reverse("bookings:time", args=[slug, session.service_id]),
        reverse("bookings:waitlist_join", args=[slug, session.service_id]) + f"?session={session.pk}",
        reverse("bookings:waitlist", args=[tokens["waiting"]]),
        reverse("bookings:pay", args=[tokens["held"]]),
        reverse("bookings:pay", args=[tokens["held"]]) + "?failed=card_declined",
        reverse("bookings:pay", args=[tokens["over"]]),
        reverse("bookings:pay", args=[tokens["booked"]]),
        *[reverse("bookings:manage", args=[tokens[name]]) for name in ("booked", "asked", "gone")],
        reverse("bookings:cancel", args=[tokens["booked"]]),
        reverse("bookings:reschedule", args=[tokens["booked"]]),
        reverse("bookings:reschedule", args=[tokens["booked"]]) + f"?start={start_text(next_slot_start(days=9))}",
        reverse("bookings:receipt", args=[tokens["booked"]]),
        reverse("bookings:find"),
    ]
    with browser() as opened:
        axe_finds_nothing(opened, live_server, paths)


def test_axe_finds_nothing_on_the_consultants_pages(live_server: Any, market: dict[str, Any]) -> None:
    client = Client()
    client.force_login(market["service"].consultant.user)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    booked, asked, session = market["booked"].pk, market["asked"].pk, market["session"].pk
    paths = [
        reverse("bookings:requests"),
        reverse("bookings:requests") + "?show=past",
        reverse("bookings:request", args=[asked]),
        reverse("bookings:decline", args=[asked]),
        reverse("bookings:request", args=[booked]),
        reverse("bookings:cancel_theirs", args=[booked]),
        reverse("bookings:reschedule_theirs", args=[booked]),
        reverse("bookings:webinars"),
        reverse("bookings:webinar", args=[session]),
        reverse("bookings:webinar_cancel", args=[session]),
    ]
    with browser() as opened:
        axe_finds_nothing(opened, live_server, paths, cookie)


def typed(page: Any) -> None:
    page.get_by_label("Your name").fill("Meera Iyer")
    page.get_by_label("Mail address").fill("meera@example.com")
    page.get_by_label("Phone").fill("98200 12345")


def test_the_steps_and_back_again_with_nothing_lost(live_server: Any, consultant: Any, fake_gateway: Any) -> None:
    service = make_service(consultant)
    with browser() as opened:
        page = opened.new_context(timezone_id="Asia/Kolkata", viewport={"width": 360, "height": 740}).new_page()
        page.goto(live_server.url + reverse("bookings:time", args=[consultant.slug, service.pk]))
        page.locator("a[data-day]:not(.off)").nth(3).click()
        page.wait_for_url("**day=**")
        chosen = page.locator("a[data-day][aria-current]").get_attribute("id")
        page.wait_for_function("document.getElementById('times').getBoundingClientRect().top < 200")
        page.locator(".slots a").nth(2).click()
        page.locator(".btn-go").click()
        page.get_by_text("Write your name.").first.wait_for()
        typed(page)
        page.locator(".steps a", has_text="Time").click()
        page.wait_for_url("**day=**")
        assert page.locator("a[data-day][aria-current]").get_attribute("id") == chosen
        page.locator(".slots a").nth(4).click()
        assert page.get_by_label("Your name").input_value() == "Meera Iyer"
        page.locator(".btn-go").click()
        page.wait_for_url("**/pay/")
        assert page.locator("[data-left]").inner_text().startswith(("9:", "10:"))
        page.go_back()
        assert page.get_by_label("Mail address").input_value() == "meera@example.com"
        page.go_back()
        page.go_back()
        page.get_by_text("Held for you").wait_for()
        page.get_by_role("link", name="Go on to pay").click()
        page.get_by_role("button", name="Let it go").click()
        page.wait_for_url("**/book/**")
        assert page.get_by_text("Held for you").count() == 0


def test_without_script_the_zone_is_chosen_with_a_button(live_server: Any, consultant: Any) -> None:
    service = make_service(consultant)
    with browser() as opened:
        context = opened.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(live_server.url + reverse("bookings:time", args=[consultant.slug, service.pk]))
        page.get_by_label("Time zone").select_option("Europe/London")
        page.get_by_role("button", name="Show times in this zone").click()
        assert "tz=Europe%2FLondon" in page.url
        page.locator(".slots a").first.click()
        assert "GMT" in page.locator(".when").first.inner_text() or "BST" in page.locator(".when").first.inner_text()


def test_the_days_are_chosen_with_the_keyboard_alone(live_server: Any, consultant: Any) -> None:
    service = make_service(consultant)
    with browser() as opened:
        page = opened.new_context(timezone_id="Asia/Kolkata").new_page()
        page.goto(live_server.url + reverse("bookings:time", args=[consultant.slug, service.pk]))
        day = page.locator("a[data-day]:not(.off)").nth(2)
        name = day.get_attribute("id")
        day.focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**day=**")
        page.locator(f"#{name}[aria-current]").wait_for()
        assert page.evaluate("document.activeElement.id") == name
