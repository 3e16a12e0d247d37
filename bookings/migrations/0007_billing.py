from typing import Any

from django.db import migrations, models
from django.db.models import F, OuterRef, Subquery


def freeze_what_is_known(apps: Any, schema_editor: Any) -> None:
    """A booking that was made by its client's own login named the GSTIN that the client row has; now it keeps it."""
    Booking = apps.get_model("bookings", "Booking")
    Client = apps.get_model("clients", "Client")
    own = Booking.objects.filter(booked_by=F("client__user")).exclude(client__gstin="").exclude(state_code="")
    gstin = Client.objects.filter(pk=OuterRef("client_id")).values("gstin")[:1]
    Booking.objects.filter(pk__in=own.values("pk")).update(gstin=Subquery(gstin))


class Migration(migrations.Migration):
    dependencies = [("bookings", "0006_closed_by_platform")]

    operations = [
        migrations.AddField(
            "booking",
            "billing_name",
            models.CharField(blank=True, default="", max_length=200, verbose_name="invoice made out to"),
        ),
        migrations.AddField(
            "booking",
            "billing_address",
            models.CharField(blank=True, default="", max_length=300, verbose_name="address on the invoice"),
        ),
        migrations.AddField(
            "booking", "gstin", models.CharField(blank=True, default="", max_length=15, verbose_name="GSTIN")
        ),
        migrations.RunPython(freeze_what_is_known, migrations.RunPython.noop),
    ]
