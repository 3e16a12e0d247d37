import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sessions_app", "0016_files_of_a_chat"),
    ]

    operations = [
        migrations.AlterField(
            model_name="attachment",
            name="conversation",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="files",
                to="sessions_app.conversation",
            ),
        ),
        migrations.AddIndex(
            model_name="attachment",
            index=models.Index(fields=["conversation", "created_at"], name="attachment_of_conversation"),
        ),
    ]
