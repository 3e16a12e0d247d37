"""Two clients become one: everything comes along, nothing is half done, and the other's address still finds them."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from django.urls import reverse

from accounts.models import AuditEntry
from bookings.models import Booking
from bookings.testing import make_paid
from clients import moving
from clients.errors import CantMerge
from clients.models import Client, ClientAddress, ClientNote
from clients.services import add_client, add_field, archive, claim, find_or_create, merge, merge_plan
from clients.services.keeping import set_values
from clients.services.merging import OWN
from dashboard.clients.figures import values_of
from dashboard.clients.tests.scene import make_booking, make_held, make_seat
from naksha.errors import InvalidState
from naksha.testing import make_client, make_user, next_slot_start
from sessions_app.models import JoinEvent, Member, Message, Reminder, Review, Seat, Session, SessionLink
from sessions_app.testing import make_session
from sessions_app.tests.chatters import guest_of, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(consultant):
    return (
        make_client(consultant, name="Meera Nair", email="meera@x.example", phone=""),
        make_client(consultant, name="Meera N", email="m.nair@y.example", phone="+919820012345"),
    )


def test_every_relation_to_a_client_has_somebody_who_moves_it():
    """Somebody who adds one has to say how it moves (clients.moving)."""
    handled = set(OWN).union(*(mover.relations for mover in moving.movers()))
    assert set(moving.relations()) == handled


def test_a_relation_that_nobody_moves_stops_the_merge(two, consultant, monkeypatch):
    make_booking(two[1])
    monkeypatch.delitem(moving._movers, "bookings")
    with pytest.raises(RuntimeError, match=r"nobody moves bookings\.Booking\.client"):
        merge(kept=two[0], gone=two[1], actor=consultant.user)
    assert Client.objects.count() == 2


def test_a_mover_that_forgets_something_stops_it_too(two, consultant, monkeypatch):
    make_booking(two[1])
    monkeypatch.setattr("bookings.merging.BookingsMove.move", lambda *args, **kwargs: None)
    with pytest.raises(RuntimeError, match="was left behind"):
        merge(kept=two[0], gone=two[1], actor=consultant.user)
    assert Booking.objects.get().client == two[1]


def test_everything_comes_along(two, consultant, fake_gateway):
    kept, gone = two
    booking, _ = make_paid(fake_gateway, consultant, starts_at=next_slot_start(days=4))
    Booking.objects.filter(pk=booking.pk).update(client=gone)
    Session.objects.filter(pk=booking.session_id).update(client=gone)
    Client.objects.exclude(pk__in=[kept.pk, gone.pk]).exclude(bookings__isnull=False).delete()
    session = make_session(consultant, client=gone, starts_at=next_slot_start(days=6))
    message = say(guest_of(session))
    JoinEvent.objects.create(session=session, side="client", client=gone, kind="joined")
    held = make_held(consultant, gone, days_ago=5)
    Review.objects.create(session=held, client=gone, consultant=consultant, rating=5, author_name="Meera")
    make_seat(make_held(consultant, None, days_ago=8, capacity=3), gone)
    ClientNote.objects.create(client=gone, body="Likes mornings.")
    before = values_of(consultant, None)
    assert Reminder.objects.filter(client=gone).exists()

    told = " ".join(each.words for each in merge_plan(kept=kept, gone=gone).moving)
    assert "1 booking" in told
    assert "3 sessions" in told
    assert "1 message" in told
    merge(kept=kept, gone=gone, actor=consultant.user)

    assert not Client.objects.filter(pk=gone.pk).exists()
    for model in (JoinEvent, Member, Reminder, Review, Seat, SessionLink):
        assert set(model.objects.filter(client__isnull=False).values_list("client", flat=True)) <= {
            kept.pk,
            *Client.objects.exclude(pk=kept.pk).values_list("pk", flat=True),
        }
        assert model.objects.filter(client=kept).exists(), model
    assert {session, held} <= set(kept.sessions.all())
    assert kept.bookings.get() == booking
    assert Message.objects.get(pk=message.pk).member.client == kept
    assert values_of(consultant, [kept.pk])[kept.pk] == before[gone.pk] > 0
    assert set(kept.notes.values_list("body", flat=True)) >= {"Likes mornings."}
    entry = AuditEntry.objects.get(action="client.merged")
    assert (entry.subject_id, entry.data["merged"]) == (kept.pk, str(gone.pk))


def test_what_is_empty_is_filled_and_what_differs_is_written_down(two, consultant):
    kept, gone = two
    birthday = add_field(consultant=consultant, label="Birthday", kind="date")
    plan = add_field(consultant=consultant, label="Plan", kind="choice", choices=["Gold", "Silver"])
    set_values(kept, {plan.pk: "Gold"})
    set_values(gone, {plan.pk: "Silver", birthday.pk: "1990-05-01"})
    Client.objects.filter(pk=gone.pk).update(state_code="29")
    shown = merge_plan(kept=kept, gone=Client.objects.get(pk=gone.pk))
    assert shown.differs == ["Name: Meera N", "State: 29", "Plan: Silver"]
    merge(kept=kept, gone=gone, actor=consultant.user)
    kept.refresh_from_db()
    assert (kept.phone, kept.state_code) == ("+919820012345", "27")
    assert dict(kept.values.values_list("field__label", "value")) == {"Plan": "Gold", "Birthday": "1990-05-01"}
    assert "Plan: Silver" in kept.notes.get().body
    assert "m.nair@y.example" in kept.notes.get().body


def test_the_others_address_finds_the_one_that_was_kept(two, consultant):
    kept, gone = two
    merge(kept=kept, gone=gone, actor=consultant.user)
    assert find_or_create(consultant=consultant, name="Meera", email="M.Nair@Y.example") == kept
    assert Client.objects.count() == 1
    with pytest.raises(Exception, match="has this address already"):
        add_client(consultant=consultant, actor=consultant.user, details={"name": "X Y", "email": "m.nair@y.example"})


def test_three_become_one_in_two_steps_and_all_old_links_lead_to_them(two, consultant, client):
    kept, gone = two
    third = make_client(consultant, email="third@x.example")
    merge(kept=gone, gone=third, actor=consultant.user)
    merge(kept=kept, gone=gone, actor=consultant.user)
    client.force_login(consultant.user)
    for old in (third, gone):
        page = client.get(reverse("clients:client", args=[old.pk]))
        assert page.url == reverse("clients:client", args=[kept.pk])
    assert find_or_create(consultant=consultant, name="T T", email="third@x.example") == kept


def test_a_login_comes_along_but_two_logins_stay_two(two, consultant):
    kept, gone = two
    user, other = make_user(email=gone.email), make_user(email=kept.email)
    Client.objects.filter(pk=gone.pk).update(user=user)
    assert merge(kept=kept, gone=gone, actor=consultant.user).user_id == user.pk
    third = make_client(consultant, user=other)
    with pytest.raises(CantMerge, match="login of their own"):
        merge(kept=kept, gone=third, actor=consultant.user)
    assert Client.objects.filter(pk=third.pk).exists()


def test_confirming_the_old_address_gives_the_kept_row_unless_somebody_has_it(two, consultant):
    kept, gone = two
    merge(kept=kept, gone=gone, actor=consultant.user)
    user = make_user(email=gone.email)
    assert claim(user=user, email=user.email) == 1
    kept.refresh_from_db()
    assert kept.user == user


def test_another_login_with_the_old_address_is_somebody_else_after_all(two, consultant):
    kept, gone = two
    Client.objects.filter(pk=kept.pk).update(user=make_user(email=kept.email))
    merge(kept=kept, gone=gone, actor=consultant.user)
    late = make_user(email=gone.email)
    made = find_or_create(consultant=consultant, name="Meera N", email=gone.email, user=late)
    assert made != kept
    assert made.user == late
    assert not ClientAddress.objects.exists()


def book_as(consultant, user):
    """The row in which a booking of this login lands."""
    return find_or_create(consultant=consultant, name=user.name, email=user.email, user=user)


@pytest.mark.parametrize("how", ["merged", "confirmed", "booked"])
def test_whoever_confirms_the_kept_rows_first_address_never_lands_in_the_others_row(two, consultant, how):
    """The kept row takes the other's login: by the merge, or when that address is confirmed or booked with later."""
    kept, gone = two
    theirs = make_user(email=gone.email)
    if how == "merged":
        Client.objects.filter(pk=gone.pk).update(user=theirs)
    merge(kept=kept, gone=Client.objects.get(pk=gone.pk), actor=consultant.user)
    if how == "confirmed":
        claim(user=theirs, email=theirs.email)
    if how == "booked":
        assert book_as(consultant, theirs) == kept
    kept.refresh_from_db()
    assert (kept.user, kept.email) == (theirs, theirs.email), "at once: its mails go to whoever has the row"
    other = make_user(email="meera@x.example")
    assert claim(user=other, email=other.email) == 0
    made = book_as(consultant, other)
    assert (made.user, made.email) == (other, "meera@x.example")
    assert made != kept
    kept.refresh_from_db()
    assert (kept.user, kept.email) == (theirs, theirs.email)
    assert book_as(consultant, theirs) == kept
    assert find_or_create(consultant=consultant, name="Meera", email=theirs.email) == kept


