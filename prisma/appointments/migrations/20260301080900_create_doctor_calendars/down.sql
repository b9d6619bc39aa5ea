DROP TABLE doctor_calendars;
