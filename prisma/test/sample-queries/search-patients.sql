SELECT id, first_name, last_name, email, phone, 
       EXTRACT(YEAR FROM AGE(date_of_birth)) as age
FROM patients 
WHERE is_active = true 
  AND (LOWER(first_name) LIKE '%alice%' OR LOWER(last_name) LIKE '%alice%')
ORDER BY last_name, first_name;
