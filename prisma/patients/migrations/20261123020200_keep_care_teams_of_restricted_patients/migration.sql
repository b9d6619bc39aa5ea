-- A restricted record without a care team would be seen by nobody ever again. Checked at the end of the transaction,
-- so that a team can be replaced in any order. Locking the restriction lets two transactions that take one member
-- away each do so one after the other: the second one sees what the first has left.
CREATE FUNCTION refuse_restriction_without_care_team()
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

CREATE CONSTRAINT TRIGGER restricted_patient_has_care_team
    AFTER INSERT OR UPDATE ON patient_restrictions
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW
    EXECUTE FUNCTION refuse_restriction_without_care_team();

CREATE CONSTRAINT TRIGGER restricted_patient_keeps_care_team
    AFTER UPDATE OR DELETE ON care_team_members
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW
    EXECUTE FUNCTION refuse_restriction_without_care_team();
