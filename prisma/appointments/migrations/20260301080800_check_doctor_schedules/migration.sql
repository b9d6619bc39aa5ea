ALTER TABLE doctor_schedules ADD CONSTRAINT doctor_schedules_hours_in_order CHECK (start_time < end_time);
ALTER TABLE doctor_schedules ADD CONSTRAINT doctor_schedules_break_whole
    CHECK ((break_start IS NULL) = (break_end IS NULL));
ALTER TABLE doctor_schedules ADD CONSTRAINT doctor_schedules_break_within_hours
    CHECK (start_time <= break_start AND break_start < break_end AND break_end <= end_time);
