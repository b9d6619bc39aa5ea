-- Has every statement that changes a table recorded, a bulk load as one entry. Called once for each table, and again
-- by a migration that adds columns to it. `record_key` is an SQL expression of the row as text; `record_number` and
-- `patient_key` are expressions of integers, or NULL where there is none. Up to a thousand records are named by their
-- keys, more of them by the ranges of their numbers.
--
-- Who acted is what the transaction says of itself in the setting caregraph.audit_context, which its service vouches
-- for; without one it is the role of the database. A context that names nobody, or does not fit, refuses the change.
CREATE PROCEDURE audit_table(audited TEXT, record_key TEXT, record_number TEXT, patient_key TEXT)
AS $procedure$
DECLARE
    -- Everything is named with its schema: neither a search path nor a temporary table leads an entry astray.
    schema_name NAME := (SELECT nspname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
        WHERE pg_class.oid = audited::regclass);
    table_name NAME := (SELECT relname FROM pg_class WHERE oid = audited::regclass);
    qualified_table TEXT := format('%I.%I', schema_name, table_name);
    qualified_function TEXT := format('%I.%I', schema_name, 'record_' || table_name || '_changes');
    records_of TEXT := format('SELECT %s AS key, %s::bigint AS number, %s::integer AS patient FROM ',
        record_key, COALESCE(record_number, 'NULL'), COALESCE(patient_key, 'NULL'));
    -- What an update takes from one record, or one patient, to another is named under both.
    matched TEXT := format(
        '(SELECT *, %1$s AS audited_key FROM former) AS former
            FULL JOIN (SELECT *, %1$s AS audited_key FROM latter) AS latter USING (audited_key)', record_key);
    -- What a trigger computes says nothing about who changed what.
    changed TEXT := (
        SELECT format('array_remove(ARRAY[%s], NULL)', string_agg(
            format('CASE WHEN bool_or(former.%1$I IS DISTINCT FROM latter.%1$I) THEN %1$L END', attname),
            ', ' ORDER BY attnum))
        FROM pg_attribute
        WHERE attrelid = audited::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
            AND attname NOT IN ('version', 'updated_at'));
    -- The entry, given the action, the fields, what counts the records, and what lists them.
    entry TEXT := replace(replace($entry$
                INSERT INTO <schema>.audit_entries (
                    source, action, outcome, operation, record_type, record_count, record_ids, record_ranges,
                    patient_ids, patient_ranges, fields, actor_kind, actor_user_id, actor_role, actor_name, session_id,
                    address, user_agent, request_id, attested_at, attestation
                )
                SELECT
                    'trigger', %1$L, 'success', TG_OP, <table>, change.*,
                    COALESCE(context ->> 'actorKind', 'database'), (context ->> 'actorUserId')::integer,
                    context ->> 'actorRole', CASE WHEN context IS NULL THEN session_user ELSE context ->> 'actorName' END,
                    context ->> 'sessionId', context ->> 'address', context ->> 'userAgent', context ->> 'requestId',
                    (context ->> 'attestedAt')::timestamp, decode(context ->> 'attestation', 'base64')
                FROM (
                    SELECT
                        count(*) AS records,
                        CASE WHEN count(*) > 1000 THEN '{}'
                            ELSE ARRAY(SELECT DISTINCT key FROM (%4$s) AS record WHERE key IS NOT NULL) END,
                        CASE WHEN count(*) > 1000 THEN (
                            SELECT range_agg(int8range(number, number, '[]'))
                            FROM (%4$s) AS record WHERE number IS NOT NULL) END,
                        CASE WHEN count(*) > 1000 THEN '{}'
                            ELSE ARRAY(SELECT DISTINCT patient FROM (%4$s) AS record WHERE patient IS NOT NULL) END,
                        CASE WHEN count(*) > 1000 THEN (
                            SELECT range_agg(int8range(patient, patient, '[]'))
                            FROM (%4$s) AS record WHERE patient IS NOT NULL) END,
                        %2$s::text[]
                    FROM %3$s
                ) AS change
                WHERE records > 0 OR TG_OP = 'TRUNCATE';
        $entry$, '<schema>', quote_ident(schema_name)), '<table>', quote_literal(table_name));
BEGIN
    EXECUTE format($function$
        CREATE OR REPLACE FUNCTION %s()
        RETURNS TRIGGER AS $body$
        DECLARE
            context JSONB := NULLIF(current_setting('caregraph.audit_context', true), '')::jsonb;
        BEGIN
            IF NOT COALESCE(
                CASE context ->> 'actorKind'
                    WHEN 'user' THEN context ->> 'actorUserId' IS NOT NULL
                    WHEN 'service' THEN context ->> 'actorName' IS NOT NULL
                    WHEN 'anonymous' THEN true
                END, context IS NULL)
            THEN
                RAISE EXCEPTION 'The setting caregraph.audit_context does not say who acts.'
                    USING ERRCODE = 'invalid_parameter_value';
            END IF;
            CASE TG_OP
                WHEN 'INSERT' THEN %s
                WHEN 'UPDATE' THEN %s
                WHEN 'DELETE' THEN %s
                WHEN 'TRUNCATE' THEN %s
            END CASE;
            RETURN NULL;
        END;
        $body$ LANGUAGE plpgsql SECURITY DEFINER SET search_path TO pg_catalog, pg_temp
        $function$,
        qualified_function,
        format(entry, 'create', '''{}''', 'latter', records_of || 'latter'),
        format(entry, 'update', changed, matched, records_of || 'former UNION ALL ' || records_of || 'latter'),
        format(entry, 'delete', '''{}''', 'former', records_of || 'former'),
        format(entry, 'delete', '''{}''', qualified_table, records_of || qualified_table));
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', qualified_function);
    EXECUTE format(
        'CREATE OR REPLACE TRIGGER record_inserts AFTER INSERT ON %s REFERENCING NEW TABLE AS latter
            FOR EACH STATEMENT EXECUTE FUNCTION %s()', qualified_table, qualified_function);
    EXECUTE format(
        'CREATE OR REPLACE TRIGGER record_updates AFTER UPDATE ON %s
            REFERENCING OLD TABLE AS former NEW TABLE AS latter
            FOR EACH STATEMENT EXECUTE FUNCTION %s()', qualified_table, qualified_function);
    EXECUTE format(
        'CREATE OR REPLACE TRIGGER record_deletes AFTER DELETE ON %s REFERENCING OLD TABLE AS former
            FOR EACH STATEMENT EXECUTE FUNCTION %s()', qualified_table, qualified_function);
    -- Before, as long as the records are there to be named.
    EXECUTE format(
        'CREATE OR REPLACE TRIGGER record_truncations BEFORE TRUNCATE ON %s
            FOR EACH STATEMENT EXECUTE FUNCTION %s()', qualified_table, qualified_function);
    EXECUTE format(
        'ALTER TABLE %s ENABLE ALWAYS TRIGGER record_inserts, ENABLE ALWAYS TRIGGER record_updates,
            ENABLE ALWAYS TRIGGER record_deletes, ENABLE ALWAYS TRIGGER record_truncations', qualified_table);
END;
$procedure$ LANGUAGE plpgsql;

CALL audit_table('appointments', 'id::text', 'id', 'patient_id');
CALL audit_table('doctor_schedules', 'id::text', 'id', NULL);
CALL audit_table('doctor_calendars', 'doctor_id::text', 'doctor_id', NULL);
CALL audit_table('booking_requests', 'appointment_id::text', 'appointment_id', NULL);
