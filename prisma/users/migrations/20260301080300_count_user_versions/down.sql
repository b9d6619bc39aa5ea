DROP TRIGGER increment_users_version ON users;
DROP FUNCTION increment_version();
ALTER TABLE users DROP COLUMN version;
