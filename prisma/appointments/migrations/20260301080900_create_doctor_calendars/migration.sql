-- One row for a doctor's whole week: its time zone, and the version that grows when any of its days changes.
CREATE TABLE doctor_calendars (
    doctor_id INTEGER PRIMARY KEY,
    time_zone VARCHAR(64) NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE TRIGGER increment_doctor_calendars_version
    BEFORE UPDATE ON doctor_calendars
    FOR EACH ROW
    EXECUTE FUNCTION increment_version();

CREATE TRIGGER update_doctor_calendars_updated_at
    BEFORE UPDATE ON doctor_calendars
    FOR EACH ROW
    EXECUTE FUNCTION update_updated_at_column();
