from django.db import migrations
from django.db.models import F


def mark(apps, schema_editor):
    """Those who were erased before their rows said so are known by their address."""
    rows = apps.get_model("clients", "Client").objects.filter(email__endswith="@erased.invalid", user__isnull=True)
    rows.update(erased_at=F("updated_at"))


class Migration(migrations.Migration):

    dependencies = [("clients", "0003_kept_of_clients")]

    operations = [migrations.RunPython(mark, migrations.RunPython.noop)]
