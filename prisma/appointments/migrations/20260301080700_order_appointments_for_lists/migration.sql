-- The orders of lists; keyset pagination reads on from a row of them.
CREATE INDEX idx_appointments_doctor_list ON appointments(doctor_id, date_time, id);
CREATE INDEX idx_appointments_patient_list ON appointments(patient_id, date_time, id);
CREATE INDEX idx_appointments_list_order ON appointments(date_time, id);
