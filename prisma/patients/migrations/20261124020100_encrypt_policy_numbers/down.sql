ALTER TABLE patients DROP COLUMN policy_number_encrypted;
CALL audit_table('patients', 'id::text', 'id', 'id');
