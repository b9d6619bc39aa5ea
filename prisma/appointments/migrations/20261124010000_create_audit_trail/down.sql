-- Nobody writes an entry between the look at the trail and its end.
LOCK TABLE audit_entries IN ACCESS EXCLUSIVE MODE;
DO $$
BEGIN
    IF current_setting('caregraph.discard_audit_trail', true) IS DISTINCT FROM 'on'
        AND EXISTS (SELECT FROM audit_entries)
    THEN
        RAISE EXCEPTION 'The audit trail has entries, which would be gone for good'
            USING HINT = 'Dump audit_entries and audit_seals, keep the dump beside the checkpoints and the audit keys, '
                'and say npm run db:rollback with --discard-audit-trail, or SET caregraph.discard_audit_trail = on.';
    END IF;
END;
$$;
DROP TABLE audit_seals;
DROP TABLE audit_entries;
DROP FUNCTION refuse_audit_rewrite();
