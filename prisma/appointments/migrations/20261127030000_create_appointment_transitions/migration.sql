-- How each appointment came to its status: from what to what, when, by whom and why. A statement trigger writes it, so
-- that a change made with psql counts too; the service's role may only read it. The booking itself is no row here: when
-- and by whom stands in the appointment, and its first status is what the first change was from. Which statuses an
-- appointment of before had, and when, was kept nowhere.
CREATE TABLE appointment_transitions (
    -- One appointment is changed by one transaction after the other, so its numbers are in the order of the changes.
    id BIGSERIAL PRIMARY KEY,
    appointment_id INTEGER NOT NULL REFERENCES appointments(id) ON DELETE CASCADE ON UPDATE CASCADE,
    from_status VARCHAR(50) NOT NULL,
    to_status VARCHAR(50) NOT NULL,
    -- By the clock, not by the transaction's beginning: that may lie before the change that it waited for.
    changed_at TIMESTAMP NOT NULL DEFAULT (clock_timestamp() AT TIME ZONE 'UTC'),
    -- NULL: past the service.
    changed_by INTEGER,
    reason TEXT,
    CONSTRAINT appointment_transitions_change CHECK (from_status <> to_status)
);

CREATE INDEX idx_appointment_transitions_history ON appointment_transitions(appointment_id, id);

CALL audit_table('appointment_transitions', 'appointment_id::text', 'appointment_id', NULL);

-- Who acts is what the transaction says of itself for the trail, in caregraph.audit_context, and why in
-- caregraph.change_reason. Everything is named with its schema, as in the functions that write the trail's entries.
--
-- Not ENABLE ALWAYS, as the trail's triggers are: where changes are replayed, the rows of the history are, too.
DO $migration$
BEGIN
    EXECUTE replace($function$
        CREATE FUNCTION <schema>.keep_appointment_transitions()
        RETURNS TRIGGER AS $body$
        DECLARE
            context JSONB := NULLIF(current_setting('caregraph.audit_context', true), '')::jsonb;
            actor INTEGER := (context ->> 'actorUserId')::integer;
            why TEXT := NULLIF(current_setting('caregraph.change_reason', true), '');
        BEGIN
            INSERT INTO <schema>.appointment_transitions
                (appointment_id, from_status, to_status, changed_by, reason)
            SELECT latter.id, former.status, latter.status, actor, why
            FROM former JOIN latter USING (id) WHERE former.status <> latter.status ORDER BY latter.id;
            RETURN NULL;
        END;
        $body$ LANGUAGE plpgsql SECURITY DEFINER SET search_path TO pg_catalog, pg_temp;

        REVOKE EXECUTE ON FUNCTION <schema>.keep_appointment_transitions() FROM PUBLIC;
    $function$, '<schema>', quote_ident(current_schema()));
END;
$migration$;

CREATE TRIGGER keep_changed_statuses
    AFTER UPDATE ON appointments REFERENCING OLD TABLE AS former NEW TABLE AS latter
    FOR EACH STATEMENT EXECUTE FUNCTION keep_appointment_transitions();
