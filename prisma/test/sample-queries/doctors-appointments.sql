SELECT a.id, a.patient_id, a.date_time, a.duration, a.type, a.status, a.reason
FROM appointments a
WHERE a.doctor_id = 2 
  AND a.date_time >= CURRENT_DATE 
  AND a.date_time < CURRENT_DATE + INTERVAL '1 day'
  AND a.is_active = true
ORDER BY a.date_time;
