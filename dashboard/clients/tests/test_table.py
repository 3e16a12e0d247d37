"""The table: who is in it, in which order, with which figures, and at what cost."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from bookings.testing import make_paid, payment_of
from clients.models import Client
from clients.services import add_client, archive
from dashboard.clients.figures import Activity, activities, activity_of, figures_of, times_of, values_of
from dashboard.clients.listing import Asked, lines_of, ordered, rows_of
from dashboard.clients.tests.scene import DAY, make_held, make_practice, make_seat
from naksha.testing import make_client, next_slot_start
from payments.earnings import earnings_of
from payments.models import LedgerAccount, LedgerEntry
from payments.models.ledger import EARNED
from payments.services import refund_by_hand
from sessions_app.services import open_price
from sessions_app.testing import make_recorded

pytestmark = pytest.mark.django_db
LIST = "clients:list"


@pytest.fixture
def inside(client, consultant):
    client.force_login(consultant.user)
    return client


def names(response):
    return [line.client.name for line in response.context["lines"]]


def test_somebody_new_is_told_what_to_do(inside):
    page = inside.get(reverse(LIST))
    assert "You have no clients yet" in page.content.decode()
    assert reverse("clients:new") in page.content.decode()


def test_it_shows_ones_own_and_nobody_elses(inside, consultant, other_consultant):
    make_client(consultant, name="Meera Nair")
    make_client(other_consultant, name="Somebody Else")
    make_client(consultant, name="Gone Away", archived_at=timezone.now())
    make_client(consultant, name="Erased client", erased_at=timezone.now())
    assert names(inside.get(reverse(LIST))) == ["Meera Nair"]
    assert names(inside.get(reverse(LIST), {"show": "archived"})) == ["Gone Away"]


@pytest.mark.parametrize(
    "words", ["meera", "NAIR", "nair meera", "meera@", "98200 12", "+91 98200", "mna", "old@example"]
)
def test_any_part_of_name_address_or_number_finds(inside, consultant, words):
    found = make_client(consultant, name="Meera Nair", email="meera@mna.example", phone="+919820012345")
    found.addresses.create(consultant=consultant, email="old@example.com")
    make_client(consultant, name="Farhan Q", email="f@x.example", phone="+447700900123")
    assert names(inside.get(reverse(LIST), {"q": words})) == ["Meera Nair"]


@pytest.mark.parametrize("words", ["%", "_", "\0", "\u202e", "x" * 10_000, "' OR 1=1 --", "=1+1"])
def test_hostile_words_find_nobody_or_everybody_and_break_nothing(inside, consultant, words):
    make_client(consultant, name="Meera Nair")
    assert inside.get(reverse(LIST), {"q": words, "tag": words, "activity": words, "order": words}).status_code == 200


def test_tags_and_activity_narrow(inside, consultant):
    actor = consultant.user
    for name, tags in (("Meera Nair", ["Regular"]), ("Farhan Q", ["regular", "Law"]), ("Gita R", [])):
        add_client(
            consultant=consultant, actor=actor, details={"name": name, "email": f"{name[0]}@x.example"}, tags=tags
        )
    assert names(inside.get(reverse(LIST), {"tag": "REGULAR"})) == ["Farhan Q", "Meera Nair"]
    make_held(consultant, Client.objects.get(name="Gita R"), days_ago=3)
    assert names(inside.get(reverse(LIST), {"activity": "active"})) == ["Gita R"]
    assert names(inside.get(reverse(LIST), {"activity": "new"})) == ["Farhan Q", "Meera Nair"]
    assert names(inside.get(reverse(LIST), {"activity": "lost"})) == []
    assert "Nobody fits" in inside.get(reverse(LIST), {"activity": "lost"}).content.decode()


def test_orders(inside, consultant, fake_gateway):
    early, late, never = (make_client(consultant, name=name) for name in ("Early", "Late", "Never"))
    make_held(consultant, early, days_ago=9)
    make_held(consultant, late, days_ago=2)
    make_held(consultant, early, days_ago=-5, status="confirmed")
    make_held(consultant, late, days_ago=-8, status="confirmed")
    make_paid(fake_gateway, consultant, starts_at=next_slot_start(days=12))
    order = lambda word: names(inside.get(reverse(LIST), {"order": word}))  # noqa: E731
    assert order("name") == ["Early", "Farhan Qureshi", "Late", "Never"]
    assert order("last")[:2] == ["Late", "Early"]
    assert order("next")[:3] == ["Early", "Late", "Farhan Qureshi"]
    assert order("value")[0] == "Farhan Qureshi"
    assert order("new")[0] == "Farhan Qureshi"
    assert never.name in order("next")


def test_figures_count_own_sessions_and_seats_that_were_taken(consultant):
    client = make_client(consultant)
    make_held(consultant, client, days_ago=20)
    make_held(consultant, client, days_ago=4, status="no_show")
    make_held(consultant, client, days_ago=3, status="cancelled")
    webinar = make_held(consultant, None, days_ago=10, capacity=5)
    make_seat(webinar, client)
    make_seat(make_held(consultant, None, days_ago=2, capacity=5), client, "released")
    ahead = make_held(consultant, None, days_ago=-4, status="confirmed", capacity=5)
    make_seat(ahead, client)
    figures = times_of(consultant, [client.pk], timezone.now())[client.pk]
    assert (figures.held, figures.last, figures.next) == (2, webinar.starts_at, ahead.starts_at)
    assert times_of(consultant, None, timezone.now())[client.pk] == figures


def test_each_client_has_one_activity_and_search_agrees_with_what_is_shown(consultant):
    now = timezone.now()
    ages = (0, 29, 31, 89, 91, 364, 366, 800)
    for since in ages:
        for held in (None, *ages):
            for ahead in (False, True):
                client = make_client(consultant)
                Client.objects.filter(pk=client.pk).update(created_at=now - since * DAY - timedelta(minutes=5))
                if held is not None:
                    make_held(
                        consultant, client, starts_at=now - held * DAY - timedelta(hours=1), ends_at=now - held * DAY
                    )
                if ahead:
                    make_held(consultant, client, days_ago=-2, status="confirmed")
    everybody = {client.pk: client for client in Client.objects.all()}
    figures = figures_of(consultant, None, now)
    from dashboard.clients.figures import NOTHING

    shown = {pk: activity_of(client, figures.get(pk, NOTHING), now) for pk, client in everybody.items()}
    found = {}
    for activity, fits in activities(consultant, now).items():
        for pk in Client.objects.filter(fits).values_list("pk", flat=True):
            assert pk not in found, "two words for one client"
            found[pk] = activity
    assert found == shown
    assert set(found.values()) == set(Activity.values)


def test_value_is_what_the_ledger_says_to_the_paisa(consultant, fake_gateway):
    booking, _ = make_paid(fake_gateway, consultant, price_paise=123_457)
    back, _ = make_paid(fake_gateway, consultant, price_paise=99_999, starts_at=next_slot_start(days=4))
    recorded = make_recorded(consultant, starts_at=next_slot_start(days=6), price_paise=70_003)
    payment = open_price(session=recorded)
    from payments.services import complete, ensure_order

    complete(**fake_gateway.signed_answer(fake_gateway.pay(ensure_order(payment.pk).order_id)))
    refund_by_hand(
        payment=payment_of(back),
        amount_paise=33_333,
        seen_refunding_paise=0,
        actor=consultant.user,
        reason="Half of it was left out.",
    )
    values = values_of(consultant, None)
    # A second way: each client's own entries in the ledger.
    for client in Client.objects.all():
        things = [*client.bookings.values_list("pk", flat=True), *client.sessions.values_list("pk", flat=True)]
        entries = LedgerEntry.objects.filter(
            transaction__payment__payable_id__in=things,
            transaction__kind__in=["capture", "refund_owed"],
            account__code__in=EARNED,
        )
        assert values[client.pk] == -sum(entry.amount_paise for entry in entries)
    assert sum(values.values()) == earnings_of(consultant).earned > 0
    assert LedgerAccount.objects.exists()
    assert values_of(consultant, [booking.client_id]) == {booking.client_id: values[booking.client_id]}


def test_the_cost_is_fixed(inside, consultant):
    def cost(**asked):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert inside.get(reverse(LIST), asked).status_code == 200
        return len(queries)

    make_practice(consultant, 1)
    orders = ("name", "last", "next", "value", "new")
    few = [cost(order=order) for order in orders]
    make_practice(consultant, 30)
    assert [cost(order=order) for order in orders] == few
    assert max(few) <= 15
    assert cost(q="person", activity="quiet", tag="x") <= 15


def test_the_file_has_everybody_and_no_formula(inside, consultant, other_consultant):
    make_client(other_consultant, name="Somebody Else")
    add_client(
        consultant=consultant,
        actor=consultant.user,
        details={"name": "Meera Nair", "email": "meera@x.example", "phone": "+919820012345", "address": "=1+1"},
        tags=["Regular"],
    )
    answer = inside.get(reverse("clients:export"))
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert [(row["Name"], row["Address"], row["Tags"], row["Activity"]) for row in rows] == [
        ("Meera Nair", "'=1+1", "Regular", "New")
    ]
    assert rows[0]["Phone"] == "'+919820012345"
    assert answer["Content-Disposition"].startswith('attachment; filename="clients-')


def test_a_list_keeps_its_order_over_its_pages(consultant):
    for client in make_practice(consultant, 7):
        make_held(consultant, client, days_ago=1)
    now = timezone.now()
    for order in ("name", "last", "next", "value", "new"):
        found = ordered(consultant, rows_of(consultant, Asked(order=order), now), order, now)
        in_pages = [line.client.pk for n in (0, 3, 6) for line in lines_of(consultant, list(found[n : n + 3]), now)]
        assert len(set(in_pages)) == 7


def test_an_archived_client_is_not_in_the_table(inside, consultant):
    archive(client=make_client(consultant, name="Meera Nair"), actor=consultant.user)
    assert names(inside.get(reverse(LIST))) == []
