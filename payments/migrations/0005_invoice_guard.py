"""A document that was issued does not change, whoever asks: kept by the database too."""

from django.db import migrations

TABLE = "payments_invoice"
POSTGRES = f"""
CREATE FUNCTION {TABLE}_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a document that was issued does not change'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_immutable';
END $$;
CREATE TRIGGER invoice_immutable BEFORE UPDATE OR DELETE ON {TABLE}
    FOR EACH ROW EXECUTE FUNCTION {TABLE}_immutable();
"""
POSTGRES_BACK = f"DROP TRIGGER invoice_immutable ON {TABLE}; DROP FUNCTION {TABLE}_immutable();"
# Deleting stays possible on SQLite: tests empty tables with it, and the model refuses it.
SQLITE = (
    f"CREATE TRIGGER {TABLE}_immutable BEFORE UPDATE ON {TABLE} "
    "BEGIN SELECT RAISE(ABORT, 'a document that was issued does not change'); END"
)


def guard(apps, schema_editor):
    postgres = schema_editor.connection.vendor == "postgresql"
    schema_editor.execute(POSTGRES if postgres else SQLITE, params=None)


def unguard(apps, schema_editor):
    postgres = schema_editor.connection.vendor == "postgresql"
    schema_editor.execute(POSTGRES_BACK if postgres else f"DROP TRIGGER {TABLE}_immutable", params=None)


class Migration(migrations.Migration):
    dependencies = [("payments", "0004_invoices")]

    operations = [migrations.RunPython(guard, unguard, elidable=False)]
