DROP TRIGGER version_outlasts_reencryption ON patients;
DROP FUNCTION keep_version_of_reencrypted();
