"""Storms through HTTP against two web processes on PostgreSQL. In the end no two take the same time, nobody sees an
error, and whoever comes too late reads so.

The twin takes lock and constraint away, and must lose. The races of the services alone, each with its twin, are in
availability/tests/test_races.py and bookings/tests/test_races.py.
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from availability.models import Occupancy
from availability.picker import start_text
from bookings.models import Booking
from bookings.services import hold
from bookings.testing import details
from naksha.testing import make_consultant, make_service, next_slot_start
from tests.books import overlapping, times_agree
from tests.storm.crowd import at_once, visitors
from tests.visitors import Visitor, forms

pytestmark = [pytest.mark.postgres, pytest.mark.redis, pytest.mark.slow]
GONE = "That time has just been taken"


def rush(product, service, start, count):
    """``count`` clients fill in the form for one time, and all press."""
    with visitors(product, count) as rivals:
        opened = {}

        def choose(n):
            opened[n] = rivals[n].choose(service, start)
            return rivals[n].page

        at_once([lambda n=n: choose(n) for n in range(count)], width=8)
        return at_once([lambda n=n: rivals[n].press(opened[n]) for n in range(count)])


@pytest.mark.parametrize("count", [50, 200])
def test_of_many_clients_for_one_time_one_gets_it_and_all_others_read_why(product, count):
    service, start = make_service(make_consultant()), next_slot_start()
    ends = rush(product, service, start, count)
    won = [end for end in ends if end.path.endswith("/pay/")]
    lost = [end for end in ends if end not in won]
    assert [end.statuses for end in won] == [(302, 200)]
    assert Counter(end.statuses for end in lost) == {(302, 409): count - 1}
    assert all(GONE in end.text and "Everything you typed is kept" in end.text for end in lost)
    assert Booking.objects.count() == 1
    times_agree()


@pytest.fixture
def without_guards(product):
    migration = __import__("availability.migrations.0002_no_overlap", fromlist=["NAME"])
    with connection.schema_editor() as editor:
        migration.drop_guard(None, editor)
    product.serve("tests.storm.unguarded", processes=2)
    yield product
    Occupancy.objects.all().delete()
    with connection.schema_editor() as editor:
        migration.make_guard(None, editor)


def test_without_the_guards_the_same_clients_take_one_time_twice(without_guards):
    service = make_service(make_consultant())
    for n in range(4):
        rush(without_guards, service, next_slot_start(days=2 + n), 24)
        if overlapping():
            return
    pytest.fail("no overlap without the guards: the storm is none")


@pytest.mark.parametrize("seed", range(2))
def test_a_storm_of_bookings_moves_answers_and_cancellations(product, seed):
    dice = random.Random(seed)
    consultant = make_consultant(policy={"slot_interval_minutes": 15, "buffer_after_minutes": 10, "max_reschedules": 9})
    services = [
        *(make_service(consultant, minutes=minutes, price_paise=0) for minutes in (15, 30, 60)),
        make_service(consultant, minutes=30),
        make_service(consultant, minutes=45, price_paise=0, confirmation="manual"),
    ]
    day = next_slot_start()

    def some_time():
        return day + timedelta(minutes=15 * dice.randrange(14))

    def before(service, n, at):
        typed = details(email=f"before{n}@example.com")
        return hold(service=service, starts_at=at, details=typed)

    booked = [before(services[1], n, day + timedelta(days=1, minutes=60 * n)) for n in range(6)]
    asked = [before(services[4], 50 + n, day + timedelta(days=2, minutes=75 * n)) for n in range(5)]
    login = Client()
    login.force_login(consultant.user, backend="accounts.backend.Backend")

    opened, acts = [], []

    def with_page(path, press, *, desk=False):
        visitor = Visitor(product.address, email=f"rival{len(opened)}@example.com")
        if desk:
            visitor.http.cookies.set("sessionid", login.cookies["sessionid"].value)
        opened.append(lambda: visitor.see(path))
        acts.append(lambda: press(visitor))

    def form_at(visitor, ending, has=""):
        return next(form for form in forms(visitor.page) if form.action.endswith(ending) and has in {"", *form.fields})

    for _ in range(24):
        service, at = dice.choice(services), some_time()
        path = f"/{consultant.slug}/book/{service.pk}/details/?start={start_text(at)}"
        with_page(path, lambda v: v.press(form_at(v, "/details/", "nonce")))
    for _booking, token in [*booked * 3, *asked]:
        path = f"/b/{token}/reschedule/?start={start_text(some_time())}"
        with_page(path, lambda v: v.send(form_at(v, "/reschedule/", "start")))
    for booking, _token in asked:
        for _ in range(2):
            path = f"/dashboard/bookings/{booking.pk}/"
            with_page(path, lambda v: v.send(form_at(v, "/accept/")), desk=True)
    for _booking, token in [booked[0], booked[1], asked[0]]:
        with_page(f"/b/{token}/cancel/", lambda v: v.send(form_at(v, "", "refund"), reason=""))

    first = at_once(opened, width=8)
    order = [n for n, end in enumerate(first) if end.status == 200]
    assert len(order) > len(acts) * 0.7  # a time may be off the list before the storm: said at once
    assert {end.status for end in first} <= {200, 409}
    dice.shuffle(order)
    ends = at_once([acts[n] for n in order])
    counted = Counter(status for end in ends for status in end.statuses)
    assert set(counted) <= {200, 302, 409}, counted
    assert counted[409] >= 5, "nobody met anybody: the storm is none"
    assert Booking.objects.filter(starts_at__date=day.date()).count() >= 4
    product.worked_through()
    times_agree()
