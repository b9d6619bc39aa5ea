DROP INDEX idx_patients_search;
DROP INDEX idx_patients_created_by;
DROP INDEX idx_patients_active;
DROP INDEX idx_patients_dob;
DROP INDEX idx_patients_phone;
DROP INDEX idx_patients_email;
DROP INDEX idx_patients_name;
