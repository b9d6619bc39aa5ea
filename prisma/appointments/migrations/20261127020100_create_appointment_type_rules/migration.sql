-- What a type of appointment needs, in minutes: time before and after it in which the doctor is not free for others, and
-- how long before it has to be booked. A type without a row needs nothing. Booked appointments keep what they had.
CREATE TABLE appointment_type_rules (
    type VARCHAR(50) PRIMARY KEY CHECK (type IN ('consultation', 'follow-up', 'procedure', 'emergency')),
    buffer_before INTEGER NOT NULL CHECK (buffer_before >= 0 AND buffer_before <= 240),
    buffer_after INTEGER NOT NULL CHECK (buffer_after >= 0 AND buffer_after <= 240),
    minimum_notice INTEGER NOT NULL CHECK (minimum_notice >= 0 AND minimum_notice <= 43200)
);

CALL audit_table('appointment_type_rules', 'type', NULL, NULL);
