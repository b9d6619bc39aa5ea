-- An encrypted policy number does not fit into the 100 characters of policy_number, which is NULL then.
ALTER TABLE patients ADD COLUMN policy_number_encrypted TEXT;

-- The trail names the columns that a change is about.
CALL audit_table('patients', 'id::text', 'id', 'id');
