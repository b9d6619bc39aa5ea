DROP INDEX idx_patients_search_vector;
ALTER TABLE patients DROP COLUMN search_vector;
DROP FUNCTION search_query(text, boolean);
DROP FUNCTION search_lexemes(text);
DROP FUNCTION search_text(text);
