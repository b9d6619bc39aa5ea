CREATE INDEX idx_appointments_patient_id ON appointments(patient_id);
CREATE INDEX idx_appointments_doctor_id ON appointments(doctor_id);
CREATE INDEX idx_appointments_date_time ON appointments(date_time);
CREATE INDEX idx_appointments_status ON appointments(status);
CREATE INDEX idx_appointments_type ON appointments(type);
CREATE INDEX idx_appointments_active ON appointments(is_active);
CREATE INDEX idx_appointments_doctor_date ON appointments(doctor_id, date_time);

-- Specialized index for conflict detection
CREATE INDEX idx_appointments_conflict_check
    ON appointments(doctor_id, date_time, duration, status)
    WHERE is_active = true AND status IN ('scheduled', 'confirmed', 'in-progress');
