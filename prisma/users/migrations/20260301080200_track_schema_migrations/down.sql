DROP VIEW IF EXISTS schema_migrations;
