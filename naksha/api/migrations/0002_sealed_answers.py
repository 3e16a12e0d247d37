from typing import Any

from django.db import migrations

import naksha.crypto


def forget(apps: Any, schema_editor: Any) -> None:
    """What was kept in clear can't be read as sealed. A repeat within a day is work done once more, by services that
    do nothing twice."""
    apps.get_model("api", "KeptAnswer").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("api", "0001_initial")]

    operations = [
        migrations.RunPython(forget, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="keptanswer", name="body", field=naksha.crypto.EncryptedTextField(blank=True)
        ),
    ]
