DROP TABLE patient_restrictions;
