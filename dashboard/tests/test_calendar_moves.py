"""What is dragged in the calendar is rehearsed by the real services, then moved by them; what refuses says why."""

from __future__ import annotations

import contextvars
import re
import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from availability.models import Occupancy
from bookings.models import Booking
from bookings.testing import make_held, make_webinar
from consultants.models import Consultant
from dashboard.calendar.events import Kind, version_of
from dashboard.calendar.moves import ChangedMeanwhile, Gone, Move, Moved, carry_out, rehearse
from dashboard.tests.test_calendar import FRIDAY, NOON, at, block, record
from naksha.errors import DomainError
from naksha.testing import make_client, make_consultant, make_service
from notifications.models import Notification, OutgoingMail
from sessions_app.models import Session, SessionLink
from sessions_app.services import cancel, reschedule

pytestmark = pytest.mark.django_db
TRY, MOVE = reverse("dashboard:calendar_try"), reverse("dashboard:calendar_move")
LATER = FRIDAY + timedelta(hours=3)


@pytest.fixture(autouse=True)
def _noon() -> Any:
    with at(NOON):
        yield


@pytest.fixture
def owner(client: Client, consultant: Consultant) -> Client:
    client.force_login(consultant.user)
    return client


def make_booked(consultant: Consultant, starts_at: datetime = FRIDAY) -> tuple[Booking, Session]:
    booking, _token = make_held(consultant, service=make_service(consultant, price_paise=0), starts_at=starts_at)
    booking.refresh_from_db()
    assert booking.session is not None
    return booking, booking.session


def move_of(row: Any, kind: Kind, starts_at: datetime = LATER, minutes: int | None = None, **changes: Any) -> Move:
    length = timedelta(minutes=minutes) if minutes else row.ends_at - row.starts_at
    values = {"kind": kind, "pk": row.pk, "starts_at": starts_at, "ends_at": starts_at + length,
              "version": version_of(row)}  # fmt: skip
    return Move(**{**values, **changes})


def sent(move: Move) -> dict[str, str]:
    return {
        "kind": move.kind, "key": str(move.pk), "start": move.starts_at.isoformat(), "end": move.ends_at.isoformat(),
        "version": move.version,
    }  # fmt: skip


def everything(*rows: Any) -> list[Any]:
    models = (Session, Booking, Occupancy, OutgoingMail, Notification, SessionLink)
    return [sorted(map(repr, model._default_manager.values_list())) for model in models]


# --- the rehearsal


def test_a_rehearsal_tells_the_times_and_the_mail_and_changes_nothing(consultant: Consultant) -> None:
    client = make_client(consultant, name="Nandini Rao", email="nandini@example.com", timezone="Europe/London")
    session = record(consultant, client=client)
    before = everything()
    moved = rehearse(consultant=consultant, move=move_of(session, Kind.SESSION))
    assert everything() == before
    assert moved.was == (FRIDAY, FRIDAY + timedelta(hours=1))
    assert moved.now == (LATER, LATER + timedelta(hours=1))
    assert (moved.client, moved.zone) == ("Nandini Rao", "Europe/London")
    assert moved.letter is not None
    assert moved.letter.to == "nandini@example.com"
    assert moved.letter.subject.startswith("Moved: Review call with")
    assert "8:30 am GMT" in moved.letter.subject + moved.letter.text


def test_the_mail_that_was_shown_is_the_one_that_goes_out_but_for_its_keys(consultant: Consultant) -> None:
    from notifications.message import build_message

    _booking, session = make_booked(consultant)
    move = move_of(session, Kind.SESSION)
    shown = rehearse(consultant=consultant, move=move).letter
    assert shown is not None
    assert "/b/…/" in shown.text
    carry_out(consultant=consultant, move=move)
    mail = build_message(OutgoingMail.objects.get(template="booking_moved_client"))
    assert shown.subject == mail.subject
    assert shown.text == re.sub(r"/([bs])/[\w-]{20,}/", r"/\1/…/", str(mail.body))
    assert "/s/…/" in shown.text


def test_who_was_never_told_is_not_told_now(consultant: Consultant) -> None:
    session = record(consultant, tell_client=False)
    moved = rehearse(consultant=consultant, move=move_of(session, Kind.SESSION))
    assert moved.letter is None


