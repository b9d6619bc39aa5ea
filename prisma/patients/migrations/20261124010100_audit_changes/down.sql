DROP FUNCTION record_patients_changes() CASCADE;
DROP FUNCTION record_care_team_members_changes() CASCADE;
DROP FUNCTION record_patient_restrictions_changes() CASCADE;
DROP PROCEDURE audit_table(TEXT, TEXT, TEXT, TEXT);
