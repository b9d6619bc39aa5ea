DROP INDEX idx_sessions_tokens_revoked_at;
ALTER TABLE sessions DROP COLUMN tokens_revoked_at, DROP COLUMN token_epoch;
