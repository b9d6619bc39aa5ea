-- When a doctor, or the whole clinic, works otherwise than the week says. Dates and times are those on the clocks of the
-- doctor's time zone; of a holiday, which is nobody's in particular, those of each doctor. Rows are added and removed,
-- never changed.
CREATE TABLE schedule_exceptions (
    id SERIAL PRIMARY KEY,
    kind VARCHAR(20) NOT NULL CHECK (kind IN ('time-off', 'extra-hours', 'clinic-holiday')),
    doctor_id INTEGER,
    first_date DATE NOT NULL CHECK (isfinite(first_date)),
    last_date DATE NOT NULL CHECK (isfinite(last_date)),
    start_time TIME,
    end_time TIME,
    reason TEXT,
    created_by INTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT schedule_exceptions_whose CHECK ((doctor_id IS NULL) = (kind = 'clinic-holiday')),
    CONSTRAINT schedule_exceptions_dates_in_order CHECK (first_date <= last_date),
    CONSTRAINT schedule_exceptions_hours_whole CHECK ((start_time IS NULL) = (end_time IS NULL)),
    CONSTRAINT schedule_exceptions_hours_in_order CHECK (start_time < end_time),
    CONSTRAINT schedule_exceptions_hours_of_one_date CHECK (start_time IS NULL OR first_date = last_date),
    CONSTRAINT schedule_exceptions_extra_hours CHECK (kind <> 'extra-hours' OR start_time IS NOT NULL),
    CONSTRAINT schedule_exceptions_holiday
        CHECK (kind <> 'clinic-holiday' OR (first_date = last_date AND start_time IS NULL AND reason IS NOT NULL)),
    -- In this order, so that its index finds what touches the dates of a doctor, or of the clinic.
    CONSTRAINT schedule_exceptions_once
        UNIQUE NULLS NOT DISTINCT (doctor_id, last_date, first_date, kind, start_time, end_time)
);

CALL audit_table('schedule_exceptions', 'id::text', 'id', NULL);
