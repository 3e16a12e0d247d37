"""Counting who opens a consultant's pages: by us, without a cookie, and without keeping anybody's data.

A visitor is a hash of the address, the browser's name for itself and the consultant, under a salt that lives as long as
the day (docs/decisions/0017). Once the day is kept its rows are added up and deleted, and the salt after them.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from consultants.models import Consultant
from dashboard.figures.keeping import local_day
from dashboard.models import Visit, VisitSalt

PAGE, BOOKING = "page", "booking"
COLUMNS = {PAGE: "page_views", BOOKING: "booking_views"}
# Programs that say what they are. Whatever runs no script never gets here, and that is most of them.
_BOTS = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|preview|headless|lighthouse|monitor|scan|fetch|curl|wget|python|java/|go-http|"
    r"httpx|axios|facebookexternalhit|whatsapp|telegram|phantom|puppeteer|playwright|selenium",
    re.IGNORECASE,
)
_salts: dict[date, str] = {}  # of this process; those of yesterday and today


def is_program(browser: str) -> bool:
    """Whether what calls itself ``browser`` is no person's browser, as far as it says."""
    return len(browser) < 20 or _BOTS.search(browser) is not None


def count_view(*, consultant: Consultant, place: str, address: str, browser: str) -> None:
    """Count that somebody has opened ``place`` (the page, or a booking page) of ``consultant``."""
    day = local_day(consultant, timezone.now())
    column = COLUMNS[place]
    mine = {"consultant_id": consultant.pk, "day": day, "visitor": _visitor(consultant.pk, day, address, browser)}
    again = Visit.objects.filter(**mine)
    if again.update(**{column: F(column) + 1}):
        return
    try:
        with transaction.atomic():
            Visit.objects.create(**mine, **{column: 1})
    except IntegrityError:  # the same visitor's other page was first
        again.update(**{column: F(column) + 1})


def _visitor(consultant_id: UUID, day: date, address: str, browser: str) -> str:
    words = f"{consultant_id}|{address}|{browser}".encode()
    return hashlib.blake2b(words, key=bytes.fromhex(_salt(day)), digest_size=16).hexdigest()


def _salt(day: date) -> str:
    if day not in _salts:
        VisitSalt.objects.bulk_create([VisitSalt(day=day, salt=secrets.token_hex(32))], ignore_conflicts=True)
        for old in [known for known in _salts if abs((known - day).days) > 1]:
            del _salts[old]
        _salts[day] = VisitSalt.objects.values_list("salt", flat=True).get(day=day)
    return _salts[day]
