import { z } from 'zod';
import { daysOfWeek } from './schedule.js';
import { timeZoneName } from './time-zone.js';

/** `HH:MM`, as the scalar has checked already; such strings compare as the times do. */
const time = z.string();

const day = z
  .object({
    dayOfWeek: z.enum(daysOfWeek),
    startTime: time,
    endTime: time,
    breakStart: time.nullish().transform((value) => value ?? null),
    breakEnd: time.nullish().transform((value) => value ?? null),
    isAvailable: z
      .boolean()
      .nullish()
      .transform((value) => value ?? true),
  })
  .superRefine(({ startTime, endTime, breakStart, breakEnd }, context) => {
    const refuse = (field: string, message: string): void => {
      context.addIssue({ code: 'custom', path: [field], message });
    };
    if (startTime >= endTime) refuse('endTime', 'must be after the start');
    if ((breakStart === null) !== (breakEnd === null)) {
      refuse(breakStart === null ? 'breakStart' : 'breakEnd', 'is missing: a break has a start and an end');
    }
    if (breakStart === null || breakEnd === null) return;
    if (breakStart < startTime) refuse('breakStart', 'must not be before the start of work');
    if (breakEnd > endTime) refuse('breakEnd', 'must not be after the end of work');
    if (breakStart >= breakEnd) refuse('breakEnd', 'must be after the start of the break');
  });

export const setDoctorScheduleInput = z.object({
  doctorId: z.string(),
  timeZone: timeZoneName.nullish().transform((value) => value ?? null),
  days: z.array(day).superRefine((days, context) => {
    days.forEach(({ dayOfWeek }, index) => {
      if (days.findIndex((other) => other.dayOfWeek === dayOfWeek) < index) {
        context.addIssue({
          code: 'custom',
          path: [index, 'dayOfWeek'],
          message: 'must not be named twice',
        });
      }
    });
  }),
});
