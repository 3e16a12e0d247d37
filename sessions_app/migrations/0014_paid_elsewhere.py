from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("sessions_app", "0013_given_up")]

    operations = [
        migrations.AddField(
            model_name="session",
            name="elsewhere_paise",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddConstraint(
            model_name="session",
            constraint=models.CheckConstraint(
                condition=Q(elsewhere_paise=0) | Q(total_paise=F("paid_paise") + F("elsewhere_paise")),
                name="session_elsewhere_is_the_rest",
            ),
        ),
    ]
