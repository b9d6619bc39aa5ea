-- Nobody writes a policy number between the look at the column and its end.
LOCK TABLE patients IN ACCESS EXCLUSIVE MODE;
DO $$
BEGIN
    IF EXISTS (SELECT FROM patients WHERE policy_number_encrypted IS NOT NULL) THEN
        RAISE EXCEPTION 'patients.policy_number_encrypted holds policy numbers that stand nowhere else'
            USING HINT = 'There is no command that decrypts in place. Keep the column, restore a backup from before '
                'encryption, or, where the numbers may be lost, set policy_number_encrypted to NULL first.';
    END IF;
END;
$$;
ALTER TABLE patients DROP COLUMN policy_number_encrypted;
CALL audit_table('patients', 'id::text', 'id', 'id');
