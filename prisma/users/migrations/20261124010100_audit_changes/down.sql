DROP FUNCTION record_users_changes() CASCADE;
DROP FUNCTION record_sessions_changes() CASCADE;
DROP FUNCTION record_refresh_tokens_changes() CASCADE;
DROP FUNCTION record_login_devices_changes() CASCADE;
DROP PROCEDURE audit_table(TEXT, TEXT, TEXT, TEXT);
DROP FUNCTION record_change(TEXT, TEXT, BIGINT, TEXT[], INT8MULTIRANGE, INTEGER[], INT8MULTIRANGE, TEXT[]);
