from django.db import migrations, models
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    dependencies = [("bookings", "0011_names")]

    operations = [
        migrations.RemoveIndex(model_name="booking", name="booking_names"),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                "consultant",
                Upper("contact_name"),
                condition=models.Q(("session__isnull", False), models.Q(("contact_name", ""), _negated=True)),
                include=("contact_name", "session"),
                name="booking_by_name",
            ),
        ),
    ]
