DROP INDEX idx_sessions_over_since;
CREATE INDEX idx_sessions_user_id ON sessions(user_id);
DROP INDEX idx_sessions_user_list;
ALTER TABLE sessions
    DROP COLUMN replay_user_agent,
    DROP COLUMN replay_address,
    DROP COLUMN user_agent,
    DROP COLUMN address,
    DROP COLUMN renewable_until,
    DROP COLUMN last_used_at;
