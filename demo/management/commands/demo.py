"""``manage.py demo``: a small market to look at, always the same."""

from __future__ import annotations

import io
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, OutputWrapper

from accounts.models import User
from demo import market
from demo.quiet import in_a_hurry, nobody_listens
from demo.till import open_till


class Command(BaseCommand):
    help = "Fill an empty database of the embedded mode with a demo market. It touches no database that holds anybody."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.EMBEDDED or not settings.RAZORPAY_EMULATOR:
            raise CommandError("The demo market is made in the embedded mode, with the gateway's emulator, alone.")
        if User.objects.exists():
            raise CommandError("This database holds somebody already, so nothing was changed.")
        began = time.monotonic()
        if not options["verbosity"]:
            self.stdout = OutputWrapper(io.StringIO())
        with nobody_listens(), in_a_hurry(), open_till() as till:
            market.Market(till, self.stdout.write).make()
        self.stdout.write(f"Made in {time.monotonic() - began:.0f} s. Log in as:")
        for mail, (who, password) in settings.DEMO_LOGINS.items():
            self.stdout.write(f"  {who:<11}{mail:<32}{password}")
