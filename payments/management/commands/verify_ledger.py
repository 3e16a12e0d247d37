"""Check the books, and say what is wrong: ``manage.py verify_ledger [--gateway DAYS]``."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from payments.models import Payment
from payments.services.checking import verify_ledger, verify_with_gateway


class Command(BaseCommand):
    help = "Checks that the ledger balances and agrees with payments and refunds. Fails if anything is wrong."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--gateway",
            type=int,
            metavar="DAYS",
            default=0,
            help="also ask the gateway about the payments of the last DAYS days",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        faults = verify_ledger()
        if options["gateway"]:
            since = timezone.now() - timedelta(days=options["gateway"])
            faults += verify_with_gateway(Payment.objects.filter(created_at__gte=since).iterator())
        for fault in faults:
            self.stdout.write(str(fault))
        if faults:
            raise CommandError(f"{len(faults)} things are wrong in the books")
        self.stdout.write(self.style.SUCCESS("The books agree to the paisa."))
