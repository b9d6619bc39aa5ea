-- What people recognise a login by, and until when it can be renewed: its idle limit, or its end if that is sooner.
ALTER TABLE sessions
    ADD COLUMN last_used_at TIMESTAMP,
    ADD COLUMN renewable_until TIMESTAMP,
    ADD COLUMN address VARCHAR(100),
    ADD COLUMN user_agent VARCHAR(500),
    ADD COLUMN replay_address VARCHAR(100),
    ADD COLUMN replay_user_agent VARCHAR(500);

UPDATE sessions SET
    last_used_at = coalesce(
        (SELECT max(issued_at) FROM refresh_tokens WHERE session_id = sessions.id),
        created_at),
    renewable_until = coalesce(
        (SELECT max(expires_at) FROM refresh_tokens WHERE session_id = sessions.id AND used_at IS NULL),
        expires_at);

ALTER TABLE sessions
    ALTER COLUMN last_used_at SET DEFAULT CURRENT_TIMESTAMP,
    ALTER COLUMN last_used_at SET NOT NULL,
    ALTER COLUMN renewable_until SET NOT NULL;

-- A person's logins, the latest first, from which keyset pagination reads on. Serves what the plain index did.
CREATE INDEX idx_sessions_user_list ON sessions(user_id, created_at DESC, id DESC);
DROP INDEX idx_sessions_user_id;

-- Finds those that have been over for long, to remove them.
CREATE INDEX idx_sessions_over_since ON sessions(LEAST(ended_at, renewable_until));
