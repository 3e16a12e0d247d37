"""``python -m bench.free CONSULTANT|all``: free times with the service that they are of, as JSON."""

from __future__ import annotations

import json
import os
import sys
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
EACH = 9  # of every consultant, so that rivals for one consultant's lock are as rare as in life


def main() -> None:
    from django.utils import timezone

    from availability.picker import start_text
    from availability.slots import free_slots
    from consultants.models import Consultant

    wanted = Consultant.objects.order_by("slug")
    if sys.argv[1] != "all":
        wanted = wanted.filter(pk=sys.argv[1])
    today = timezone.localdate()
    found = []
    for consultant in wanted:
        service = consultant.services.filter(price_paise__gt=0).first()
        if service is None:
            continue
        starts = free_slots(
            consultant=consultant, minutes=30, first=today + timedelta(days=1), last=today + timedelta(days=10)
        )
        chosen = starts[::2] if len(wanted) == 1 else starts[::6][:EACH]
        found += [{"slug": consultant.slug, "service": str(service.pk), "start": start_text(start)} for start in chosen]
    # Neighbours in the list are of different consultants.
    found.sort(key=lambda offer: (offer["start"], offer["slug"]))
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    django.setup()
    main()
