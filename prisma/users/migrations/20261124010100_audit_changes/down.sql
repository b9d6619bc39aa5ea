DROP FUNCTION record_users_changes() CASCADE;
DROP FUNCTION record_sessions_changes() CASCADE;
DROP FUNCTION record_refresh_tokens_changes() CASCADE;
DROP FUNCTION record_login_devices_changes() CASCADE;
DROP PROCEDURE audit_table(TEXT, TEXT, TEXT, TEXT);
