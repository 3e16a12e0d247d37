"""Every change of a room: opened as a row, made by a worker where somebody has to be asked, and gone into."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone

from meetings import providers
from meetings.models import Room
from meetings.providers import Guest, ProviderAway, RoomRefused
from naksha.db import give_back_connection, refuse_transaction
from naksha.queue import tell

log = structlog.get_logger(__name__)

LONGEST_ANSWER = 30.0  # seconds; then the worker goes on, whatever the provider does
CLAIM_LASTS = timedelta(minutes=2)  # far past LONGEST_ANSWER: whoever claimed it is dead
LONGEST_PAUSE = timedelta(minutes=10)  # people wait for this one
GRACE = timedelta(seconds=15)  # the worker that was told on commit goes first
MOST_ATTEMPTS = 100  # about 16 hours
BATCH = 100
S = Room.Status


def browser_provider() -> str:
    """Who holds meetings in the browser: the JaaS account of the settings, else their Jitsi server."""
    return "jaas" if settings.JAAS_APP_ID else "jitsi"


def open_room(*, subject_id: UUID, provider: str) -> Room:
    """The room of ``subject_id``, in the caller's transaction; the one it has, if it has one.

    Where the name is all that it takes, it is ready at once. Otherwise a worker makes it, told on commit. Raises
    LookupError for a provider that there isn't.
    """
    room = Room(subject_id=subject_id, provider=provider)
    if url := providers.get(provider).address_of(room.name):
        room.url, room.status = url, S.READY
    room, is_new = Room.objects.get_or_create(
        subject_id=subject_id,
        defaults={"provider": room.provider, "name": room.name, "url": room.url, "status": room.status},
    )
    if is_new and not room.is_ready:
        from meetings.tasks import make_room

        tell(make_room, str(room.pk))
    return room


def waiting_ids(now: datetime | None = None) -> list[UUID]:
    """Rooms that nobody makes: due for a while, or left behind by a dead worker. The oldest first."""
    now = now or timezone.now()
    unclaimed = Q(claimed_at__isnull=True, due_at__lte=now - GRACE) | Q(claimed_at__lt=now - CLAIM_LASTS)
    waiting = Room.objects.filter(unclaimed, status=S.PENDING).order_by("due_at")
    return list(waiting.values_list("pk", flat=True)[:BATCH])


def make(room_id: UUID) -> bool:
    """Have the provider make the room, if it waits and nobody else is at it. Returns whether it is made now.

    No transaction is open while the provider is asked. The room's id is the provider's key, and its address is written
    only by whoever holds the claim: a crash, a time-out or a second worker can't make two of it.
    """
    refuse_transaction("asking a meeting provider")
    now = timezone.now()
    claimed = Room.objects.filter(
        Q(claimed_at__isnull=True) | Q(claimed_at__lt=now - CLAIM_LASTS), pk=room_id, status=S.PENDING, due_at__lte=now
    ).update(claimed_at=now, attempts=F("attempts") + 1, updated_at=now)
    if not claimed:
        return False
    room = Room.objects.get(pk=room_id)
    provider = providers.get(room.provider)
    give_back_connection()
    try:
        url = _within(LONGEST_ANSWER, lambda: provider.create(key=room.pk, room_name=room.name))
    except RoomRefused as error:
        _close(room, now, str(error), gone=True)
        return False
    except Exception as error:  # noqa: BLE001 - whatever it was is kept on the row, logged, and tried again
        _close(room, now, f"{type(error).__name__}: {error}", gone=room.attempts >= MOST_ATTEMPTS)
        return False
    done = Room.objects.filter(pk=room_id, claimed_at=now, status=S.PENDING).update(
        status=S.READY, url=url, claimed_at=None, last_error="", updated_at=timezone.now()
    )
    return bool(done)


def _close(room: Room, claimed_at: datetime, error: str, *, gone: bool) -> None:
    """Try again after 15, 30, 60 … seconds, at most ten minutes; or give up."""
    wait = min(timedelta(seconds=15 * 2 ** min(room.attempts - 1, 10)), LONGEST_PAUSE)
    now = timezone.now()
    Room.objects.filter(pk=room.pk, claimed_at=claimed_at, status=S.PENDING).update(
        status=S.FAILED if gone else S.PENDING,
        claimed_at=None,
        due_at=now + wait,
        last_error=error[:300],
        updated_at=now,
    )
    log.warning("room_given_up" if gone else "room_put_off", room=str(room.pk), attempts=room.attempts, error=error)


def _within(seconds: float, ask: Callable[[], str]) -> str:
    """``ask()``, or ProviderAway when it takes longer: a provider that hangs keeps a thread, not the worker.

    The thread touches no database. It is a daemon, so that it doesn't keep the process either.
    """
    answer: list[str] = []
    failure: list[BaseException] = []

    def run() -> None:
        try:
            answer.append(ask())
        except BaseException as error:  # noqa: BLE001 - raised again by who waits
            failure.append(error)

    thread = threading.Thread(target=run, name="meeting-provider", daemon=True)
    thread.start()
    thread.join(seconds)
    if failure:
        raise failure[0]
    if not answer:
        raise ProviderAway(f"no answer within {seconds:g} seconds")
    return answer[0]


def makes_moderators(room: Room) -> bool:
    """Whether the consultant comes into ``room`` as its moderator; if not, its server decides who is."""
    return providers.get(room.provider).makes_moderators(room.url)


def join_url(room: Room, *, guest: Guest, until: datetime) -> str:
    """The address by which ``guest`` goes in; it is this person's own, and never shown on a page.

    Raises ProviderAway for a room that isn't ready, or whose provider's settings are gone.
    """
    if not room.is_ready:
        raise ProviderAway("the room is not ready")
    return providers.get(room.provider).join_url(room.url, room_name=room.name, guest=guest, until=until)
