CREATE OR REPLACE FUNCTION refuse_restriction_without_care_team()
RETURNS TRIGGER AS $$
DECLARE
    patient INTEGER := CASE TG_TABLE_NAME WHEN 'care_team_members' THEN OLD.patient_id ELSE NEW.patient_id END;
BEGIN
    PERFORM FROM patient_restrictions WHERE patient_id = patient AND lifted_at IS NULL FOR UPDATE;
    IF FOUND AND NOT EXISTS (SELECT FROM care_team_members WHERE patient_id = patient) THEN
        RAISE EXCEPTION 'patient % is restricted and has no care team', patient
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'restricted_patient_has_care_team';
    END IF;
    RETURN NULL;
END;
$$ LANGUAGE plpgsql;
