DROP INDEX idx_users_active;
DROP INDEX idx_users_role;
DROP INDEX idx_users_email;
