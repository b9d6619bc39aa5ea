DROP TABLE audit_seals;
DROP TABLE audit_entries;
DROP FUNCTION refuse_audit_rewrite();
