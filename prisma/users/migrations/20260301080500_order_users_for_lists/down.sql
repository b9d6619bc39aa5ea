DROP INDEX idx_users_list_order;
