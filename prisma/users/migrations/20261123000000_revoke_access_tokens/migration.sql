-- An access token names the epoch of its session: raising the epoch refuses those that are out, and the session goes on.
ALTER TABLE sessions
    ADD COLUMN token_epoch INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN tokens_revoked_at TIMESTAMP;

UPDATE sessions SET tokens_revoked_at = ended_at WHERE ended_at IS NOT NULL;

-- What gateways ask for every second: which sessions had their tokens revoked lately.
CREATE INDEX idx_sessions_tokens_revoked_at ON sessions(tokens_revoked_at) WHERE tokens_revoked_at IS NOT NULL;
