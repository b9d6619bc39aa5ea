DROP INDEX idx_users_search_vector;
ALTER TABLE users DROP COLUMN search_vector;
DROP FUNCTION search_query(text, boolean);
DROP FUNCTION search_lexemes(text);
DROP FUNCTION search_text(text);