def test_until_then_both_addresses_and_the_old_links_find_the_kept_row(two, consultant, client):
    kept, gone = two
    Client.objects.filter(pk=gone.pk).update(user=make_user(email=gone.email))
    merge(kept=kept, gone=Client.objects.get(pk=gone.pk), actor=consultant.user)
    for email in ("meera@x.example", gone.email):
        assert find_or_create(consultant=consultant, name="Meera", email=email) == kept
    client.force_login(consultant.user)
    old = client.get(reverse("clients:client", args=[gone.pk]))
    assert old.url == reverse("clients:client", args=[kept.pk])


def test_two_places_in_one_webinar_are_two_people(two, consultant):
    webinar = make_held(consultant, None, days_ago=-3, status="confirmed", capacity=5)
    for one in two:
        make_seat(webinar, one)
    with pytest.raises(CantMerge, match="one person can’t have two"):
        merge(kept=two[0], gone=two[1], actor=consultant.user)


def test_a_seat_given_back_and_taken_again_with_the_other_address_is_one_place_in_the_chat(two, consultant):
    from sessions_app.models import Conversation

    kept, gone = two
    webinar = make_held(consultant, None, days_ago=-3, status="confirmed", capacity=5)
    make_seat(webinar, gone, "released")
    make_seat(webinar, kept)
    talk = Conversation.objects.create(session=webinar, last_sequence=1, last_version=1)
    places = [Member.objects.create(conversation=talk, side="client", client=one) for one in two]
    message = Message.objects.create(
        conversation=talk, sequence=1, version=1, member=places[1], client_message_id=gone.pk, body="Hello"
    )
    merge(kept=kept, gone=gone, actor=consultant.user)
    message.refresh_from_db()
    assert message.member == places[0]
    assert talk.members.get(side="client") == places[0]


