"""Fields of practice, languages and cities: without them nobody could fill in a profile."""

from django.db import migrations

from consultants.places import CITIES, FIELDS, LANGUAGES


def add(apps, schema_editor):
    Field = apps.get_model("consultants", "Field")
    Language = apps.get_model("consultants", "Language")
    City = apps.get_model("consultants", "City")
    for order, (slug, name) in enumerate(FIELDS, start=1):
        Field.objects.get_or_create(slug=slug, defaults={"name": name, "order": order})
    for code, name, own_name in LANGUAGES:
        Language.objects.get_or_create(code=code, defaults={"name": name, "own_name": own_name})
    for slug, name, state_code, latitude, longitude in CITIES:
        City.objects.get_or_create(
            slug=slug, defaults={"name": name, "state_code": state_code, "latitude": latitude, "longitude": longitude}
        )


class Migration(migrations.Migration):
    dependencies = [("consultants", "0001_initial")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
