-- The functions below find this schema's tables whoever calls them, and no temporary table of the same name.
SELECT set_config('search_path', current_setting('search_path') || ', pg_temp', true);

-- Adds one entry for what one statement did to one table. Who acted is what the transaction says of itself in the
-- setting caregraph.audit_context, which its service vouches for; otherwise it is the role of the database.
CREATE FUNCTION record_change(
    record_type TEXT, operation TEXT, record_count BIGINT,
    record_ids TEXT[], record_ranges INT8MULTIRANGE,
    patient_ids INTEGER[], patient_ranges INT8MULTIRANGE,
    fields TEXT[]
)
RETURNS VOID AS $$
DECLARE
    context JSONB := NULLIF(current_setting('caregraph.audit_context', true), '')::jsonb;
BEGIN
    INSERT INTO audit_entries (
        source, action, outcome, record_type, record_count, record_ids, record_ranges, patient_ids, patient_ranges,
        fields, operation, actor_kind, actor_user_id, actor_role, actor_name, session_id, address, user_agent,
        request_id, attested_at, attestation
    ) VALUES (
        'trigger',
        CASE operation WHEN 'INSERT' THEN 'create' WHEN 'UPDATE' THEN 'update' ELSE 'delete' END,
        'success', record_type, record_count, COALESCE(record_ids, '{}'), record_ranges,
        COALESCE(patient_ids, '{}'), patient_ranges, COALESCE(fields, '{}'), operation,
        COALESCE(context ->> 'actorKind', 'database'), (context ->> 'actorUserId')::integer, context ->> 'actorRole',
        CASE WHEN context IS NULL THEN session_user ELSE context ->> 'actorName' END,
        context ->> 'sessionId', context ->> 'address', context ->> 'userAgent', context ->> 'requestId',
        (context ->> 'attestedAt')::timestamp, decode(context ->> 'attestation', 'base64')
    );
END;
$$ LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT;
REVOKE EXECUTE ON FUNCTION record_change FROM PUBLIC;

-- Has every statement that changes a table recorded, a bulk load as one entry. Called once for each table, and again
-- by a migration that adds columns to it. `record_key` is an SQL expression of the row as text; `record_number` and
-- `patient_key` are expressions of integers, or NULL where there is none.
CREATE PROCEDURE audit_table(audited TEXT, record_key TEXT, record_number TEXT, patient_key TEXT)
AS $procedure$
DECLARE
    function_name TEXT := 'record_' || audited || '_changes';
    -- What a trigger computes says nothing about who changed what.
    compared TEXT := (
        SELECT string_agg(
            format('CASE WHEN bool_or(former.%1$I IS DISTINCT FROM latter.%1$I) THEN %1$L END', attname),
            ', ' ORDER BY attnum)
        FROM pg_attribute
        WHERE attrelid = audited::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
            AND attname NOT IN ('version', 'updated_at'));
    ids_of TEXT := 'CASE WHEN count(*) <= 1000 THEN array_agg(DISTINCT %1$s) END';
    ranges_of TEXT := 'CASE WHEN count(*) > 1000 THEN range_agg(int8range(%1$s, %1$s, ''[]'')) END';
    keys TEXT := concat_ws(', ',
        'count(*)',
        format(ids_of, record_key),
        CASE WHEN record_number IS NULL THEN 'NULL' ELSE format(ranges_of, record_number) END,
        CASE WHEN patient_key IS NULL THEN 'NULL' ELSE format(ids_of, patient_key) END,
        CASE WHEN patient_key IS NULL THEN 'NULL' ELSE format(ranges_of, patient_key) END);
BEGIN
    EXECUTE format($function$
        CREATE OR REPLACE FUNCTION %1$I()
        RETURNS TRIGGER AS $body$
        DECLARE
            records BIGINT;
            ids TEXT[];
            ranges INT8MULTIRANGE;
            patients INTEGER[];
            patient_ranges INT8MULTIRANGE;
            changed TEXT[] := '{}';
        BEGIN
            CASE TG_OP
                WHEN 'INSERT' THEN
                    SELECT %3$s INTO records, ids, ranges, patients, patient_ranges FROM latter;
                WHEN 'DELETE' THEN
                    SELECT %3$s INTO records, ids, ranges, patients, patient_ranges FROM former;
                WHEN 'UPDATE' THEN
                    SELECT %3$s INTO records, ids, ranges, patients, patient_ranges FROM latter;
                    SELECT array_remove(ARRAY[%4$s], NULL) INTO changed
                    FROM (SELECT *, %5$s AS audited_key FROM former) AS former
                    FULL JOIN (SELECT *, %5$s AS audited_key FROM latter) AS latter USING (audited_key);
                ELSE
                    records := NULL;
            END CASE;
            IF records = 0 THEN
                RETURN NULL;
            END IF;
            PERFORM record_change(
                %2$L, TG_OP, COALESCE(records, 0), ids, ranges, patients, patient_ranges, changed);
            RETURN NULL;
        END;
        $body$ LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
        $function$, function_name, audited, keys, compared, record_key);
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %I FROM PUBLIC', function_name);
    EXECUTE format(
        'CREATE OR REPLACE TRIGGER record_inserts AFTER INSERT ON %I REFERENCING NEW TABLE AS latter
            FOR EACH STATEMENT EXECUTE FUNCTION %I()', audited, function_name);
    EXECUTE format(
        'CREATE OR REPLACE TRIGGER record_updates AFTER UPDATE ON %I
            REFERENCING OLD TABLE AS former NEW TABLE AS latter
            FOR EACH STATEMENT EXECUTE FUNCTION %I()', audited, function_name);
    EXECUTE format(
        'CREATE OR REPLACE TRIGGER record_deletes AFTER DELETE ON %I REFERENCING OLD TABLE AS former
            FOR EACH STATEMENT EXECUTE FUNCTION %I()', audited, function_name);
    EXECUTE format(
        'CREATE OR REPLACE TRIGGER record_truncations AFTER TRUNCATE ON %I
            FOR EACH STATEMENT EXECUTE FUNCTION %I()', audited, function_name);
    EXECUTE format(
        'ALTER TABLE %I ENABLE ALWAYS TRIGGER record_inserts, ENABLE ALWAYS TRIGGER record_updates,
            ENABLE ALWAYS TRIGGER record_deletes, ENABLE ALWAYS TRIGGER record_truncations', audited);
END;
$procedure$ LANGUAGE plpgsql SET search_path FROM CURRENT;

CALL audit_table('users', 'id::text', 'id', NULL);
CALL audit_table('sessions', 'id::text', NULL, NULL);
CALL audit_table('refresh_tokens', 'session_id || '':'' || left(encode(token_hash, ''hex''), 16)', NULL, NULL);
CALL audit_table('login_devices', 'user_id || '':'' || left(encode(token_hash, ''hex''), 16)', NULL, NULL);
