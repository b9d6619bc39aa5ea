-- Which transaction wrote an entry. A service vouches for who acts in one transaction; the entries of its triggers
-- carry that word, and whoever reads it there could say it again in another. It is the database's to say: the service's
-- role has no privilege to. 0, which is no transaction's number, stands in the entries from before.
ALTER TABLE audit_entries ADD COLUMN transaction_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE audit_entries ALTER COLUMN transaction_id SET DEFAULT (pg_current_xact_id()::text::bigint);
