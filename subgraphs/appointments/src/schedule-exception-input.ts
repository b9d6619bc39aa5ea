import { requiredText, text } from '@caregraph/service-kit';
import { z } from 'zod';

/** `YYYY-MM-DD` and `HH:MM`, as the scalars have checked already; such strings compare as dates and times do. */
const date = z.string();
const time = z.string();
const reason = text(1_000)
  .nullish()
  .transform((value) => value ?? null);
const optionalTime = time.nullish().transform((value) => value ?? null);

export const addTimeOffInput = z
  .object({
    doctorId: z.string(),
    firstDate: date,
    lastDate: date,
    startTime: optionalTime,
    endTime: optionalTime,
    reason,
  })
  .superRefine(({ firstDate, lastDate, startTime, endTime }, context) => {
    const refuse = (field: string, message: string): void => {
      context.addIssue({ code: 'custom', path: [field], message });
    };
    if (lastDate < firstDate) refuse('lastDate', 'must not be before the first date');
    if ((startTime === null) !== (endTime === null)) {
      refuse(
        startTime === null ? 'startTime' : 'endTime',
        'is missing: a part of a day has a start and an end',
      );
    }
    if (startTime === null || endTime === null) return;
    if (firstDate !== lastDate) refuse('lastDate', 'must be the first date where times are given');
    if (startTime >= endTime) refuse('endTime', 'must be after the start');
  });

export const addExtraHoursInput = z
  .object({ doctorId: z.string(), date, startTime: time, endTime: time, reason })
  .refine(({ startTime, endTime }) => startTime < endTime, {
    path: ['endTime'],
    message: 'must be after the start',
  });

export const addClinicHolidayInput = z.object({ date, name: requiredText(200) });
