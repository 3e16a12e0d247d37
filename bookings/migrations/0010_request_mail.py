from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bookings", "0009_owing")]

    operations = [
        migrations.AddField(
            model_name="booking",
            name="request_mail_due_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                condition=models.Q(("request_mail_due_at__isnull", False), ("status", "pending")),
                fields=["request_mail_due_at"],
                name="booking_requests_to_mail",
            ),
        ),
    ]
