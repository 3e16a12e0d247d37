"""Whether this process lives, and whether what it needs is there. Details are for admins."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from naksha.web.policy import never_cache
from naksha.web.tasks import HEARTBEAT

SECONDS = 3.0
LEAST_DISK_BYTES = 200 * 1024 * 1024
OLDEST_HEARTBEAT = 150
KEPT_SECONDS = 1.0


@dataclass(frozen=True)
class Finding:
    ok: bool
    about: str
    needed: bool = True  # without it this process can't serve
    version: str = ""
    seconds: float | None = None  # that the answer took; None where none came


def database() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version" if connection.vendor == "postgresql" else "SELECT sqlite_version()")
        version = cursor.fetchone()[0]
    return Finding(True, connection.vendor, version=str(version).split()[0])


def cache_answers() -> Finding:
    """Pages go on without the cache, so its being away is told and is no reason to take the process out."""
    if not settings.REDIS_URL:
        return Finding(True, "in this process", needed=False)
    return _redis(settings.CACHES["default"]["LOCATION"])


def channel_layer() -> Finding:
    """Open pages ask by themselves while it is away."""
    if not settings.REDIS_URL:
        return Finding(True, "in this process", needed=False)
    return _redis(settings.CHANNEL_LAYERS["default"]["CONFIG"]["hosts"][0]["address"])


def _redis(url: str) -> Finding:
    from redis import Redis
    from redis.exceptions import RedisError

    try:
        with Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1) as redis:
            version = str(redis.info("server").get("redis_version", ""))
    except RedisError as error:
        return Finding(False, type(error).__name__, needed=False)
    return Finding(True, "redis", needed=False, version=version)


def queue() -> Finding:
    """The broker answers, and in the embedded mode the worker and the schedule live."""
    from naksha.embedded import services

    if settings.EMBEDDED and services.running is not None:
        running = services.running
        about = f"worker {running.worker_alive}, schedule {running.beat_alive}, restarts {running.restarts}"
        return Finding(running.worker_alive and running.beat_alive, about)
    from naksha.celery import app
    from naksha.queue import BROKER_AWAY

    try:
        with app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=0, timeout=1)
    except BROKER_AWAY as error:
        return Finding(False, type(error).__name__, needed=False)
    return Finding(True, "answers", needed=False)


def heartbeat() -> Finding:
    """The last time that schedule, queue and worker together did something."""
    beat = cache.get(HEARTBEAT)
    if beat is None:
        return Finding(False, "none seen", needed=False)
    age = int(time.time()) - int(beat)
    return Finding(age <= OLDEST_HEARTBEAT, f"{age} s ago", needed=False)


def disk() -> Finding:
    free = shutil.disk_usage(settings.DATA_DIR if settings.DATA_DIR.exists() else settings.BASE_DIR).free
    return Finding(free >= LEAST_DISK_BYTES, f"{free // (1024 * 1024)} MB free")


CHECKS: dict[str, Callable[[], Finding]] = {
    "database": database,
    "cache": cache_answers,
    "queue": queue,
    "channel_layer": channel_layer,
    "heartbeat": heartbeat,
    "disk": disk,
}


def examine() -> tuple[bool, dict[str, Finding]]:
    """Whether all that is needed is there, and every finding. The checks run at once, with :data:`SECONDS` in all."""
    pool = ThreadPoolExecutor(max_workers=len(CHECKS), thread_name_prefix="health")
    asked = {name: pool.submit(_in_own_connection, check) for name, check in CHECKS.items()}
    deadline = time.monotonic() + SECONDS
    found: dict[str, Finding] = {}
    for name, future in asked.items():
        try:
            found[name] = future.result(timeout=max(0.0, deadline - time.monotonic()))
        except TookTooLong:
            found[name] = Finding(False, f"no answer within {SECONDS:.0f} s")
        except Exception as error:  # noqa: BLE001 - whatever a check dies of is its finding
            found[name] = Finding(False, type(error).__name__)
    pool.shutdown(wait=False, cancel_futures=True)
    return all(finding.ok for finding in found.values() if finding.needed), found


_kept: tuple[float, tuple[bool, dict[str, Finding]]] | None = None
_one_at_a_time = threading.Lock()


def lately() -> tuple[bool, dict[str, Finding]]:
    """:func:`examine`, at most once a second in this process: the address is open to all, and each look costs."""
    global _kept
    with _one_at_a_time:
        if _kept is None or time.monotonic() - _kept[0] > KEPT_SECONDS:
            found = examine()
            _kept = (time.monotonic(), found)
        return _kept[1]


def _in_own_connection(check: Callable[[], Finding]) -> Finding:
    started = time.perf_counter()
    try:
        finding = check()
        return replace(finding, seconds=time.perf_counter() - started)
    finally:
        connection.close()


@never_cache
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """The process answers. Asks nothing of anybody."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """503 where something is missing without which no page can be served; 200 else. Admins see what and why."""
    able, found = examine()
    body: dict[str, Any] = {"ready": able}
    if able and request.user.is_authenticated and request.user.is_staff:
        body["parts"] = {name: {"ok": finding.ok, "about": finding.about} for name, finding in found.items()}
    return JsonResponse(body, status=200 if able else 503)
