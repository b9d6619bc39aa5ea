-- A value under another key is the same value: whoever has read the record has not read an older one. Only for the
-- owner, only where values get another key, and only where nothing else of the record differs: no change hides here.
CREATE FUNCTION keep_version_of_reencrypted()
RETURNS TRIGGER AS $$
DECLARE
    -- What is compared by itself, and what triggers and the database compute.
    excepted TEXT[] := ARRAY[
        'medical_history', 'allergies', 'medications', 'policy_number', 'policy_number_encrypted',
        'version', 'updated_at', 'search_vector'];
BEGIN
    IF pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE')
        AND to_jsonb(NEW) - excepted = to_jsonb(OLD) - excepted
        AND (
            SELECT bool_and(former IS NOT DISTINCT FROM latter OR COALESCE(
                former IS NOT NULL AND starts_with(latter, 'enc:v1:')
                    AND split_part(latter, ':', 3) <> split_part(former, ':', 3), false))
            FROM (VALUES
                (OLD.medical_history, NEW.medical_history),
                (OLD.allergies, NEW.allergies),
                (OLD.medications, NEW.medications),
                (
                    COALESCE(OLD.policy_number_encrypted, OLD.policy_number),
                    COALESCE(NEW.policy_number_encrypted, NEW.policy_number)
                )
            ) AS value (former, latter))
        AND (NEW.policy_number IS NOT DISTINCT FROM OLD.policy_number
            OR NEW.policy_number IS NULL
                AND NEW.policy_number_encrypted IS DISTINCT FROM OLD.policy_number_encrypted)
    THEN
        NEW.version = OLD.version;
        NEW.updated_at = OLD.updated_at;
    END IF;
    RETURN NEW;
END;
$$ LANGUAGE plpgsql;

-- Triggers fire in the order of their names: this one comes after those whose work it undoes.
CREATE TRIGGER version_outlasts_reencryption
    BEFORE UPDATE ON patients
    FOR EACH ROW
    WHEN (current_setting('caregraph.reencrypting', true) = 'on')
    EXECUTE FUNCTION keep_version_of_reencrypted();
