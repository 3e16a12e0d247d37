"""Today tells what is real, in the consultant's own time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bookings.models import Booking
from consultants.models import Consultant
from dashboard import day
from dashboard.tests import scene
from dashboard.tests.scene import BOARD, NOON, TODAY, make_booking, page
from dashboard.today import today_of, version_of
from naksha.testing import make_client, make_consultant, make_service
from notifications.models import OutgoingMail
from notifications.services import send_mail
from sessions_app.models import Conversation, Member, Message, Review, Session

pytestmark = pytest.mark.django_db
owner = scene.owner


# --- who sees it


def test_today_is_for_approved_consultants(client: Client, client_user: Any) -> None:
    assert client.get(TODAY).status_code == 302
    client.force_login(client_user)
    assert client.get(TODAY).status_code == 403


@pytest.mark.parametrize("status", ["draft", "submitted", "needs_info", "rejected"])
def test_before_approval_it_leads_to_the_application(client: Client, status: str) -> None:
    client.force_login(make_consultant(status=status).user)
    for url in (TODAY, BOARD):
        assert client.get(url)["Location"] == reverse("consultants:application")


def test_nothing_of_another_consultant_is_shown(owner: Client, other_consultant: Consultant) -> None:
    now = timezone.now()
    theirs = make_booking(other_consultant, now + timedelta(minutes=30))
    asked = make_booking(
        other_consultant, now + timedelta(days=1), status="pending", answer_by=now + timedelta(hours=9)
    )
    text = page(owner)
    assert theirs.contact_name not in text
    assert asked.contact_name not in text


# --- what it says


def test_a_first_day_says_what_to_do_next(owner: Client, consultant: Consultant) -> None:
    make_service(consultant)
    text = page(owner)
    assert "Nothing is booked ahead" in text
    assert f'data-copy="http://127.0.0.1:8000/{consultant.slug}/"' in text
    assert "No requests wait." in text
    assert "No session today." in text
    assert "What clients pay is told here as it comes in." in text
    assert '<svg viewBox="0 0 320 140"' not in text  # no chart of nothing


def test_the_next_session_is_on_top_with_what_the_client_wrote(owner: Client, consultant: Consultant) -> None:
    booking = make_booking(
        consultant, timezone.now() + timedelta(minutes=8, seconds=30),
        answers=[{"question": "Why?", "answer": "We moved <b>our</b> office."}],
    )  # fmt: skip
    text = page(owner)
    assert "9 min" in text
    assert booking.contact_name in text
    assert "We moved &lt;b&gt;our&lt;/b&gt; office." in text
    assert f'<a class="btn btn-primary" href="/sessions/{booking.session_id}/">' in text
    assert "meet.example" not in text
    assert "Paid ₹1,500.00" in text


def test_joining_is_not_offered_before_the_door_opens(owner: Client, consultant: Consultant) -> None:
    booking = make_booking(consultant, timezone.now() + timedelta(minutes=12))
    text = page(owner)
    assert f'<a class="btn btn-primary" href="/sessions/{booking.session_id}/">' not in text
    assert f'<a class="btn btn-line" href="/sessions/{booking.session_id}/">' in text


def test_a_session_under_way_is_the_next_one_until_it_ends(consultant: Consultant) -> None:
    now = timezone.now()
    running = make_booking(consultant, now - timedelta(minutes=10))
    make_booking(consultant, now + timedelta(hours=2))
    told = today_of(consultant, now)
    assert told.next is not None
    assert told.next.session == running.session
    assert told.is_under_way


@pytest.mark.parametrize("status", ["cancelled", "completed", "no_show", "abandoned", "pending"])
def test_only_a_confirmed_session_is_next(consultant: Consultant, status: str) -> None:
    booking = make_booking(consultant, timezone.now() + timedelta(hours=1))
    Session.objects.filter(pk=booking.session_id).update(status=status)
    assert today_of(consultant).next is None


def test_a_request_can_be_answered_from_here(owner: Client, consultant: Consultant) -> None:
    now = timezone.now()
    booking = make_booking(
        consultant, now + timedelta(days=2), status="pending", answer_by=now + timedelta(hours=5),
        contact_name="Nandini <script>",
    )  # fmt: skip
    text = page(owner)
    assert "Nandini &lt;script&gt;" in text
    assert "₹1,500.00 paid" in text
    assert "After that the client is refunded." in text
    assert str(booking.pk) in text
    assert "1 request to answer." in text


def test_a_request_whose_time_is_over_waits_no_more(consultant: Consultant) -> None:
    now = timezone.now()
    make_booking(consultant, now + timedelta(days=2), status="pending", answer_by=now - timedelta(seconds=1))
    make_booking(consultant, now + timedelta(days=2), status="held", hold_expires_at=now + timedelta(minutes=5))
    assert today_of(consultant, now).requests == []


def test_many_requests_are_shortened_and_counted(owner: Client, consultant: Consultant) -> None:
    now = timezone.now()
    for n in range(7):
        make_booking(consultant, now + timedelta(days=2, hours=n), status="pending", answer_by=now + timedelta(hours=5))
    text = page(owner)
    assert text.count('class="req"') == 5
    assert "2 more requests" in text
    assert "7 requests to answer." in text


# --- what needs attention


def titles(consultant: Consultant) -> list[str]:
    return [need.title for need in today_of(consultant).needs]


def test_what_is_left_needs_attention(consultant: Consultant) -> None:
    consultant.weekly_hours.all().delete()
    assert titles(consultant) == ["Add a photo", "Set up a service", "Set your hours"]
    consultant.headline = ""
    consultant.save()
    assert titles(consultant)[0] == "One step until your page is public"


def test_a_page_that_is_switched_off_is_said(consultant: Consultant) -> None:
    consultant.is_listed = False
    assert "You have switched your page off" in titles(consultant)


def test_a_balance_is_asked_for_around_its_session(consultant: Consultant) -> None:
    now = timezone.now()
    owing = {"paid_paise": 40_000, "contact_name": "Kavya Nair"}
    make_booking(consultant, now - timedelta(days=1), **owing)
    make_booking(consultant, now + timedelta(days=9), **{**owing, "contact_name": "Too early"})
    make_booking(consultant, now - timedelta(days=2), status="cancelled", **{**owing, "contact_name": "Cancelled"})
    assert [title for title in titles(consultant) if "owes" in title] == ["Kavya Nair owes ₹1,100.00"]


def test_what_is_owed_beyond_the_first_few_is_counted_in_one_line(owner: Client, consultant: Consultant) -> None:
    now = timezone.now()
    for n in range(5):
        make_booking(consultant, now - timedelta(days=1 + n), paid_paise=40_000, contact_name="Kavya Nair")
    for n in range(4):
        Session.objects.create(
            consultant=consultant, client=make_client(consultant, name=f"Meera {n}"), title="Second opinion",
            status="completed", starts_at=now - timedelta(days=1 + n), ends_at=now - timedelta(hours=23 + 24 * n),
            platform="phone", reference=f"NS-AAAAAAA{n + 2}", price_paise=100_000, total_paise=100_000,
        )  # fmt: skip
    told = [title for title in titles(consultant) if "owe" in title]
    assert (len(told), told[-1]) == (7, "3 more sums are owed to you")
    url = next(need.url for need in today_of(consultant).needs if need.title == told[-1])
    assert len(owner.get(url).context["page"].object_list) == 9
    Booking.objects.filter(paid_paise=40_000).update(paid_paise=150_000)
    assert "1 more sum is owed to you" in titles(consultant)


def give_up(consultant: Consultant, to: str, name: str = "Kavya Nair") -> OutgoingMail:
    mail = send_mail(
        template="account/login_code", to=to, to_name=name, context={"code": "1"}, on_behalf_of=consultant.user
    )
    OutgoingMail.objects.filter(pk=mail.pk).update(status="failed", updated_at=timezone.now())
    return mail


def unreached(consultant: Consultant) -> dict[str, str]:
    """Each line, and where it leads."""
    return {need.title: need.url for need in today_of(consultant).needs if "reached by mail" in need.title}


def test_a_client_who_could_not_be_reached_is_named_for_a_week(consultant: Consultant) -> None:
    mail = give_up(consultant, "gone@example.com")
    assert list(unreached(consultant)) == ["Kavya Nair could not be reached by mail"]
    OutgoingMail.objects.filter(pk=mail.pk).update(status="sent")
    assert unreached(consultant) == {}
    OutgoingMail.objects.filter(pk=mail.pk).update(status="failed", updated_at=timezone.now() - timedelta(days=8))
    assert unreached(consultant) == {}


def test_it_leads_to_the_client_and_where_the_address_is_nobodys_any_more_to_a_search(
    consultant: Consultant, other_consultant: Consultant
) -> None:
    client = make_client(consultant, name="Meera", email="Gone@example.com")
    make_client(other_consultant, email="lost@example.com")
    give_up(consultant, "gone@example.com", "Meera")
    give_up(consultant, "lost@example.com", "Kavya Nair")
    assert unreached(consultant) == {
        "Kavya Nair could not be reached by mail": "/dashboard/clients/?q=Kavya+Nair",
        "Meera could not be reached by mail": f"/dashboard/clients/{client.pk}/",
    }


def test_one_address_with_many_failures_hides_no_other(consultant: Consultant) -> None:
    give_up(consultant, "meera@example.com", "Meera")
    for _ in range(21):
        give_up(consultant, "kavya@example.com", "Kavya")
    assert list(unreached(consultant)) == ["Kavya could not be reached by mail", "Meera could not be reached by mail"]


def test_many_who_could_not_be_reached_are_shortened_and_counted(consultant: Consultant) -> None:
    for n in range(25):
        give_up(consultant, f"client{n}@example.com", f"Client {n}")
    assert list(unreached(consultant))[2:] == [
        "Client 22 could not be reached by mail",
        "22 more clients could not be reached by mail",
    ]


def test_a_mail_address_that_is_not_confirmed_is_a_line_of_its_own(consultant: Consultant) -> None:
    EmailAddress.objects.filter(user=consultant.user).update(verified=False)
    make_service(consultant)
    assert titles(consultant) == ["Confirm your mail address", "Add a photo"]


def test_what_is_owed_of_a_session_written_down_is_asked_for(consultant: Consultant) -> None:
    now = timezone.now()
    for n, status in enumerate(("completed", "cancelled", "no_show")):
        Session.objects.create(
            consultant=consultant, client=make_client(consultant, name=f"Meera {n}"), title="Second opinion",
            status=status, starts_at=now - timedelta(days=1), ends_at=now - timedelta(hours=23), platform="phone",
            reference=f"NS-AAAAAAA{n}", price_paise=100_000, total_paise=100_000, paid_paise=25_000,
        )  # fmt: skip
    assert [title for title in titles(consultant) if "owes" in title] == ["Meera 0 owes ₹750.00"]


def test_sessions_that_nobody_rated_or_answered_for_are_counted(
    consultant: Consultant, other_consultant: Consultant
) -> None:
    now = timezone.now()
    past = [make_booking(consultant, now - timedelta(days=days)) for days in (1, 5, 6, 7, 40)]
    theirs = make_booking(other_consultant, now - timedelta(days=5))
    Session.objects.filter(bookings__in=[*past, theirs]).update(status="completed")
    rated = past[1]
    Review.objects.create(session=rated.session, client=rated.client, consultant=consultant, rating=5, author_name="F.")
    asked = make_booking(consultant, now - timedelta(hours=3))
    Session.objects.filter(pk=asked.session_id).update(asked_at=now)
    told = titles(consultant)
    assert "2 sessions are not rated yet" in told
    assert "How did a session go?" in told


# --- new messages


def write(booking: Booking, *bodies: str, side: str = "client") -> Conversation:
    talk, _made = Conversation.objects.get_or_create(session=booking.session)
    client = booking.client if side == "client" else None
    member, _made = Member.objects.get_or_create(conversation=talk, side=side, client=client)
    for body in bodies:
        talk.last_sequence = talk.last_version = talk.last_sequence + 1
        Message.objects.create(
            conversation=talk, member=member, sequence=talk.last_sequence, version=talk.last_version, body=body,
            client_message_id=uuid4(),
        )  # fmt: skip
    talk.last_message_at = timezone.now()
    talk.save()
    return talk


def test_new_messages_lead_to_their_chat_until_they_are_read(owner: Client, consultant: Consultant) -> None:
    booking = make_booking(consultant, timezone.now() + timedelta(hours=3), contact_name="Nandini")
    talk = write(booking, "One", "Two")
    text = page(owner)
    assert "Read 2 messages" in text
    assert f'href="/sessions/{booking.session_id}/"' in text
    Member.objects.create(conversation=talk, side="consultant", last_read_sequence=1)
    assert today_of(consultant).messages_unread == 1
    Member.objects.filter(side="consultant").update(last_read_sequence=2)
    assert "New messages" not in page(owner)


def test_ones_own_words_and_anothers_chats_are_no_news(consultant: Consultant, other_consultant: Consultant) -> None:
    now = timezone.now()
    write(make_booking(consultant, now + timedelta(hours=3)), "Mine", side="consultant")
    write(make_booking(other_consultant, now + timedelta(hours=3)), "Theirs")
    assert today_of(consultant).unread == []


def test_many_chats_are_shortened_and_counted(owner: Client, consultant: Consultant) -> None:
    for n in range(6):
        write(make_booking(consultant, timezone.now() + timedelta(hours=3 + n)), "Hello")
    assert "2 more chats" in page(owner)


def test_a_message_changes_the_version(consultant: Consultant) -> None:
    now = timezone.now()
    talk = write(make_booking(consultant, now + timedelta(hours=3)), "One")
    before = version_of(consultant, now)
    Conversation.objects.filter(pk=talk.pk).update(last_message_at=now + timedelta(seconds=1))
    assert version_of(consultant, now) != before


# --- the day


def labels(consultant: Consultant, now: datetime) -> list[str]:
    told = []
    for entry in today_of(consultant, now).route:
        if isinstance(entry, day.Stop):
            told.append("over" if entry.is_over else "next" if entry.is_next else "later")
        else:
            told.append("now" if isinstance(entry, day.Now) else f"{entry.minutes} free")
    return told


def test_the_day_is_a_route_with_its_gaps(consultant: Consultant) -> None:
    for hours, minutes in ((-2, 30), (-1.4, 60), (3, 30), (6, 60)):
        make_booking(consultant, NOON + timedelta(hours=hours), minutes=minutes)
    with time_machine.travel(NOON, tick=False):
        assert labels(consultant, NOON) == ["over", "over", "204 free", "now", "next", "150 free", "later"]


def test_during_a_session_there_is_no_other_now(consultant: Consultant) -> None:
    make_booking(consultant, NOON - timedelta(minutes=10))
    make_booking(consultant, NOON + timedelta(hours=3))
    assert "now" not in labels(consultant, NOON)


def test_after_the_last_session_now_is_at_the_end(consultant: Consultant) -> None:
    make_booking(consultant, NOON - timedelta(hours=3))
    assert labels(consultant, NOON) == ["over", "now"]


def test_the_day_is_that_of_the_consultants_zone(consultant: Consultant) -> None:
    late = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)  # 00:30 on Saturday in India
    make_booking(consultant, late)
    assert today_of(consultant, NOON).stops == []
    consultant.timezone = "Europe/London"
    assert len(today_of(consultant, NOON).stops) == 1


def test_a_day_with_a_clock_change_is_whole() -> None:
    first, last = day.day_bounds(datetime(2026, 10, 25).date(), "Europe/London")
    assert last.astimezone(UTC) - first.astimezone(UTC) == timedelta(hours=25)


def test_a_webinar_tells_its_seats(owner: Client, consultant: Consultant) -> None:
    service = make_service(consultant, kind="webinar", title="GST for makers", capacity=40)
    start = timezone.now() + timedelta(minutes=20)
    Session.objects.create(
        consultant=consultant, service=service, kind="webinar", title=service.title, starts_at=start,
        ends_at=start + timedelta(hours=1), platform="jitsi", capacity=40, seats_taken=12,
    )  # fmt: skip
    text = page(owner)
    assert "GST for makers" in text
    assert "12 of 40 seats taken" in text
