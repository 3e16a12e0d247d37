import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def find_conversations(apps, schema_editor):
    message = apps.get_model("sessions_app", "Message")
    its = message.objects.filter(pk=OuterRef("message")).values("conversation")[:1]
    apps.get_model("sessions_app", "Attachment").objects.update(conversation=Subquery(its))


class Migration(migrations.Migration):
    dependencies = [
        ("sessions_app", "0015_lean_messages"),
    ]

    operations = [
        migrations.AddField(
            model_name="attachment",
            name="conversation",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="files",
                to="sessions_app.conversation",
            ),
        ),
        migrations.RunPython(find_conversations, migrations.RunPython.noop),
    ]
