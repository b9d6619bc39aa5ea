DROP TABLE appointments;
DROP FUNCTION update_updated_at_column();
