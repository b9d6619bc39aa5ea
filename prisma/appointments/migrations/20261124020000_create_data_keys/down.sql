DROP TABLE data_keys;
DROP FUNCTION record_data_keys_changes();
