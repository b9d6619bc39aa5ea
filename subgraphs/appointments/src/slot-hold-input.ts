import { z } from 'zod';
import { bookAppointmentInput } from './appointment-input.js';

export const holdSlotInput = bookAppointmentInput
  .pick({ doctorId: true, dateTime: true, duration: true, type: true })
  .extend({
    minutes: z
      .int()
      .refine((minutes) => minutes >= 1 && minutes <= 30, 'must be between 1 and 30 minutes')
      .nullish()
      .transform((value) => value ?? 10),
  });
