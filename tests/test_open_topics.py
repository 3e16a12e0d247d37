"""What open pages are told of: each change names the topic to which the pages that show it listen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from bookings.models import WaitlistEntry
from bookings.services import hold_seat, join_waitlist, waitlist
from bookings.testing import details, make_webinar
from consultants.models import Consultant
from notifications import delivery, services
from notifications.live import group_of
from notifications.models import OutgoingMail
from sessions_app import seats
from sessions_app.models import Seat
from sessions_app.services import reviewing
from sessions_app.testing import make_completed, make_review

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch, consultant: Consultant) -> list[str]:
    """The topics that the consultant's open pages were told, once each is committed."""
    topics: list[str] = []

    def told(group: str, message: dict[str, Any]) -> None:
        if group == group_of(consultant.user_id):
            topics.append(message["topic"])

    monkeypatch.setattr("naksha.live._send", told)
    return topics


def listens(consultant: Consultant, page: str) -> list[str]:
    browser = Browser()
    browser.force_login(consultant.user)
    found = browser.get(page).content.decode()
    return found.split('data-live-on="')[1].split('"')[0].split()


@pytest.mark.parametrize("act", ["given", "answered", "hidden", "shown"])
def test_reviews_tell_the_page_of_reviews(act: str, heard: list[str], consultant: Consultant, admin_user: User) -> None:
    session = make_completed(consultant)
    review = make_review(consultant)
    if act == "shown":
        reviewing.hide(review=review, actor=admin_user, reason="Names a third person.")
    heard.clear()
    acts: dict[str, Callable[[], Any]] = {
        "given": lambda: reviewing.rate(session=session, client=session.client, rating=4),  # type: ignore[arg-type]
        "answered": lambda: reviewing.reply(review=review, actor=consultant.user, text="Thank you."),
        "hidden": lambda: reviewing.hide(review=review, actor=admin_user, reason="Names a third person."),
        "shown": lambda: reviewing.unhide(review=review, actor=admin_user, reason="It names nobody."),
    }
    acts[act]()
    assert set(heard) & set(listens(consultant, reverse("sessions:reviews")))


def test_a_seat_that_is_held_and_one_that_lapses_tell_the_pages_of_webinars(
    heard: list[str], consultant: Consultant
) -> None:
    webinar = make_webinar(consultant, price_paise=50_000)
    pages = [reverse("bookings:webinars"), reverse("bookings:webinar", args=[webinar.pk])]
    heard.clear()
    hold_seat(session=webinar, details=details())
    assert all(set(heard) & set(listens(consultant, page)) for page in pages)
    Seat.objects.update(expires_at=timezone.now() - timedelta(hours=1))
    heard.clear()
    with transaction.atomic():
        assert seats.clear_lapsed(webinar.pk) == 1
    assert all(set(heard) & set(listens(consultant, page)) for page in pages)


def test_who_joins_and_who_leaves_a_line_tell_the_pages_of_webinars(heard: list[str], consultant: Consultant) -> None:
    webinar = make_webinar(consultant, capacity=2)
    for n in range(2):
        hold_seat(session=webinar, details=details(email=f"guest{n}@example.com"))
    pages = [reverse("bookings:webinars"), reverse("bookings:webinar", args=[webinar.pk])]
    heard.clear()
    join_waitlist(service=webinar.service, session=webinar, name="Nisha", email="n@example.com", timezone="UTC")  # type: ignore[arg-type]
    assert all(set(heard) & set(listens(consultant, page)) for page in pages)
    heard.clear()
    waitlist.leave(entry=WaitlistEntry.objects.get())
    assert all(set(heard) & set(listens(consultant, page)) for page in pages)


def test_a_mail_that_is_given_up_and_one_that_is_sent_again_tell_today(
    heard: list[str], consultant: Consultant, admin_user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = services.send_mail(
        template="waitlist_closed",
        to="gone@example.com",
        context={"client_name": "Farhan", "title": "Review", "timezone": "UTC", "date": "2026-12-01"},
        on_behalf_of=consultant.user,
    )
    monkeypatch.setattr(delivery, "build_message", lambda mail: 1 / 0)
    OutgoingMail.objects.update(attempts=0, status="queued")
    heard.clear()
    delivery.deliver(mail.pk)
    assert heard == []  # it is tried again
    OutgoingMail.objects.update(attempts=delivery.MAX_ATTEMPTS - 1, due_at=timezone.now())
    delivery.deliver(mail.pk)
    assert OutgoingMail.objects.get().status == "failed"
    assert set(heard) & set(listens(consultant, reverse("dashboard:today")))
    heard.clear()
    services.resend_mail(mail=mail, actor=admin_user)
    assert set(heard) & set(listens(consultant, reverse("dashboard:today")))
