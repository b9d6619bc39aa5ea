-- What the service's runtime role may do, stated as a whole: applied after each migration, and by hand with
-- psql -v runtime_role=appointments_service -v schema=public -f privileges.sql
-- No DDL, no TRUNCATE, no look at the table of migrations but through its view.
REVOKE ALL ON ALL TABLES IN SCHEMA :"schema" FROM :"runtime_role";
REVOKE ALL ON ALL SEQUENCES IN SCHEMA :"schema" FROM :"runtime_role";
REVOKE CREATE ON SCHEMA :"schema" FROM :"runtime_role";
GRANT USAGE ON SCHEMA :"schema" TO :"runtime_role";
GRANT SELECT ON schema_migrations TO :"runtime_role";

-- Appointments are cancelled or deactivated, never deleted.
GRANT SELECT, INSERT, UPDATE ON appointments, doctor_calendars, appointment_type_rules TO :"runtime_role";
GRANT SELECT, INSERT, UPDATE, DELETE ON doctor_schedules TO :"runtime_role";
-- An exception of a schedule is added and removed, never changed.
GRANT SELECT, INSERT, DELETE ON schedule_exceptions TO :"runtime_role";
-- An idempotency key keeps the meaning that it was first used with.
GRANT SELECT, INSERT ON booking_requests TO :"runtime_role";
-- The history of an appointment is the database's to write.
GRANT SELECT ON appointment_transitions TO :"runtime_role";
-- A hold is kept, used or given up, never prolonged.
GRANT SELECT, INSERT, DELETE ON slot_holds TO :"runtime_role";
GRANT USAGE ON SEQUENCE appointments_id_seq, doctor_schedules_id_seq, schedule_exceptions_id_seq, slot_holds_id_seq
    TO :"runtime_role";

-- The trail is only ever added to. Number, time, transaction, database role and source of an entry are the database's
-- to say: an entry of a trigger is not to be had by writing one.
GRANT SELECT ON audit_entries TO :"runtime_role";
GRANT INSERT (
    action, outcome, record_type, record_ids, record_count, patient_ids, fields, operation, code, actor_kind,
    actor_user_id, actor_role, actor_name, session_id, address, user_agent, request_id, attested_at, attestation
) ON audit_entries TO :"runtime_role";
GRANT SELECT, INSERT ON audit_seals TO :"runtime_role";

-- The service makes the first key; only the owner changes or retires one. How often keys are used is counted in blocks.
GRANT SELECT ON data_keys TO :"runtime_role";
GRANT INSERT (id, wrapped_key, master_key_id) ON data_keys TO :"runtime_role";
GRANT USAGE ON SEQUENCE data_key_blocks TO :"runtime_role";
