"""``python -m bench.pure CONSULTANT``: the month of free slots without the database, in milliseconds."""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from datetime import timedelta
from uuid import UUID

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")


def main() -> None:
    from django.utils import timezone

    from availability import engine, slots

    pk, now = UUID(sys.argv[1]), timezone.now()
    first, last = timezone.localdate(), timezone.localdate() + timedelta(days=30)
    rules = slots.rules_of([pk], first, last)
    taken = slots.taken_of(rules, first, last, minutes=30, now=now)[pk]
    took = []
    for _ in range(300):
        started = time.perf_counter()
        engine.free_starts(
            rules[pk],
            minutes=30,
            busy=taken.busy,
            taken_by_day=taken.by_day,
            now=now.timestamp(),
            first=first,
            last=last,
        )
        took.append((time.perf_counter() - started) * 1000)
    json.dump({"p50_ms": round(statistics.median(took), 3), "slowest_ms": round(max(took), 3)}, sys.stdout)


if __name__ == "__main__":
    django.setup()
    main()
