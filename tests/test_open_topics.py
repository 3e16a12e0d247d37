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
from availability import services as hours
from bookings.models import WaitlistEntry
from bookings.services import hold_seat, join_waitlist, waitlist
from bookings.testing import details, make_webinar
from consultants.models import Consultant
from naksha.api.testing import api_of
from naksha.testing import make_client, next_slot_start
from notifications import delivery, services
from notifications.live import group_of
from notifications.models import OutgoingMail, Preference
from quotations import services as quoting
from quotations.testing import draft_of, make_draft, make_sent
from sessions_app import seats
from sessions_app.models import Seat
from sessions_app.services import reviewing, saving_views
from sessions_app.testing import make_completed, make_recorded, make_review
from tests.listening import listens

pytestmark = pytest.mark.django_db(transaction=True)


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


BEFORE_IT_IS_SENT = ["written", "changed", "copied", "thrown away"]
AFTERWARDS = ["sent", "revised", "withdrawn", "withdrawn by the platform"]


@pytest.mark.parametrize("act", [*BEFORE_IT_IS_SENT, *AFTERWARDS])
def test_what_a_consultant_does_with_a_quotation_tells_their_other_pages_and_its_client(
    act: str, told: dict[str, list[str]], heard: list[str], consultant: Consultant, client_user: User
) -> None:
    client, actor = make_client(consultant, user=client_user), consultant.user
    quotation = make_draft(consultant, client=client)
    if act in AFTERWARDS[1:]:
        quoting.send(quotation=quotation, actor=actor)
    acts: dict[str, Callable[[], Any]] = {
        "written": lambda: quoting.write_draft(consultant=consultant, actor=actor, client=client, draft=draft_of()),
        "changed": lambda: quoting.change_draft(
            quotation=quotation, actor=actor, edition=quotation.edition, client=client, draft=draft_of()
        ),
        "copied": lambda: quoting.duplicate(quotation=quotation, actor=actor),
        "thrown away": lambda: quoting.throw_away(quotation=quotation, actor=actor),
        "sent": lambda: quoting.send(quotation=quotation, actor=actor),
        "revised": lambda: quoting.revise(quotation=quotation, actor=actor),
        "withdrawn": lambda: quoting.withdraw(quotation=quotation, actor=actor),
        "withdrawn by the platform": lambda: quoting.withdraw_by_platform(quotation_id=quotation.pk, actor=None),
    }
    listening = listens(consultant, reverse("quotations:list"))
    by_client = told[group_of(client_user.pk)]
    heard.clear()
    by_client.clear()
    acts[act]()
    assert set(heard) & set(listening)
    known = act in {"sent", "withdrawn", "withdrawn by the platform"}  # of a draft its client hears nothing
    assert ("quotations" in by_client) is known


def test_a_quotation_that_its_client_answers_elsewhere_tells_the_page_of_its_link(
    told: dict[str, list[str]], consultant: Consultant, client_user: User
) -> None:
    quotation, token = make_sent(consultant, client=make_client(consultant, user=client_user))
    listening = listens(client_user, reverse("quotations:page", args=[token]))
    heard = told[group_of(client_user.pk)]
    heard.clear()
    quoting.accept(quotation=quotation, version=1, name="Farhan Qureshi", address=None)
    assert set(heard) & set(listening)


@pytest.mark.parametrize("shown", [True, False])
def test_a_line_of_a_kind_that_is_off_tells_the_pages_that_show_what_it_tells_of(
    shown: bool, heard: list[str], consultant: Consultant
) -> None:
    Preference.objects.create(user=consultant.user, kind="message", on_screen=shown)
    one = reverse("clients:client", args=[make_client(consultant).pk])
    pages = [reverse("dashboard:today"), reverse("notifications:list"), one]
    heard.clear()
    services.notify(user=consultant.user, kind="message", title="Message from Farhan")
    assert ("notifications" in heard) is shown  # what the bell counts
    assert all(set(heard) & set(listens(consultant, page)) for page in pages)


