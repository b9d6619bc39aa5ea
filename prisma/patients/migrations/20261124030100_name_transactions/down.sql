-- The digest of an entry is one of its transaction, too.
LOCK TABLE audit_entries IN ACCESS EXCLUSIVE MODE;
DO $$
BEGIN
    IF current_setting('caregraph.discard_audit_trail', true) IS DISTINCT FROM 'on'
        AND EXISTS (SELECT FROM audit_entries WHERE transaction_id <> 0)
    THEN
        RAISE EXCEPTION 'The audit trail has entries that name their transactions, and would no longer fit its seals'
            USING HINT = 'Dump audit_entries and audit_seals, keep the dump beside the checkpoints and the audit keys, '
                'and say npm run db:rollback with --discard-audit-trail, or SET caregraph.discard_audit_trail = on.';
    END IF;
END;
$$;
ALTER TABLE audit_entries DROP COLUMN transaction_id;
