-- What was seen and changed, by whom, when and from where; never what stood there. Rows are only ever added.
-- No CHECK: PostgreSQL would plan it anew for each statement that changes anything, at a fifth of the entry's cost.
-- What only a trigger may say (that it wrote the entry, when, and for which role) the service has no privilege to.
CREATE TABLE audit_entries (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    recorded_at TIMESTAMP NOT NULL DEFAULT (clock_timestamp() AT TIME ZONE 'UTC'),
    -- Who wrote the entry: the `service`, about what it gave out or refused, or a `trigger`, about what was changed.
    source VARCHAR(10) NOT NULL DEFAULT 'service',
    action VARCHAR(30) NOT NULL,
    outcome VARCHAR(20) NOT NULL,
    record_type VARCHAR(63),
    -- The keys of the records; of more than a thousand, the ranges that they make up.
    record_ids TEXT[] NOT NULL DEFAULT '{}',
    record_ranges INT8MULTIRANGE,
    record_count INTEGER NOT NULL DEFAULT 0,
    -- The patients whom the entry is about, in the same way.
    patient_ids INTEGER[] NOT NULL DEFAULT '{}',
    patient_ranges INT8MULTIRANGE,
    fields TEXT[] NOT NULL DEFAULT '{}',
    operation VARCHAR(100),
    code VARCHAR(100),
    -- `user`, `service`, `anonymous`, or, of a change that nobody's request made, `database`.
    actor_kind VARCHAR(10) NOT NULL,
    actor_user_id INTEGER,
    actor_role VARCHAR(20),
    -- The service, or the role of the database, that acted in its own name.
    actor_name VARCHAR(63),
    session_id TEXT,
    address TEXT,
    user_agent TEXT,
    request_id TEXT,
    database_role VARCHAR(63) NOT NULL DEFAULT session_user,
    -- The service's word for what an entry claims: for all of one of its own, of a trigger's for who acted.
    attested_at TIMESTAMP(3),
    attestation BYTEA
);

-- The newest first, of all or of those that one condition holds for; rare ones among millions, too.
CREATE INDEX idx_audit_entries_recorded_at ON audit_entries(recorded_at, id);
CREATE INDEX idx_audit_entries_actor ON audit_entries(actor_user_id, recorded_at, id) WHERE actor_user_id IS NOT NULL;
CREATE INDEX idx_audit_entries_action ON audit_entries(action, recorded_at, id);
CREATE INDEX idx_audit_entries_record_type ON audit_entries(record_type, recorded_at, id);
CREATE INDEX idx_audit_entries_unsuccessful ON audit_entries(outcome, recorded_at, id) WHERE outcome <> 'success';
CREATE INDEX idx_audit_entries_request ON audit_entries USING hash(request_id);
CREATE INDEX idx_audit_entries_patients ON audit_entries USING gin(patient_ids);
CREATE INDEX idx_audit_entries_bulk ON audit_entries(id) WHERE patient_ranges IS NOT NULL;

-- The chain: each entry's digest, and the digest of that and all before it, in the order of sealing.
CREATE TABLE audit_seals (
    sequence BIGINT PRIMARY KEY CHECK (sequence > 0),
    entry_id BIGINT NOT NULL UNIQUE,
    digest BYTEA NOT NULL,
    chain BYTEA NOT NULL
);

CREATE FUNCTION refuse_audit_rewrite()
RETURNS TRIGGER AS $$
BEGIN
    RAISE EXCEPTION 'The audit trail is only ever added to: % of % is refused.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END;
$$ LANGUAGE plpgsql;

-- Also for the owner, and for whoever replays changes; a superuser who switches it off is found by the chain.
CREATE TRIGGER audit_entries_are_final
    BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_rewrite();
ALTER TABLE audit_entries ENABLE ALWAYS TRIGGER audit_entries_are_final;
CREATE TRIGGER audit_seals_are_final
    BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_seals
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_rewrite();
ALTER TABLE audit_seals ENABLE ALWAYS TRIGGER audit_seals_are_final;