def test_a_message_to_a_client_who_has_switched_them_off_tells_their_first_page(
    told: dict[str, list[str]], client_user: User
) -> None:
    Preference.objects.create(user=client_user, kind="message", on_screen=False)
    services.notify(user=client_user, kind="message", title="Message from Asha")
    assert set(told[group_of(client_user.pk)]) & set(listens(client_user, reverse("client_area:home")))


def test_a_review_tells_today_and_its_clients_page(heard: list[str], consultant: Consultant) -> None:
    Preference.objects.create(user=consultant.user, kind="review", on_screen=False)
    session = make_completed(consultant)
    client = session.client
    assert client is not None
    heard.clear()
    reviewing.rate(session=session, client=client, rating=4)
    assert "reviews" in heard
    for page in (reverse("dashboard:today"), reverse("clients:client", args=[client.pk])):
        assert "reviews" in listens(consultant, page)


@pytest.mark.parametrize("act", ["week", "dates", "dates cleared"])
def test_hours_tell_the_open_calendar_once(act: str, heard: list[str], consultant: Consultant) -> None:
    day = timezone.localdate() + timedelta(days=9)
    acts: dict[str, Callable[[], Any]] = {
        "week": lambda: hours.set_weekly_hours(consultant=consultant, week=[[(540, 720)]] * 7),
        "dates": lambda: hours.set_dates(consultant=consultant, first=day, last=day),
        "dates cleared": lambda: hours.clear_dates(consultant=consultant, first=day, last=day),
    }
    heard.clear()
    acts[act]()
    assert heard == ["calendar"]


def test_hours_that_are_changed_over_the_api_tell_the_open_calendar(heard: list[str], consultant: Consultant) -> None:
    consultant.weekly_hours.all().delete()
    api, where = api_of(consultant.user), "/consultant/availability"
    weekly = {"type": "WEEKLY", "weekday": "MONDAY", "start": "09:00", "end": "12:00"}
    off = {"type": "DATE", "date": str(timezone.localdate() + timedelta(days=9)), "isDayOff": True}
    heard.clear()
    for given in (weekly, off):
        made = api.post(where, given)
        assert (made.status, heard) == (201, ["calendar"])
        heard.clear()
    one = f"{where}/{consultant.weekly_hours.get().pk}"
    assert (api.patch(one, {"end": "13:00"}).status, heard) == (200, ["calendar"])
    heard.clear()
    assert (api.delete(one).status, heard) == (200, ["calendar"])


def test_a_session_that_is_laid_tells_the_table_of_clients(heard: list[str], consultant: Consultant) -> None:
    heard.clear()
    make_recorded(consultant, starts_at=next_slot_start(days=6))
    assert set(heard) & set(listens(consultant, reverse("clients:list")))


@pytest.mark.parametrize("act", ["saved", "renamed", "first", "first no more", "deleted"])
def test_saved_views_tell_the_table_and_their_own_page_which_draw_them_anew(
    act: str, heard: list[str], consultant: Consultant, client: Browser
) -> None:
    asked: dict[str, Any] = {"consultant": consultant, "query": "show=all&pay=pending"}
    there = saving_views.save_view(**asked, name="Unpaid", first=act == "first no more")
    table, own = reverse("sessions:list"), reverse("sessions:views")
    pages = {table: reverse("sessions:rows"), own: reverse("sessions:views_list")}
    client.force_login(consultant.user)
    before = {part: client.get(part) for part in pages.values()}
    acts: dict[str, Callable[[], Any]] = {
        "saved": lambda: saving_views.save_view(**asked, name="Mine"),
        "renamed": lambda: saving_views.rename_view(view=there, name="Others"),
        "first": lambda: saving_views.show_first(view=there),
        "first no more": lambda: saving_views.show_first_no_more(view=there),
        "deleted": lambda: saving_views.delete_view(view=there),
    }
    heard.clear()
    acts[act]()
    assert set(heard) == {"views"}
    for page, part in pages.items():
        assert "views" in listens(consultant, f"{page}?show=all")
        same = client.get(part, headers={"If-None-Match": before[part]["ETag"]}).status_code == 304
        assert same is (page == table and "first" in act)  # the table doesn't say which opens first
