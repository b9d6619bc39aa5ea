DROP INDEX idx_appointments_conflict_check;
DROP INDEX idx_appointments_doctor_date;
DROP INDEX idx_appointments_active;
DROP INDEX idx_appointments_type;
DROP INDEX idx_appointments_status;
DROP INDEX idx_appointments_date_time;
DROP INDEX idx_appointments_doctor_id;
DROP INDEX idx_appointments_patient_id;