def test_what_stays_where_it_is_mails_nothing_though_it_was_moved_before(consultant: Consultant) -> None:
    session = record(consultant)
    carry_out(consultant=consultant, move=move_of(session, Kind.SESSION))
    session.refresh_from_db()
    mails = OutgoingMail.objects.count()
    assert carry_out(consultant=consultant, move=move_of(session, Kind.SESSION)).letter is None
    assert OutgoingMail.objects.count() == mails


# --- what is moved


def test_a_recorded_session_moves_and_takes_its_time_along(consultant: Consultant) -> None:
    session = record(consultant)
    carry_out(consultant=consultant, move=move_of(session, Kind.SESSION))
    session.refresh_from_db()
    assert (session.starts_at, session.minutes, session.sequence) == (LATER, 60, 1)
    assert session.occupancy.core_starts_at == LATER
    assert OutgoingMail.objects.filter(template="session_moved_client").count() == 1


def test_a_recorded_session_is_stretched(consultant: Consultant) -> None:
    session = record(consultant)
    carry_out(consultant=consultant, move=move_of(session, Kind.SESSION, FRIDAY, minutes=90))
    session.refresh_from_db()
    assert (session.starts_at, session.minutes, session.occupancy.minutes) == (FRIDAY, 90, 90)


def test_a_booked_session_moves_by_its_booking(consultant: Consultant) -> None:
    booking, session = make_booked(consultant)
    moved = carry_out(consultant=consultant, move=move_of(session, Kind.SESSION))
    booking.refresh_from_db()
    session.refresh_from_db()
    assert booking.starts_at == session.starts_at == LATER
    assert booking.least_refund_percent == 100
    assert not moved.has_price
    assert moved.zone == "Asia/Kolkata"


def test_a_request_moves_and_still_waits(consultant: Consultant) -> None:
    service = make_service(consultant, price_paise=0, confirmation="manual")
    booking, _token = make_held(consultant, service=service, starts_at=FRIDAY)
    booking.refresh_from_db()
    carry_out(consultant=consultant, move=move_of(booking, Kind.REQUEST))
    booking.refresh_from_db()
    assert (booking.status, booking.starts_at) == ("pending", LATER)


def test_a_block_moves_and_is_stretched(consultant: Consultant) -> None:
    kept = block(consultant)
    carry_out(consultant=consultant, move=move_of(kept, Kind.BLOCK, FRIDAY + timedelta(hours=1), minutes=300))
    kept.refresh_from_db()
    assert (kept.starts_at, kept.minutes, kept.note) == (FRIDAY + timedelta(hours=1), 300, "Dentist")
    assert (kept.core_starts_at, kept.core_ends_at) == (kept.starts_at, kept.ends_at)


# --- what is refused


@pytest.mark.parametrize("what", ["session", "hold", "block", "booked"])
def test_a_taken_time_is_refused_with_what_is_there(consultant: Consultant, what: str) -> None:
    there = {
        "session": lambda: record(consultant, LATER, title="Board meeting"),
        "hold": lambda: make_held(consultant, starts_at=LATER),
        "block": lambda: block(consultant, LATER),
        "booked": lambda: make_booked(consultant, LATER),
    }
    there[what]()
    words = {"session": "“Board meeting” is there already", "hold": "A client is booking this time just now",
             "block": "You have blocked this time", "booked": "is there already"}[what]  # fmt: skip
    moving = [
        move_of(record(consultant), Kind.SESSION),
        move_of(make_booked(consultant, FRIDAY + timedelta(hours=1))[1], Kind.SESSION),
    ]
    before = everything()
    for move in moving:
        for act in (rehearse, carry_out):
            with pytest.raises(DomainError, match=words):
                act(consultant=consultant, move=move)
    kept = block(consultant, FRIDAY - timedelta(hours=2))
    with pytest.raises(DomainError, match="2:00"):
        carry_out(consultant=consultant, move=move_of(kept, Kind.BLOCK))
    kept.delete()
    assert everything() == before


def test_its_own_time_is_never_in_its_way(consultant: Consultant) -> None:
    session, kept = record(consultant), block(consultant, FRIDAY + timedelta(hours=4))
    for row, kind, start in ((session, Kind.SESSION, FRIDAY), (kept, Kind.BLOCK, FRIDAY + timedelta(hours=4))):
        carry_out(consultant=consultant, move=move_of(row, kind, start + timedelta(minutes=15)))
    # And where something else is, that is what is named.
    record(consultant, FRIDAY + timedelta(minutes=90), title="Board meeting", client=make_client(consultant))
    session.refresh_from_db()
    with pytest.raises(DomainError, match="“Board meeting” is there already"):
        carry_out(consultant=consultant, move=move_of(session, Kind.SESSION, FRIDAY + timedelta(minutes=45)))


