DROP TRIGGER increment_patients_version ON patients;
DROP FUNCTION increment_version();
ALTER TABLE patients DROP COLUMN version;
