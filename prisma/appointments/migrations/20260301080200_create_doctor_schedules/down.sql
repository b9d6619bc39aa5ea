DROP TABLE doctor_schedules;
