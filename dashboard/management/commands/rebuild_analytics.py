"""``manage.py rebuild_analytics``: count the kept figures anew, from the first day on."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from consultants.models import Consultant
from dashboard.figures.keeping import keep


class Command(BaseCommand):
    help = (
        "Count every day's figures anew from sessions, bookings and the ledger. Page views stay as they were counted."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", nargs="*", help="only these consultants, by the address of their page")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = Consultant.objects.order_by("pk")
        if slugs := options["slug"]:
            wanted = wanted.filter(slug__in=slugs)
            if missing := set(slugs) - set(wanted.values_list("slug", flat=True)):
                raise CommandError(f"There is no consultant at: {', '.join(sorted(missing))}")
        for pk, slug in wanted.values_list("pk", "slug").iterator():
            self.stdout.write(f"{slug}: {keep(pk, anew=True)} days")
