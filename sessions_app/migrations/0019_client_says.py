from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("sessions_app", "0018_tried_to_join")]

    operations = [
        migrations.AddField(
            model_name="session",
            name="client_asked_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="session",
            name="client_said_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="session",
            name="client_says",
            field=models.CharField(
                blank=True,
                choices=[("held", "It took place"), ("not_held", "It did not take place")],
                default="",
                max_length=8,
            ),
        ),
        migrations.AddConstraint(
            model_name="session",
            constraint=models.CheckConstraint(
                condition=Q(client_says="", client_said_at__isnull=True)
                | Q(client_says__in=["held", "not_held"], client_said_at__isnull=False, client_asked_at__isnull=False),
                name="session_client_says_when_asked",
            ),
        ),
    ]