def test_what_was_booked_keeps_its_length(consultant: Consultant) -> None:
    _booking, session = make_booked(consultant)
    with pytest.raises(DomainError, match="keeps the length"):
        carry_out(consultant=consultant, move=move_of(session, Kind.SESSION, FRIDAY, minutes=60))
    service = make_service(consultant, price_paise=0, confirmation="manual")
    request, _token = make_held(consultant, service=service, starts_at=LATER)
    request.refresh_from_db()
    with pytest.raises(DomainError, match="keeps the length"):
        carry_out(consultant=consultant, move=move_of(request, Kind.REQUEST, LATER, minutes=60))


def test_a_webinar_is_not_moved(consultant: Consultant) -> None:
    webinar = make_webinar(consultant)
    with pytest.raises(DomainError, match="webinar’s date is not moved"):
        carry_out(consultant=consultant, move=move_of(webinar, Kind.WEBINAR))


def test_nothing_is_moved_into_the_past_or_once_it_has_begun(consultant: Consultant) -> None:
    session, (_booking, booked), kept = record(consultant), make_booked(consultant, LATER), block(
        consultant, FRIDAY + timedelta(hours=5)
    )  # fmt: skip
    for row, kind in ((session, Kind.SESSION), (booked, Kind.SESSION), (kept, Kind.BLOCK)):
        with pytest.raises(DomainError, match=r"still to come|over already"):
            carry_out(consultant=consultant, move=move_of(row, kind, NOON - timedelta(hours=4)))
    with at(LATER + timedelta(minutes=1)):
        for row in (session, booked):
            with pytest.raises(DomainError, match="has begun"):
                carry_out(consultant=consultant, move=move_of(row, Kind.SESSION, LATER + timedelta(days=1)))


def test_a_cancelled_session_stays(consultant: Consultant) -> None:
    session = record(consultant)
    cancel(session=session, actor=consultant.user, reason="Ill")
    session.refresh_from_db()
    with pytest.raises(DomainError):
        carry_out(consultant=consultant, move=move_of(session, Kind.SESSION))


# --- two windows, another's


def test_what_was_changed_meanwhile_is_refused(consultant: Consultant) -> None:
    session, (_booking, booked), kept = record(consultant), make_booked(consultant, LATER), block(
        consultant, FRIDAY + timedelta(hours=6)
    )  # fmt: skip
    moves = [move_of(session, Kind.SESSION), move_of(booked, Kind.SESSION), move_of(kept, Kind.BLOCK)]
    reschedule(session=session, actor=consultant.user, starts_at=FRIDAY - timedelta(hours=1))
    carry_out(consultant=consultant, move=move_of(booked, Kind.SESSION, FRIDAY + timedelta(hours=4)))
    carry_out(consultant=consultant, move=move_of(kept, Kind.BLOCK, FRIDAY + timedelta(hours=7)))
    before = everything()
    for move in moves:
        with pytest.raises(ChangedMeanwhile):
            carry_out(consultant=consultant, move=move)
    assert everything() == before


def test_another_consultants_is_not_there(owner: Client, consultant: Consultant, other_consultant: Consultant) -> None:
    booking, booked = make_booked(other_consultant, LATER)
    moves = [
        move_of(record(other_consultant), Kind.SESSION, FRIDAY + timedelta(hours=6)),
        move_of(booked, Kind.SESSION),
        move_of(booking, Kind.REQUEST),
        move_of(block(other_consultant, FRIDAY + timedelta(hours=8)), Kind.BLOCK),
    ]
    before = everything()
    for move in moves:
        with pytest.raises(Gone):
            carry_out(consultant=consultant, move=move)
        for url in (TRY, MOVE):
            assert owner.post(url, sent(move)).status_code == 404
    assert everything() == before


# --- the two addresses


def test_the_dialog_shows_old_and_new_in_both_zones_and_the_mail(owner: Client, consultant: Consultant) -> None:
    client = make_client(consultant, name="Nandini Rao", email="nandini@example.com", timezone="Europe/London")
    answer = owner.post(TRY, sent(move_of(record(consultant, client=client), Kind.SESSION)))
    words = answer.content.decode()
    assert answer.status_code == 200
    for told in (
        "Fri 20 Nov, 11:00 am to 12:00 pm IST",
        "2:00 to 3:00 pm IST",
        "5:30 to 6:30 am GMT",
        "8:30 to 9:30 am GMT",
        "nandini@example.com",
        "Your session has a new time",
        "Move it",
    ):
        assert told in words, told
    assert "no-store" in answer["Cache-Control"]


