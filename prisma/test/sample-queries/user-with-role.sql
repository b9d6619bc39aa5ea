SELECT id, email, first_name, last_name, role, is_active 
FROM users 
WHERE email = 'doctor@hospital.com' AND is_active = true;
