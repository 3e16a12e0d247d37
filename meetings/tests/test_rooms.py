"""A room is made once, whoever hangs, refuses or dies; and nobody waits for it in a request."""

import threading
import time
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from meetings import providers, services
from meetings.models import Room
from meetings.providers import Guest, ProviderAway, RoomRefused
from meetings.tasks import make_room, sweep_rooms

pytestmark = pytest.mark.django_db


class Slow:
    """A provider that has to be asked. It gives one room for one key, as ours must, and counts them."""

    name = "slow"

    def __init__(self):
        self.rooms = {}
        self.asked = 0
        self.before = lambda: None
        self.after = lambda: None

    def address_of(self, room_name):
        return None

    def create(self, *, key, room_name):
        self.asked += 1
        self.before()
        url = self.rooms.setdefault(key, f"https://slow.example/{room_name}")
        self.after()
        return url

    def join_url(self, url, *, room_name, guest, until):
        return url


@pytest.fixture
def slow():
    provider = Slow()
    providers.register(provider)
    yield provider
    providers.unregister(provider.name)


@pytest.fixture
def told(monkeypatch):
    found = []
    monkeypatch.setattr(make_room, "apply_async", lambda args, kwargs, **_: found.append(args[0]))
    return found


def waiting_room():
    return services.open_room(subject_id=uuid4(), provider="slow")


def raises(error):
    def act():
        raise error

    return act


def long_ago(room, **fields):
    past = timezone.now() - timedelta(minutes=5)
    Room.objects.filter(pk=room.pk).update(**dict.fromkeys(fields, past))


def test_a_jitsi_room_is_ready_at_once_and_cannot_be_guessed(settings):
    settings.JITSI_URL = "https://meet.example"
    one, other = (services.open_room(subject_id=uuid4(), provider="jitsi") for _ in range(2))
    assert one.is_ready
    assert one.url == f"https://meet.example/{one.name}"
    assert one.name != other.name
    assert len(one.name.removeprefix("naksha-")) >= 32  # 6 bits a sign: 192


def test_a_subject_has_one_room_however_often_it_is_opened():
    subject = uuid4()
    assert services.open_room(subject_id=subject, provider="jitsi") == services.open_room(
        subject_id=subject, provider="jitsi"
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        Room.objects.create(subject_id=subject, provider="jitsi")


def test_a_provider_that_there_is_not_is_an_error():
    with pytest.raises(LookupError):
        services.open_room(subject_id=uuid4(), provider="carrier-pigeon")
    assert not Room.objects.exists()


def test_opening_asks_no_provider_and_tells_the_worker_on_commit(slow, told, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        room = waiting_room()
        assert told == []
    assert told == [str(room.pk)]
    assert slow.asked == 0
    assert room.status == Room.Status.PENDING


def test_what_is_rolled_back_leaves_no_room(slow):
    with transaction.atomic():
        waiting_room()
        transaction.set_rollback(True)
    assert not Room.objects.exists()


def test_the_worker_makes_it_once(slow):
    room = waiting_room()
    make_room(str(room.pk))
    make_room(str(room.pk))
    room.refresh_from_db()
    assert (room.status, room.url, slow.asked) == (Room.Status.READY, slow.rooms[room.pk], 1)


def test_a_provider_that_fails_is_asked_again_later(slow):
    room = waiting_room()
    slow.before = raises(ProviderAway("503"))
    assert not services.make(room.pk)
    room.refresh_from_db()
    assert room.status == Room.Status.PENDING
    assert "503" in room.last_error
    assert room.due_at > timezone.now()
    assert not services.make(room.pk)  # not before it is due
    assert slow.asked == 1
    slow.before = lambda: None
    long_ago(room, due_at=True)
    assert services.make(room.pk)
    assert len(slow.rooms) == 1


def test_a_provider_that_breaks_in_its_own_way_is_asked_again_too(slow):
    room = waiting_room()
    slow.before = raises(KeyError("join_url"))
    assert not services.make(room.pk)
    room.refresh_from_db()
    assert (room.status, room.claimed_at) == (Room.Status.PENDING, None)


def test_a_provider_that_refuses_is_not_asked_again(slow):
    room = waiting_room()
    slow.before = raises(RoomRefused("no licence"))
    assert not services.make(room.pk)
    room.refresh_from_db()
    assert (room.status, room.last_error) == (Room.Status.FAILED, "no licence")
    long_ago(room, due_at=True)
    assert room.pk not in services.waiting_ids()
    assert not services.make(room.pk)
    assert slow.asked == 1


def test_a_provider_that_hangs_lets_the_worker_go_on(slow, monkeypatch):
    monkeypatch.setattr(services, "LONGEST_ANSWER", 0.2)
    room, freed = waiting_room(), threading.Event()
    slow.before = lambda: freed.wait(20)
    began = time.monotonic()
    assert not services.make(room.pk)
    assert time.monotonic() - began < 5
    room.refresh_from_db()
    assert room.status == Room.Status.PENDING
    freed.set()  # its late answer changes nothing
    slow.before = lambda: None
    long_ago(room, due_at=True)
    assert services.make(room.pk)
    assert list(slow.rooms) == [room.pk]


class Died(BaseException):
    """The process is gone: nothing after this line runs."""


def test_a_worker_that_dies_half_way_leaves_a_room_that_is_made_by_another_and_never_two(slow):
    room = waiting_room()
    slow.after = raises(Died())  # the provider has made it; we never wrote it down
    with pytest.raises(Died):
        services.make(room.pk)
    room.refresh_from_db()
    assert (room.status, room.url) == (Room.Status.PENDING, "")
    assert room.claimed_at is not None
    assert not services.make(room.pk)  # the dead worker's claim still stands
    slow.after = lambda: None
    long_ago(room, claimed_at=True, due_at=True)
    assert room.pk in services.waiting_ids()
    assert services.make(room.pk)
    room.refresh_from_db()
    assert slow.asked == 2
    assert list(slow.rooms.values()) == [room.url]


def test_who_lost_the_claim_writes_nothing(slow, monkeypatch):
    room = waiting_room()
    original = services._within  # the provider answers in a thread of its own: the claim is taken over from here

    def within(seconds, ask):
        url = original(seconds, ask)
        Room.objects.filter(pk=room.pk).update(claimed_at=timezone.now() + timedelta(seconds=1))
        return url

    monkeypatch.setattr(services, "_within", within)
    assert not services.make(room.pk)
    room.refresh_from_db()
    assert room.status == Room.Status.PENDING


def test_the_sweeper_finds_what_nobody_was_told_of(slow, told, django_capture_on_commit_callbacks):
    fallen, fresh = waiting_room(), waiting_room()
    long_ago(fallen, due_at=True)
    with django_capture_on_commit_callbacks(execute=True):
        assert sweep_rooms() == 1
    assert told == [str(fallen.pk)]
    assert fresh.pk not in services.waiting_ids()


def test_nobody_goes_into_a_room_that_is_not_ready(slow):
    room = waiting_room()
    with pytest.raises(ProviderAway):
        services.join_url(room, guest=Guest("x", "Asha"), until=timezone.now())
