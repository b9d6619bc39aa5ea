-- The order of lists; keyset pagination reads on from a row of it.
CREATE INDEX idx_patients_list_order ON patients(last_name, first_name, id);
