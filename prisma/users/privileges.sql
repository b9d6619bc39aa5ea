-- What the service's runtime role may do, stated as a whole: applied after each migration, and by hand with
-- psql -v runtime_role=users_service -v schema=public -f privileges.sql
-- No DDL, no TRUNCATE, no look at the table of migrations but through its view.
REVOKE ALL ON ALL TABLES IN SCHEMA :"schema" FROM :"runtime_role";
REVOKE ALL ON ALL SEQUENCES IN SCHEMA :"schema" FROM :"runtime_role";
REVOKE CREATE ON SCHEMA :"schema" FROM :"runtime_role";
GRANT USAGE ON SCHEMA :"schema" TO :"runtime_role";
GRANT SELECT ON schema_migrations TO :"runtime_role";

-- Accounts are deactivated, never deleted.
GRANT SELECT, INSERT, UPDATE ON users TO :"runtime_role";
GRANT SELECT, INSERT, UPDATE, DELETE ON sessions, refresh_tokens TO :"runtime_role";
GRANT USAGE ON SEQUENCE users_id_seq TO :"runtime_role";
GRANT SELECT, INSERT, UPDATE, DELETE ON login_devices TO :"runtime_role";

-- The trail is only ever added to. Number, time, transaction, database role and source of an entry are the database's
-- to say: an entry of a trigger is not to be had by writing one.
GRANT SELECT ON audit_entries TO :"runtime_role";
GRANT INSERT (
    action, outcome, record_type, record_ids, record_count, patient_ids, fields, operation, code, actor_kind,
    actor_user_id, actor_role, actor_name, session_id, address, user_agent, request_id, attested_at, attestation
) ON audit_entries TO :"runtime_role";
GRANT SELECT, INSERT ON audit_seals TO :"runtime_role";
