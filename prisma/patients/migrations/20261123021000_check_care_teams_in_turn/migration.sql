-- A restriction that is not committed yet has no row that others could lock: who restricts a patient and who takes the
-- last member away at the same time both found the record in order. So whoever checks locks the patient's row first,
-- and sees in the statements after that what the one before has left. The lock is the one that leaves foreign keys
-- alone: two who have both written rows of the patient hold its key already, and would wait for each other. The
-- service locks the patient before anything else in each of these transactions, so that no two of them do so either.
CREATE OR REPLACE FUNCTION refuse_restriction_without_care_team()
RETURNS TRIGGER AS $$
DECLARE
    patient INTEGER := CASE TG_TABLE_NAME WHEN 'care_team_members' THEN OLD.patient_id ELSE NEW.patient_id END;
BEGIN
    PERFORM FROM patients WHERE id = patient FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM patient_restrictions WHERE patient_id = patient AND lifted_at IS NULL)
        AND NOT EXISTS (SELECT FROM care_team_members WHERE patient_id = patient) THEN
        RAISE EXCEPTION 'patient % is restricted and has no care team', patient
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'restricted_patient_has_care_team';
    END IF;
    RETURN NULL;
END;
$$ LANGUAGE plpgsql;
