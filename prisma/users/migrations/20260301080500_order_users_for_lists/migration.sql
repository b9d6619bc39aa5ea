-- The order of lists; keyset pagination reads on from a row of it.
CREATE INDEX idx_users_list_order ON users(last_name, first_name, id);
