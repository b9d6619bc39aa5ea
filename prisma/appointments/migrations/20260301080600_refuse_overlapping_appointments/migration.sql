-- In public, where all schemas of a database share it; left there by down.sql for the same reason.
CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public;

-- The range of an infinite time is empty and overlaps nothing, so such a row would escape the constraints below.
ALTER TABLE appointments ADD CONSTRAINT appointments_date_time_finite CHECK (isfinite(date_time));

-- Nobody is booked twice, whoever writes the row. is_active may be NULL, which means true: a condition that
-- said "= true" would let such a row escape. Ends do not overlap beginnings.
ALTER TABLE appointments ADD CONSTRAINT appointments_doctor_no_overlap EXCLUDE USING gist (
    doctor_id WITH =,
    tsrange(date_time, date_time + duration * interval '1 minute', '[)') WITH &&
) WHERE (is_active IS NOT FALSE AND status IN ('scheduled', 'confirmed', 'in-progress'));

ALTER TABLE appointments ADD CONSTRAINT appointments_patient_no_overlap EXCLUDE USING gist (
    patient_id WITH =,
    tsrange(date_time, date_time + duration * interval '1 minute', '[)') WITH &&
) WHERE (is_active IS NOT FALSE AND status IN ('scheduled', 'confirmed', 'in-progress'));
