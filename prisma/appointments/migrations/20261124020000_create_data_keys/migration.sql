-- How often keys are used, in blocks: a process takes a block before it encrypts that many values.
CREATE SEQUENCE data_key_blocks;

-- The keys that clinical text is encrypted with, each wrapped by a master key that is never in the database.
CREATE TABLE data_keys (
    id VARCHAR(32) PRIMARY KEY,
    wrapped_key BYTEA NOT NULL,
    master_key_id VARCHAR(64) NOT NULL,
    -- Where the blocks of this key begin; the newest key that is not retired encrypts.
    first_block BIGINT NOT NULL UNIQUE DEFAULT nextval('data_key_blocks'),
    created_at TIMESTAMP NOT NULL DEFAULT (clock_timestamp() AT TIME ZONE 'UTC'),
    -- Since when nothing is encrypted with it any more. It stays, for the sake of backups.
    retired_at TIMESTAMP
);
ALTER SEQUENCE data_key_blocks OWNED BY data_keys.first_block;

CALL audit_table('data_keys', 'id', NULL, NULL);
