"""``manage.py lay_out``: bring the database up to date as ``migrate`` does, and sooner where it is empty."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from naksha.schema import laid_out_quickly


class Command(BaseCommand):
    help = "Bring the database up to date as migrate does, and sooner where it is empty."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        is_empty = not MigrationRecorder(connection).applied_migrations()
        with laid_out_quickly() if is_empty else nullcontext():
            call_command("migrate", interactive=False, verbosity=options["verbosity"])
