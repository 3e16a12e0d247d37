"""The ledger's rules, kept by the database.

PostgreSQL: at commit every transaction that was added to must have as many entries as it says and sum to zero, and no
row may be changed or deleted. SQLite has no deferred trigger: the service keeps the balance there, a trigger keeps
rows from being changed.
"""

from django.db import migrations

POSTGRES = """
CREATE FUNCTION payments_ledger_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    txn uuid := CASE WHEN TG_TABLE_NAME = 'payments_ledgertransaction'
                     THEN (to_jsonb(NEW) ->> 'id')::uuid ELSE (to_jsonb(NEW) ->> 'transaction_id')::uuid END;
    wanted integer;
    found integer;
    total numeric;
BEGIN
    SELECT entry_count INTO wanted FROM payments_ledgertransaction WHERE id = txn;
    SELECT count(*), coalesce(sum(amount_paise), 0) INTO found, total
        FROM payments_ledgerentry WHERE transaction_id = txn;
    IF total <> 0 OR found <> wanted THEN
        RAISE EXCEPTION 'ledger transaction % does not balance: % of % entries, sum %', txn, found, wanted, total
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_balanced';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER ledger_balanced AFTER INSERT ON payments_ledgertransaction
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments_ledger_balanced();
CREATE CONSTRAINT TRIGGER ledger_balanced AFTER INSERT ON payments_ledgerentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments_ledger_balanced();

CREATE FUNCTION payments_ledger_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is only added to' USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_immutable';
END $$;

CREATE TRIGGER ledger_immutable BEFORE UPDATE OR DELETE ON payments_ledgertransaction
    FOR EACH ROW EXECUTE FUNCTION payments_ledger_immutable();
CREATE TRIGGER ledger_immutable BEFORE UPDATE OR DELETE ON payments_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION payments_ledger_immutable();
"""

POSTGRES_BACK = """
DROP TRIGGER ledger_immutable ON payments_ledgerentry;
DROP TRIGGER ledger_immutable ON payments_ledgertransaction;
DROP TRIGGER ledger_balanced ON payments_ledgerentry;
DROP TRIGGER ledger_balanced ON payments_ledgertransaction;
DROP FUNCTION payments_ledger_immutable();
DROP FUNCTION payments_ledger_balanced();
"""

SQLITE_TABLES = ("payments_ledgertransaction", "payments_ledgerentry")


def guard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRES, params=None)
        return
    for table in SQLITE_TABLES:
        schema_editor.execute(
            f"CREATE TRIGGER {table}_immutable BEFORE UPDATE ON {table} "
            "BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END"
        )


def unguard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRES_BACK, params=None)
        return
    for table in SQLITE_TABLES:
        schema_editor.execute(f"DROP TRIGGER {table}_immutable")


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]

    operations = [migrations.RunPython(guard, unguard, elidable=False)]
