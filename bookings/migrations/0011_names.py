from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bookings", "0010_request_mail")]

    operations = [
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                condition=models.Q(("session__isnull", False), models.Q(("contact_name", ""), _negated=True)),
                fields=["consultant"],
                include=("contact_name", "session"),
                name="booking_names",
            ),
        ),
    ]
