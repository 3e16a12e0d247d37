from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sessions_app", "0011_saved_views")]

    operations = [
        migrations.AddField(
            model_name="reminder",
            name="put_off_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
