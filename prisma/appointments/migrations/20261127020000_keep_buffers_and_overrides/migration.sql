-- The minutes before and after an appointment in which the doctor is not free for others, as they were when it was
-- booked; and which rules somebody waived for it, and why.
ALTER TABLE appointments
    ADD COLUMN buffer_before INTEGER NOT NULL DEFAULT 0 CHECK (buffer_before >= 0 AND buffer_before <= 240),
    ADD COLUMN buffer_after INTEGER NOT NULL DEFAULT 0 CHECK (buffer_after >= 0 AND buffer_after <= 240),
    ADD COLUMN overrides_schedule BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN overrides_doctor_overlap BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN overrides_patient_overlap BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN override_reason TEXT,
    ADD CONSTRAINT appointments_override_has_reason CHECK (
        (overrides_schedule OR overrides_doctor_overlap OR overrides_patient_overlap) = (override_reason IS NOT NULL)
    );

ALTER TABLE appointments DROP CONSTRAINT appointments_doctor_no_overlap;
ALTER TABLE appointments ADD CONSTRAINT appointments_doctor_no_overlap EXCLUDE USING gist (
    doctor_id WITH =,
    tsrange(
        date_time - buffer_before * interval '1 minute',
        date_time + (duration + buffer_after) * interval '1 minute',
        '[)'
    ) WITH &&
) WHERE (
    is_active IS NOT FALSE AND status IN ('scheduled', 'confirmed', 'in-progress') AND NOT overrides_doctor_overlap
);

ALTER TABLE appointments DROP CONSTRAINT appointments_patient_no_overlap;
ALTER TABLE appointments ADD CONSTRAINT appointments_patient_no_overlap EXCLUDE USING gist (
    patient_id WITH =,
    tsrange(date_time, date_time + duration * interval '1 minute', '[)') WITH &&
) WHERE (
    is_active IS NOT FALSE AND status IN ('scheduled', 'confirmed', 'in-progress') AND NOT overrides_patient_overlap
);

-- Few appointments are overrides: among those, what is in the way is found at once.
CREATE INDEX idx_appointments_doctor_overrides ON appointments(doctor_id, date_time) WHERE overrides_doctor_overlap;
CREATE INDEX idx_appointments_patient_overrides ON appointments(patient_id, date_time) WHERE overrides_patient_overlap;

-- A constraint does not see the rows that it exempts. What they have taken is refused here to whoever comes later:
-- to a row that begins to take time, takes another, or gives up its own override; a row that was there before stays.
-- No lock is needed: where an exempt row and another one are written at once, it is as if the other had been first.
-- Everything is named with its schema, as in the functions that write the trail's entries. Along the indexes above in
-- any case: with a plan from when the table was empty, a mass load would read all of it for each row.
DO $migration$
BEGIN
    EXECUTE replace($function$
        CREATE FUNCTION <schema>.refuse_overlaps_with_overrides()
        RETURNS TRIGGER AS $body$
        DECLARE
            had_time BOOLEAN := TG_OP = 'UPDATE' AND OLD.is_active IS NOT FALSE
                AND OLD.status IN ('scheduled', 'confirmed', 'in-progress');
            had_doctors BOOLEAN := had_time AND NOT OLD.overrides_doctor_overlap
                AND (OLD.doctor_id, OLD.date_time, OLD.duration, OLD.buffer_before, OLD.buffer_after)
                    = (NEW.doctor_id, NEW.date_time, NEW.duration, NEW.buffer_before, NEW.buffer_after);
            had_patients BOOLEAN := had_time AND NOT OLD.overrides_patient_overlap
                AND (OLD.patient_id, OLD.date_time, OLD.duration) = (NEW.patient_id, NEW.date_time, NEW.duration);
            refused TEXT;
        BEGIN
            IF NOT NEW.overrides_doctor_overlap AND NOT had_doctors AND EXISTS (
                SELECT FROM <schema>.appointments AS other
                WHERE other.overrides_doctor_overlap AND other.doctor_id = NEW.doctor_id AND other.id <> NEW.id
                    AND other.is_active IS NOT FALSE AND other.status IN ('scheduled', 'confirmed', 'in-progress')
                    AND tsrange(other.date_time - other.buffer_before * interval '1 minute',
                        other.date_time + (other.duration + other.buffer_after) * interval '1 minute', '[)')
                    && tsrange(NEW.date_time - NEW.buffer_before * interval '1 minute',
                        NEW.date_time + (NEW.duration + NEW.buffer_after) * interval '1 minute', '[)'))
            THEN
                refused := 'appointments_doctor_no_overlap';
            ELSIF NOT NEW.overrides_patient_overlap AND NOT had_patients AND EXISTS (
                SELECT FROM <schema>.appointments AS other
                WHERE other.overrides_patient_overlap AND other.patient_id = NEW.patient_id AND other.id <> NEW.id
                    AND other.is_active IS NOT FALSE AND other.status IN ('scheduled', 'confirmed', 'in-progress')
                    AND tsrange(other.date_time, other.date_time + other.duration * interval '1 minute', '[)')
                    && tsrange(NEW.date_time, NEW.date_time + NEW.duration * interval '1 minute', '[)'))
            THEN
                refused := 'appointments_patient_no_overlap';
            END IF;
            IF refused IS NOT NULL THEN
                RAISE EXCEPTION 'An appointment that was booked in spite of "%" takes this time.', refused
                    USING ERRCODE = 'exclusion_violation', CONSTRAINT = refused;
            END IF;
            RETURN NEW;
        END;
        $body$ LANGUAGE plpgsql SET search_path TO pg_catalog, pg_temp SET enable_seqscan TO off;
    $function$, '<schema>', quote_ident(current_schema()));
END;
$migration$;

CREATE TRIGGER refuse_overlaps_with_overrides
    BEFORE INSERT OR UPDATE OF doctor_id, patient_id, date_time, duration, buffer_before, buffer_after, status, is_active,
        overrides_doctor_overlap, overrides_patient_overlap
    ON appointments FOR EACH ROW
    WHEN (NEW.is_active IS NOT FALSE AND NEW.status IN ('scheduled', 'confirmed', 'in-progress'))
    EXECUTE FUNCTION refuse_overlaps_with_overrides();

CALL audit_table('appointments', 'id::text', 'id', 'patient_id');
