DROP TABLE schedule_exceptions;
DROP FUNCTION record_schedule_exceptions_changes();
