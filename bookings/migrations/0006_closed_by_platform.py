from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bookings", "0005_origin")]

    operations = [
        migrations.AddField(
            model_name="booking",
            name="closed_by_platform",
            field=models.BooleanField(default=False, verbose_name="closed by the platform"),
        ),
    ]