def test_a_refused_move_has_words_and_no_button(owner: Client, consultant: Consultant) -> None:
    block(consultant, LATER)
    answer = owner.post(TRY, sent(move_of(record(consultant), Kind.SESSION)))
    assert answer.status_code == 409
    assert "You have blocked this time" in answer.content.decode()
    assert "<form" not in answer.content.decode()


def test_it_is_done_with_a_word(owner: Client, consultant: Consultant) -> None:
    session, kept = record(consultant), block(consultant, FRIDAY + timedelta(hours=5))
    answer = owner.post(MOVE, sent(move_of(session, Kind.SESSION)))
    assert (answer.status_code, answer.json()) == (200, {"words": "Moved. Nandini Rao is told by mail."})
    assert owner.post(MOVE, sent(move_of(kept, Kind.BLOCK, FRIDAY))).json() == {"words": "Moved."}
    session.refresh_from_db()
    assert session.starts_at == LATER
    # The same press, sent twice: what it moved has another version now.
    assert owner.post(MOVE, sent(move_of(kept, Kind.BLOCK, FRIDAY))).status_code == 409


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "hold"}, {"kind": ""}, {"key": "x"}, {"key": "\x00"}, {"start": ""}, {"start": "2026-11-20T10:00:00"},
        {"start": "9999-12-31T23:59:59-12:00"}, {"end": "2026-11-20T01:00:00Z"}, {"end": "2028-11-20T01:00:00Z"},
        {"start": "2026-11-20T10:00:30Z"}, {"version": ""}, {"version": "x" * 10_000},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_in_words(owner: Client, consultant: Consultant, wrong: dict[str, str]) -> None:
    good = sent(move_of(record(consultant), Kind.SESSION))
    for url in (TRY, MOVE):
        answer = owner.post(url, {**good, **wrong})
        assert answer.status_code == 400
        assert "It stays where it was" in answer.content.decode()


def test_only_an_approved_consultant_moves(client: Client, client_user: Any) -> None:
    for url in (TRY, MOVE):
        client.force_login(client_user)
        assert client.post(url).status_code == 403
        client.force_login(make_consultant(status="submitted").user)
        assert client.post(url)["Location"] == reverse("consultants:application")
        assert client.get(url).status_code == 405


# --- at once


def all_at_once(consultant: Consultant, moves: list[Move]) -> list[Moved | DomainError]:
    """What each was told."""
    ready = threading.Barrier(len(moves))
    told: list[Moved | DomainError] = []

    def run(move: Move) -> None:
        try:
            ready.wait(10)
            told.append(carry_out(consultant=consultant, move=move))
        except DomainError as error:
            told.append(error)
        finally:
            connection.close()

    # Each thread with the clock that this one was told.
    threads = [threading.Thread(target=contextvars.copy_context().run, args=[run, move]) for move in moves]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return told


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_three_that_are_moved_onto_one_time_two_are_refused_in_words() -> None:
    consultant = make_consultant()
    target = FRIDAY + timedelta(days=1)
    moves = [
        move_of(record(consultant), Kind.SESSION, target),
        move_of(make_booked(consultant, FRIDAY + timedelta(hours=2))[1], Kind.SESSION, target),
        move_of(block(consultant, FRIDAY + timedelta(hours=6)), Kind.BLOCK, target),
    ]
    told = all_at_once(consultant, moves)
    assert sum(isinstance(one, Moved) for one in told) == 1
    assert sum(isinstance(one, DomainError) for one in told) == 2
    assert Occupancy.objects.filter(consultant=consultant, core_starts_at=target).count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_windows_that_move_one_event_move_it_once() -> None:
    consultant = make_consultant()
    session = record(consultant)
    moves = [move_of(session, Kind.SESSION, FRIDAY + timedelta(hours=n)) for n in (2, 4, 6)]
    told = all_at_once(consultant, moves)
    assert sum(isinstance(one, Moved) for one in told) == 1
    assert sum(isinstance(one, ChangedMeanwhile) for one in told) == 2
    assert OutgoingMail.objects.filter(template="session_moved_client").count() == 1
