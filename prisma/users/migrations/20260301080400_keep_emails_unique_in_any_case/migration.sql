-- Addresses that differ in case only reach the same mailbox, and logins take them in any case.
CREATE UNIQUE INDEX idx_users_email_lower ON users(lower(email));
