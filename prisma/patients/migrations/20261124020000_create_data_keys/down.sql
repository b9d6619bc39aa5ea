-- Nobody encrypts a value between the look at the values and the end of the keys.
LOCK TABLE patients IN SHARE MODE;
DO $$
BEGIN
    IF EXISTS (
        SELECT FROM patients
        WHERE medical_history LIKE 'enc:v1:%'
            OR allergies LIKE 'enc:v1:%'
            OR medications LIKE 'enc:v1:%')
    THEN
        RAISE EXCEPTION 'Values of patients are encrypted under the keys of data_keys, and unreadable without them'
            USING HINT = 'There is no command that decrypts in place. Go on with these keys, restore a backup from before '
                'encryption, or, where the values may be lost, set those that begin with enc:v1: to NULL first.';
    END IF;
END;
$$;
DROP TABLE data_keys;
DROP FUNCTION record_data_keys_changes();
