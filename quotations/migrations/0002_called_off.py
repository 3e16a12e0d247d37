from typing import Any

from django.db import migrations, models
from django.db.models import F, Q, Sum

WAS_ACCEPTED = Q(status__in=["accepted", "paid"]) | Q(ending="called_off")
CHANGED = {
    "quotation_known_state": Q(
        status__in=["draft", "sent", "viewed", "accepted", "paid", "declined", "expired"],
        ending__in=["", "lapsed", "revised", "withdrawn", "called_off"],
    ),
    "quotation_accepted_has_evidence": (WAS_ACCEPTED & Q(accepted_at__isnull=False) & ~Q(accepted_name=""))
    | (~WAS_ACCEPTED & Q(accepted_at__isnull=True, paid_paise=0)),
    "quotation_paid_is_whole": Q(
        status="paid", paid_at__isnull=False, paid_paise=F("total_paise"), refunding_paise=0
    )
    | ~Q(status="paid"),
    "quotation_refund_within_paid": Q(
        refunded_paise__lte=F("refunding_paise"), refunding_paise__lte=F("paid_paise")
    ),
}
ENDINGS = [
    ("lapsed", "Lapsed"),
    ("revised", "Replaced by a new version"),
    ("withdrawn", "Withdrawn"),
    ("called_off", "Called off"),
]


def read_off_what_was_promised(apps: Any, schema_editor: Any) -> None:
    """What goes back by our own books, of what was paid; where that is all of it, the work is called off."""
    Quotation, Payment = apps.get_model("quotations", "Quotation"), apps.get_model("payments", "Payment")
    for quotation in Quotation.objects.filter(paid_paise__gt=0).iterator():
        mine = Payment.objects.filter(payable_kind="quotation", payable_id=quotation.pk)
        promised = min(mine.aggregate(sum=Sum("refunding_paise"))["sum"] or 0, quotation.paid_paise)
        if not promised:
            continue
        quotation.refunding_paise, quotation.status = promised, "accepted"
        if promised == quotation.paid_paise:
            quotation.status, quotation.ending, quotation.closed_at = "expired", "called_off", quotation.updated_at
        quotation.save(update_fields=["refunding_paise", "status", "ending", "closed_at"])


class Migration(migrations.Migration):
    dependencies = [("payments", "0008_nudges"), ("quotations", "0001_initial")]

    operations = [
        *(migrations.RemoveConstraint("quotation", name) for name in CHANGED),
        migrations.AlterField(
            "quotation", "ending", models.CharField(blank=True, choices=ENDINGS, max_length=10)
        ),
        migrations.AddField("quotation", "refunding_paise", models.PositiveIntegerField(default=0)),
        migrations.RunPython(read_off_what_was_promised, migrations.RunPython.noop),
        *(
            migrations.AddConstraint("quotation", models.CheckConstraint(condition=condition, name=name))
            for name, condition in CHANGED.items()
        ),
    ]
