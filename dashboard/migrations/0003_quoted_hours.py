"""Sessions that were made of a quotation's work count as the quotation's: the days that are kept and have one are
counted again by the schedule."""

from typing import Any
from zoneinfo import ZoneInfo

from django.db import migrations


def count_again(apps: Any, schema_editor: Any) -> None:
    Session, QuotedSession = apps.get_model("sessions_app", "Session"), apps.get_model("quotations", "QuotedSession")
    Kept, StaleDay = apps.get_model("dashboard", "FiguresKept"), apps.get_model("dashboard", "StaleDay")
    quoted = Session.objects.filter(pk__in=QuotedSession.objects.values("session_id"))
    for kept in Kept.objects.filter(consultant__in=quoted.values("consultant")):
        moments = quoted.filter(consultant=kept.consultant_id).values_list("starts_at", flat=True)
        days = {moment.astimezone(ZoneInfo(kept.timezone)).date() for moment in moments.iterator()}
        StaleDay.objects.bulk_create(
            StaleDay(consultant_id=kept.consultant_id, day=day) for day in sorted(days) if day <= kept.through
        )


class Migration(migrations.Migration):
    dependencies = [
        ("dashboard", "0002_calendar_feed"),
        ("quotations", "0002_called_off"),
        ("sessions_app", "0013_given_up"),
    ]

    operations = [migrations.RunPython(count_again, migrations.RunPython.noop, elidable=True)]
