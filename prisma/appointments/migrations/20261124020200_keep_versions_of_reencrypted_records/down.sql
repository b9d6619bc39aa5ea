DROP TRIGGER version_outlasts_reencryption ON appointments;
DROP FUNCTION keep_version_of_reencrypted();
