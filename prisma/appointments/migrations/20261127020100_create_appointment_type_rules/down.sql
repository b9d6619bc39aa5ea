DROP FUNCTION record_appointment_type_rules_changes() CASCADE;
DROP TABLE appointment_type_rules;
