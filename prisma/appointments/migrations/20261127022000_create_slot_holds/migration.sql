-- A time of a doctor's that somebody keeps free for some minutes, until it is booked or given up. It names no patient.
-- Clocks of clients do not count: it lasts until expires_at by the database's.
CREATE TABLE slot_holds (
    id SERIAL PRIMARY KEY,
    doctor_id INTEGER NOT NULL,
    date_time TIMESTAMP NOT NULL,
    duration INTEGER NOT NULL CHECK (duration >= 15 AND duration <= 480),
    type VARCHAR(50) NOT NULL CHECK (type IN ('consultation', 'follow-up', 'procedure', 'emergency')),
    -- Minutes before and after it that are kept clear of the doctor's other appointments.
    buffer_before INTEGER NOT NULL DEFAULT 0 CHECK (buffer_before >= 0 AND buffer_before <= 240),
    buffer_after INTEGER NOT NULL DEFAULT 0 CHECK (buffer_after >= 0 AND buffer_after <= 240),
    created_by INTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL DEFAULT (clock_timestamp() AT TIME ZONE 'UTC'),
    expires_at TIMESTAMP NOT NULL,
    -- The range of an infinite time is empty and overlaps nothing, so such a row would escape the constraint below.
    CONSTRAINT slot_holds_date_time_finite CHECK (isfinite(date_time)),
    -- Whoever holds for ever books without a patient. The minute beyond is for the statement that computes both times.
    CONSTRAINT slot_holds_short CHECK (
        expires_at > created_at AND expires_at <= created_at + interval '31 minutes'
    ),
    -- Of all rows: whether one has expired is no matter of its columns alone. Those that have are deleted under the
    -- doctor's lock before another one is written.
    CONSTRAINT slot_holds_no_overlap EXCLUDE USING gist (
        doctor_id WITH =,
        tsrange(
            date_time - buffer_before * interval '1 minute',
            date_time + (duration + buffer_after) * interval '1 minute',
            '[)'
        ) WITH &&
    )
);

CREATE INDEX idx_slot_holds_created_by ON slot_holds(created_by);
CREATE INDEX idx_slot_holds_expires_at ON slot_holds(expires_at);

CALL audit_table('slot_holds', 'id::text', 'id', NULL);
