-- How each appointment came to its status: from what to what, when, by whom and why. Statement triggers write it, so
-- that a change made with psql counts too, and a bulk load is one statement; the service's role may only read it.
--
-- While this is done, nobody changes an appointment: what happens next is in the history or before it.
CREATE TABLE appointment_transitions (
    -- One appointment is changed by one transaction after the other, so its numbers are in the order of the changes.
    id BIGSERIAL PRIMARY KEY,
    appointment_id INTEGER NOT NULL REFERENCES appointments(id) ON DELETE CASCADE ON UPDATE CASCADE,
    -- NULL: it was booked.
    from_status VARCHAR(50),
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

-- Of the appointments from before, only the booking is known: by whom, and when its row was made (which was now, at
-- the latest, where even that is not known). It is taken to have made them 'scheduled', as every booking of the service
-- does; rows that were loaded may have begun with another status. Which statuses came after it, when, at whose word and
-- why was kept nowhere. So the history of such an appointment may end with another status than it has.
INSERT INTO appointment_transitions (appointment_id, to_status, changed_at, changed_by)
SELECT id, 'scheduled', COALESCE(created_at, clock_timestamp() AT TIME ZONE 'UTC'), created_by
FROM appointments ORDER BY id;

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
            IF TG_OP = 'INSERT' THEN
                INSERT INTO <schema>.appointment_transitions (appointment_id, to_status, changed_by, reason)
                SELECT latter.id, latter.status, actor, why FROM latter ORDER BY latter.id;
            ELSE
                INSERT INTO <schema>.appointment_transitions
                    (appointment_id, from_status, to_status, changed_by, reason)
                SELECT latter.id, former.status, latter.status, actor, why
                FROM former JOIN latter USING (id) WHERE former.status <> latter.status ORDER BY latter.id;
            END IF;
            RETURN NULL;
        END;
        $body$ LANGUAGE plpgsql SECURITY DEFINER SET search_path TO pg_catalog, pg_temp;

        REVOKE EXECUTE ON FUNCTION <schema>.keep_appointment_transitions() FROM PUBLIC;
    $function$, '<schema>', quote_ident(current_schema()));
END;
$migration$;

CREATE TRIGGER keep_first_statuses
    AFTER INSERT ON appointments REFERENCING NEW TABLE AS latter
    FOR EACH STATEMENT EXECUTE FUNCTION keep_appointment_transitions();

CREATE TRIGGER keep_changed_statuses
    AFTER UPDATE ON appointments REFERENCING OLD TABLE AS former NEW TABLE AS latter
    FOR EACH STATEMENT EXECUTE FUNCTION keep_appointment_transitions();
