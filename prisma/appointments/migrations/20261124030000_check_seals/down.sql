DROP TRIGGER audit_seals_continue ON audit_seals;
DROP FUNCTION check_audit_seals();
ALTER TABLE audit_seals
    DROP CONSTRAINT audit_seals_chain_whole,
    DROP CONSTRAINT audit_seals_digest_whole,
    DROP CONSTRAINT audit_seals_sequence_countable;
