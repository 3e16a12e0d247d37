"""The guard: two exclusive rows of one consultant never overlap, whatever the code above does.

A later migration that makes SQLite rebuild ``availability_occupancy`` (an altered column) drops its triggers;
it has to call :func:`make_guard` again. ``availability/tests/test_guard.py`` fails if it does not.
"""

from django.db import migrations

NAME = "occupancy_no_overlap"

POSTGRESQL = [
    "CREATE EXTENSION IF NOT EXISTS btree_gist",
    f"""
    ALTER TABLE availability_occupancy ADD CONSTRAINT {NAME}
    EXCLUDE USING gist (consultant_id WITH =, tstzrange(starts_at, ends_at, '[)') WITH &&)
    WHERE (kind IN ('hold', 'session', 'block'))
    """,
]

# SQLite keeps an instant as text of fixed width in UTC, "2026-11-24 11:00:00", with ".ffffff" after it only where
# there are microseconds. Such texts sort as the instants do, so they are compared as they are, over the index.
_OVERLAP = f"""
    SELECT RAISE(ABORT, '{NAME}') WHERE EXISTS (
        SELECT 1 FROM availability_occupancy AS other
        WHERE other.consultant_id = NEW.consultant_id
          AND other.ends_at > NEW.starts_at AND other.starts_at < NEW.ends_at
          AND other.kind IN ('hold', 'session', 'block') AND other.id <> NEW.id
    );
"""
SQLITE = [
    f"""
    CREATE TRIGGER {NAME}_{name} BEFORE {event} ON availability_occupancy FOR EACH ROW
    WHEN NEW.kind IN ('hold', 'session', 'block')
    BEGIN {_OVERLAP} END
    """
    for name, event in (
        ("insert", "INSERT"),
        ("update", "UPDATE OF id, consultant_id, kind, starts_at, ends_at"),
    )
]


def _run(schema_editor, statements):
    with schema_editor.connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def make_guard(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    if vendor not in ("postgresql", "sqlite"):
        raise NotImplementedError(f"No overlap guard is written for {vendor}.")
    _run(schema_editor, POSTGRESQL if vendor == "postgresql" else SQLITE)


def drop_guard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        _run(schema_editor, [f"ALTER TABLE availability_occupancy DROP CONSTRAINT {NAME}"])
    else:
        _run(schema_editor, [f"DROP TRIGGER {NAME}_{event}" for event in ("insert", "update")])


class Migration(migrations.Migration):
    dependencies = [("availability", "0001_initial")]
    operations = [migrations.RunPython(make_guard, drop_guard)]
