SELECT COUNT(*) as conflicts
FROM appointments 
WHERE doctor_id = 2
  AND is_active = true
  AND status IN ('scheduled', 'confirmed', 'in-progress')
  AND (
    (date_time < '2024-01-15 10:30:00' AND date_time + (duration || ' minutes')::interval > '2024-01-15 10:00:00') OR
    (date_time < '2024-01-15 10:00:00' AND date_time + (duration || ' minutes')::interval > '2024-01-15 10:30:00')
  );
