DROP FUNCTION record_appointments_changes() CASCADE;
DROP FUNCTION record_doctor_schedules_changes() CASCADE;
DROP FUNCTION record_doctor_calendars_changes() CASCADE;
DROP FUNCTION record_booking_requests_changes() CASCADE;
DROP PROCEDURE audit_table(TEXT, TEXT, TEXT, TEXT);
