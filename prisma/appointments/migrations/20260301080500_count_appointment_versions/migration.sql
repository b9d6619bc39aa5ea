ALTER TABLE appointments ADD COLUMN version INTEGER NOT NULL DEFAULT 1;

-- A trigger, so that changes made with psql count too; what a client writes into the column is ignored.
CREATE FUNCTION increment_version()
RETURNS TRIGGER AS $$
BEGIN
    NEW.version = OLD.version + 1;
    RETURN NEW;
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER increment_appointments_version
    BEFORE UPDATE ON appointments
    FOR EACH ROW
    EXECUTE FUNCTION increment_version();
