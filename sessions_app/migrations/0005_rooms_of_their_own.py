"""A meeting's address moves from the session's place into a room of its own: the place is told, the room is not."""

from django.db import migrations

BATCH = 1000


def into_rooms(apps, schema_editor):
    Session = apps.get_model("sessions_app", "Session")
    Room = apps.get_model("meetings", "Room")
    while found := list(
        Session.objects.filter(platform="jitsi", place__startswith="https://").values_list("pk", "place")[:BATCH]
    ):
        Room.objects.bulk_create(
            [
                Room(subject_id=pk, provider="jitsi", status="ready", name=place.rpartition("/")[2][:120], url=place)
                for pk, place in found
            ],
            ignore_conflicts=True,
        )
        Session.objects.filter(pk__in=[pk for pk, _place in found]).update(place="")


def into_places(apps, schema_editor):
    Session = apps.get_model("sessions_app", "Session")
    Room = apps.get_model("meetings", "Room")
    for room in Room.objects.filter(provider="jitsi", status="ready").iterator():
        Session.objects.filter(pk=room.subject_id, platform="jitsi", place="").update(place=room.url)


class Migration(migrations.Migration):
    dependencies = [("sessions_app", "0004_rooms"), ("meetings", "0001_rooms")]

    operations = [migrations.RunPython(into_rooms, into_places, elidable=True)]
