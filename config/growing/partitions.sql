-- Divides the hub's entries into days. Run once, after `gate hub migrate` and before the first upload:
--     psql -v ON_ERROR_STOP=1 -f partitions.sql "$DATABASE"
-- then, each night, `CALL add_entry_days(current_date, 14)`. A day is one of UTC, by the scan's own time.
BEGIN;
LOCK TABLE ingest_entry;
DO $$
DECLARE
    guards text[];
    guard text;
BEGIN
    IF EXISTS (SELECT FROM ingest_entry) THEN
        RAISE EXCEPTION 'ingest_entry holds entries already; it can only be divided while it is empty';
    END IF;
    SELECT array_agg(pg_get_triggerdef(oid)) INTO guards
    FROM pg_trigger WHERE tgrelid = 'ingest_entry'::regclass AND NOT tgisinternal;
    ALTER TABLE ingest_entry RENAME TO ingest_entry_undivided;
    CREATE TABLE ingest_entry (LIKE ingest_entry_undivided INCLUDING CONSTRAINTS) PARTITION BY RANGE (at_ms);
    DROP TABLE ingest_entry_undivided;
    -- The time is in the key because PostgreSQL wants it there. That a number is stored once is then the
    -- promise of the journal's mark, which the hub moves under a lock, in the transaction that inserts.
    ALTER TABLE ingest_entry ADD PRIMARY KEY (journal_id, seq, at_ms);
    CREATE INDEX entry_of_a_site_by_time ON ingest_entry (site_id, at_ms);
    FOREACH guard IN ARRAY guards LOOP
        EXECUTE guard;
    END LOOP;
END $$;

-- For units whose clock was never set (1970), or is years ahead.
CREATE TABLE ingest_entry_other PARTITION OF ingest_entry DEFAULT;

CREATE PROCEDURE add_entry_days(first date, days integer) LANGUAGE plpgsql AS $$
DECLARE
    begins bigint;
BEGIN
    FOR offset_days IN 0 .. days - 1 LOOP
        begins := extract(epoch FROM first + offset_days) * 1000;
        EXECUTE format(
            'CREATE TABLE IF NOT EXISTS %I PARTITION OF ingest_entry FOR VALUES FROM (%s) TO (%s)',
            'ingest_entry_' || to_char(first + offset_days, 'YYYYMMDD'), begins, begins + 86400000
        );
    END LOOP;
END $$;

-- A gate that was off sends days late: the last month has its days too.
CALL add_entry_days(current_date - 30, 44);
COMMIT;
