"""``Idempotency-Key``: the same key and body get the stored answer, also while the first is at work.

The row is written before the work begins, in a transaction of its own; its answer in the transaction of the work, so
that there is either both or neither. A process that dies in between leaves a claim that is taken over once it is old,
and nothing else. Work ``in_steps`` asks another machine and commits on the way: its answer is kept after it, and its
services know a repeat by themselves. Answers of 500 and above are not kept: they say nothing about the work.

A guest has no account: see :func:`_account`.
"""

from __future__ import annotations

import hashlib
import json
import time
import uuid
from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from naksha.api.errors import ApiError, refuse
from naksha.api.models import KeptAnswer
from naksha.web.address import client_address, neighbourhood

KEPT = timedelta(hours=24)
CLAIM = timedelta(seconds=90)
PATIENCE = 10.0  # seconds that a second request waits for the first
HEADER = "Idempotency-Key"


def once(request: Request, work: Callable[[], Response], *, in_steps: bool = False) -> Response:
    """``work()``, or the answer that it gave before to the same account, key and body."""
    key = request.headers.get(HEADER)
    if key is None:
        return work()
    if not 1 <= len(key) <= 255 or not key.isprintable():
        raise refuse("Idempotency-Key", _("A key has 1 to 255 characters."))
    account, fingerprint = _account(request, key), _fingerprint(request)
    row = _claim(account, key, fingerprint)
    if isinstance(row, Response):
        return row
    try:
        with nullcontext() if in_steps else transaction.atomic():
            response = work()
            if response.status_code >= 500:
                _let_go(row)
            elif not _store(row, response.status_code, response.data) and not in_steps:
                raise ApiError(
                    "INVALID_STATE", 409, _("This took too long, and another request with this key goes on.")
                )
    except Exception as error:
        _keep_error(row, error, request)
        raise
    return response


def name_of(request: Request) -> str:
    """The key of ``request`` under a name that no other account's key has; empty without one."""
    key = request.headers.get(HEADER, "")
    return hashlib.sha256(f"{_account(request, key)}\n{key}".encode()).hexdigest() if key else ""


def _keep_error(row: KeptAnswer, error: Exception, request: Request) -> None:
    from naksha.api.errors import handler

    told = handler(error, {"request": request})
    if told is None or told.status_code >= 500 or told.status_code in (401, 429):
        _let_go(row)
    else:
        _store(row, told.status_code, told.data)


def _store(row: KeptAnswer, status: int, data: Any) -> bool:
    """Keep the answer. False where the claim is no longer ours."""
    from rest_framework.utils.encoders import JSONEncoder

    return bool(_ours(row).update(status=status, body=json.dumps(data, cls=JSONEncoder)))


def _let_go(row: KeptAnswer) -> None:
    _ours(row).delete()


def _ours(row: KeptAnswer) -> QuerySet[KeptAnswer]:
    """The claim as we have made it: not one that is answered, or that somebody has taken over."""
    return KeptAnswer.objects.filter(pk=row.pk, status__isnull=True, claimed_at=row.claimed_at)


def _claim(account: str, key: str, fingerprint: str) -> KeptAnswer | Response:
    deadline = time.monotonic() + PATIENCE
    while True:
        now = timezone.now()
        KeptAnswer.objects.filter(account=account, key=key, created_at__lt=now - KEPT).delete()
        try:
            with transaction.atomic():
                return KeptAnswer.objects.create(account=account, key=key, fingerprint=fingerprint)
        except IntegrityError:
            row = KeptAnswer.objects.filter(account=account, key=key).first()
        if row is None:
            continue  # the first has failed meanwhile: it is ours to try
        if row.fingerprint != fingerprint:
            raise ApiError(
                "IDEMPOTENCY_CONFLICT", 422, _("This Idempotency-Key was used for another request. Make a new one.")
            )
        if row.status is not None:
            return Response(json.loads(row.body), status=row.status, headers={"Idempotent-Replayed": "true"})
        dead = KeptAnswer.objects.filter(pk=row.pk, status__isnull=True, claimed_at__lt=now - CLAIM)
        if dead.update(claimed_at=now):
            row.claimed_at = now
            return row
        if time.monotonic() > deadline:
            raise ApiError(
                "INVALID_STATE", 409, _("The first request with this key is still at work. Ask again in a moment.")
            )
        time.sleep(0.05)


def _account(request: Request, key: str) -> str:
    """Whose ``key`` it is. A guest's that was made at random is known by itself: whoever brings it is its maker, on
    whatever network their phone is by then. One that somebody else might think of counts at one address alone."""
    user = request.user
    if user is not None and user.is_authenticated:
        return str(user.pk)
    if _is_random(key):
        return "guest"
    return hashlib.sha256(f"guest:{neighbourhood(client_address(request))}".encode()).hexdigest()


def _is_random(key: str) -> bool:
    """Whether it is a UUID of 74 random bits or more (RFC 9562, versions 4 and 7)."""
    try:
        return uuid.UUID(key).version in (4, 7)
    except ValueError:
        return False


def _fingerprint(request: Request) -> str:
    body = json.dumps(request.data, sort_keys=True, default=str)
    return hashlib.sha256(f"{request.method} {request.path_info}\n{body}".encode()).hexdigest()


def forget_old() -> int:
    """Drop what is older than a day. Returns how many rows."""
    gone, _each = KeptAnswer.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
    return gone
