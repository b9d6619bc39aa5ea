-- A client that repeats a request because it saw no answer gets the appointment of the first one. The digest
-- tells a repetition from another booking under the same key.
CREATE TABLE booking_requests (
    created_by INTEGER NOT NULL,
    idempotency_key VARCHAR(255) NOT NULL,
    request_digest BYTEA NOT NULL,
    appointment_id INTEGER NOT NULL REFERENCES appointments(id),
    created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (created_by, idempotency_key)
);
