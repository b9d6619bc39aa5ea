-- Only a digest: who reads the table cannot pass for a client that has logged in.
CREATE TABLE login_devices (
    token_hash BYTEA PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users(id),
    created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    last_used_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE INDEX idx_login_devices_user_last_used ON login_devices(user_id, last_used_at);
