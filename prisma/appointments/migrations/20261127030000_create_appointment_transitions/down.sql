-- When a status was changed, at whose word and why, stands here only.
LOCK TABLE appointment_transitions IN ACCESS EXCLUSIVE MODE;
DO $$
BEGIN
    IF EXISTS (SELECT FROM appointment_transitions) THEN
        RAISE EXCEPTION 'There are transitions of appointments that nothing else knows of'
            USING HINT = 'Go on with the history; or, where it may be lost, dump appointment_transitions, and '
                'DELETE FROM appointment_transitions.';
    END IF;
END;
$$;
DROP TRIGGER keep_changed_statuses ON appointments;
DROP FUNCTION keep_appointment_transitions();
DROP TABLE appointment_transitions;
DROP FUNCTION record_appointment_transitions_changes();
