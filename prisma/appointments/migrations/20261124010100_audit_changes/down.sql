-- Before the trail itself refuses to go, changes would go unrecorded.
DO $$
BEGIN
    IF current_setting('caregraph.discard_audit_trail', true) IS DISTINCT FROM 'on'
        AND EXISTS (SELECT FROM audit_entries)
    THEN
        RAISE EXCEPTION 'The audit trail has entries, and would miss every change from now on'
            USING HINT = 'Where the trail is to end, dump audit_entries and audit_seals, keep the dump beside the '
                'checkpoints and the audit keys, and say npm run db:rollback with --discard-audit-trail, or '
                'SET caregraph.discard_audit_trail = on.';
    END IF;
END;
$$;
DROP FUNCTION record_appointments_changes() CASCADE;
DROP FUNCTION record_doctor_schedules_changes() CASCADE;
DROP FUNCTION record_doctor_calendars_changes() CASCADE;
DROP FUNCTION record_booking_requests_changes() CASCADE;
DROP PROCEDURE audit_table(TEXT, TEXT, TEXT, TEXT);
