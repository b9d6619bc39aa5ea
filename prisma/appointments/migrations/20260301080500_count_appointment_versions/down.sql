DROP TRIGGER increment_appointments_version ON appointments;
DROP FUNCTION increment_version();
ALTER TABLE appointments DROP COLUMN version;
