"""Everything that runs again and again, in one list. The rows that beat reads are made from it after each migrate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

KEPT_HERE = "Kept by naksha/schedule.py; switch it off here if you must, change it there."


@dataclass(frozen=True)
class Every:
    seconds: int
    task: str


EVERY: tuple[Every, ...] = (
    Every(30, "naksha.web.tasks.heartbeat"),
    Every(60 * 60, "accounts.tasks.forget_old"),
    Every(30, "notifications.tasks.sweep_mail"),
    Every(30, "bookings.tasks.expire_due"),
    Every(60, "bookings.tasks.mail_requests"),
    Every(5 * 60, "bookings.tasks.offer_waiting"),
    Every(30, "sessions_app.tasks.send_reminders"),
    Every(60, "sessions_app.tasks.move_on"),
    Every(60, "sessions_app.tasks.follow_up_due"),
    Every(30, "sessions_app.tasks.send_digests"),
    Every(10 * 60, "sessions_app.tasks.sweep_uploads"),
    Every(60, "quotations.tasks.lapse_due"),
    Every(60, "quotations.tasks.send_reminders"),
    Every(10 * 60, "availability.tasks.sweep_expired"),
    Every(6 * 60 * 60, "notifications.tasks.wipe_mail"),
    Every(60, "notifications.tasks.sweep_broadcasts"),
    Every(60, "consultants.tasks.sweep_suspensions"),
    Every(60, "clients.tasks.sweep_imports"),
    Every(24 * 60 * 60, "notifications.tasks.wipe_notifications"),
    Every(30, "meetings.tasks.sweep_rooms"),
    Every(10 * 60, "client_area.tasks.sweep_files"),
    Every(60, "dashboard.tasks.keep_figures"),
    Every(60, "payments.tasks.sweep"),
    Every(60, "payments.tasks.reconcile_due"),
)


def sync(tasks: tuple[Every, ...] = EVERY) -> None:
    """Make beat's rows say what ``tasks`` says, writing only differences. What was switched off stays off."""
    from django_celery_beat.models import IntervalSchedule, PeriodicTask

    kept = {row.name: row for row in PeriodicTask.objects.filter(description=KEPT_HERE).select_related("interval")}
    for every in tasks:
        row = kept.pop(every.task, None)
        if row is not None and row.interval and (row.interval.every, row.expire_seconds) == (every.seconds,) * 2:
            continue
        interval, _ = IntervalSchedule.objects.get_or_create(every=every.seconds, period=IntervalSchedule.SECONDS)
        values = {"task": every.task, "interval": interval, "description": KEPT_HERE}
        # One that no worker took before the next is due is worth nothing: a queue that stood still does not flood.
        values["expire_seconds"] = every.seconds
        PeriodicTask.objects.update_or_create(name=every.task, defaults=values)
    for gone in kept.values():
        gone.delete()


def sync_after_migrate(*, using: str, **_: Any) -> None:
    """Receiver of ``post_migrate``. Does nothing where beat's tables are not there (migrated back to zero)."""
    from django.db import connections
    from django_celery_beat.models import PeriodicTask

    if using == "default" and PeriodicTask._meta.db_table in connections[using].introspection.table_names():
        sync()
