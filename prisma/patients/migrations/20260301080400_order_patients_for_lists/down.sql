DROP INDEX idx_patients_list_order;