def test_on_each_day_of_the_figures_they_count_once(two, consultant):
    from datetime import date

    from dashboard.models import DailyClient

    kept, gone = two
    for client, day in ((kept, 1), (gone, 1), (gone, 2)):
        DailyClient.objects.create(consultant=consultant, client=client, day=date(2026, 5, day))
    merge(kept=kept, gone=gone, actor=consultant.user)
    assert sorted(DailyClient.objects.values_list("client", "day__day")) == [(kept.pk, 1), (kept.pk, 2)]


def test_merging_again_changes_nothing_and_an_erased_one_stays_apart(two, consultant):
    kept, gone = two
    archive(client=kept, actor=consultant.user)
    merge(kept=kept, gone=gone, actor=consultant.user)
    kept.refresh_from_db()
    assert kept.archived_at is None
    notes = ClientNote.objects.count()
    merge(kept=kept, gone=gone, actor=consultant.user)
    assert ClientNote.objects.count() == notes
    erased = make_client(consultant, erased_at=kept.created_at)
    with pytest.raises(CantMerge):
        merge(kept=kept, gone=erased, actor=consultant.user)


def test_the_page_shows_before_it_does(two, consultant, other_consultant, client):
    kept, gone = two
    make_booking(gone)
    client.force_login(consultant.user)
    url = reverse("clients:merge", args=[kept.pk])
    choice = client.get(url, {"q": "meera"}).content.decode()
    assert "m.nair@y.example" in choice
    shown = client.get(url, {"other": gone.pk}).content.decode()
    assert "1 booking" in shown
    assert "can’t be undone" in shown
    assert Client.objects.count() == 2
    theirs = make_client(other_consultant)
    assert client.post(url, {"other": theirs.pk}).status_code == 404
    assert client.post(url, {"other": "x"}).status_code == 200
    assert client.post(url, {"other": kept.pk}).status_code == 409
    answer = client.post(url, {"other": gone.pk})
    assert answer.url == reverse("clients:client", args=[kept.pk])
    assert kept.bookings.count() == 1


def test_what_was_written_at_the_same_moment_undoes_it_in_words(two, consultant, monkeypatch):
    from django.db import IntegrityError

    def overtaken(*args):
        raise IntegrityError("late")

    monkeypatch.setattr("clients.services.merging._fill", overtaken)
    with pytest.raises(InvalidState, match="just now"):
        merge(kept=two[0], gone=two[1], actor=consultant.user)
    assert Client.objects.count() == 2


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_booking_that_comes_meanwhile_waits_and_finds_the_kept_one(two, consultant):
    kept, gone = two
    found, inside, done = [], threading.Event(), threading.Event()

    def book():
        try:
            inside.wait(10)
            from django.db import transaction

            with transaction.atomic():
                found.append(find_or_create(consultant=consultant, name="Meera N", email=gone.email))
                make_booking(found[0])
        finally:
            done.set()
            connection.close()

    thread = threading.Thread(target=book)
    thread.start()
    from clients.services import merging

    fill = merging._fill

    def slowly(*args):
        inside.set()
        done.wait(1)  # the other can't be done before this transaction is: it waits for the row
        assert not done.is_set()
        fill(*args)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(merging, "_fill", slowly)
        merge(kept=kept, gone=gone, actor=consultant.user)
    thread.join(10)
    assert found == [kept]
    assert kept.bookings.count() == 1
