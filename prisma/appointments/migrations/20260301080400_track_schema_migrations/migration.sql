-- The versions that are applied, in the form that operators know; Prisma's table is the one record of them.
-- That table is not there when Prisma replays the migrations in a shadow database.
DO $$
BEGIN
    IF to_regclass('_prisma_migrations') IS NOT NULL THEN
        CREATE VIEW schema_migrations AS
        SELECT migration_name AS version, finished_at AT TIME ZONE 'UTC' AS applied_at
        FROM _prisma_migrations
        WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL;
    END IF;
END;
$$;
