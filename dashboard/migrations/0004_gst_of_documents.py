"""The GST of a day is what its documents say: who has issued one with GST has all days counted anew by the schedule.

Until then none of their kept days is used, as after a change of zone: no page shows two ways of counting in one sum.
"""

from typing import Any

from django.db import migrations
from django.utils import timezone


def count_anew(apps: Any, schema_editor: Any) -> None:
    Invoice, Kept = apps.get_model("payments", "Invoice"), apps.get_model("dashboard", "FiguresKept")
    Daily = apps.get_model("dashboard", "DailyAnalytics")
    told = Kept.objects.filter(consultant__in=Daily.objects.exclude(gst_paise=0).values("consultant"))
    taxed = Kept.objects.filter(consultant__in=Invoice.objects.filter(gst_basis_points__gt=0).values("consultant"))
    (told | taxed).update(timezone="", due_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [
        ("dashboard", "0003_quoted_hours"),
        ("payments", "0008_nudges"),
    ]

    operations = [migrations.RunPython(count_anew, migrations.RunPython.noop, elidable=True)]
