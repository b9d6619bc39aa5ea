import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appointmentRecords, type AppointmentRecord } from './appointment-rows.js';
import { DataSizeError, type AppointmentsPlan } from './appointments-plan.js';
import { isActivePatient } from './patient-rows.js';
import { dayLength } from './table-rows.js';
import { stretches, workingWeek } from './working-week.js';

const today = Date.UTC(2026, 2, 4);

const plans = fc
  .record({
    seed: fc.string({ maxLength: 20 }),
    days: fc.integer({ min: 1, max: 40 }),
    doctors: fc.integer({ min: 1, max: 6 }),
    patients: fc.integer({ min: 1, max: 300 }),
    fullness: fc.double({ min: 0, max: 1, noNaN: true }),
    startHour: fc.integer({ min: 0, max: 12 }),
    weekends: fc.boolean(),
  })
  .map((given): AppointmentsPlan => {
    const week = workingWeek(given.startHour, { weekends: given.weekends });
    const doctors = Array.from({ length: given.doctors }, (_, index) => ({ id: 50 + index, week }));
    const slots = Math.min(16 * given.doctors, given.patients - Math.floor(given.patients / 50));
    const firstDay = today - Math.floor(given.days / 2) * dayLength;
    const workedDays = Array.from({ length: given.days }, (_, index) => firstDay + index * dayLength).filter(
      (day) => week[new Date(day).getUTCDay()] !== null,
    ).length;
    return {
      ...{ seed: given.seed, today, firstDay, days: given.days, doctors },
      count: Math.floor((given.fullness * slots * workedDays) / 2),
      patients: { firstId: 1_000, count: given.patients },
      creatorIds: [7, 8],
    };
  });

/** Pairs that overlap, among those of one doctor or patient. */
function overlaps(records: readonly AppointmentRecord[], key: 'doctorId' | 'patientId'): number {
  const sorted = records.toSorted((a, b) => a[key] - b[key] || a.start - b.start);
  return sorted.filter((record, index) => {
    const previous = sorted[index - 1];
    return previous?.[key] === record[key] && previous.start + previous.duration * 60_000 > record.start;
  }).length;
}

describe('appointmentRecords', () => {
  it('makes as many as were asked for, none overlapping of a doctor nor of a patient', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const records = [...appointmentRecords(plan)];
        expect(records).toHaveLength(plan.count);
        expect(overlaps(records, 'doctorId')).toBe(0);
        expect(overlaps(records, 'patientId')).toBe(0);
      }),
    );
  });

  it('keeps to working hours, active patients and durations that the database accepts', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        for (const { doctorId, patientId, start, duration } of appointmentRecords(plan)) {
          const week = plan.doctors.find(({ id }) => id === doctorId)?.week ?? [];
          const minute = (start % dayLength) / 60_000;
          const fits = stretches(week[new Date(start).getUTCDay()] ?? null).some(
            (stretch) => stretch.start <= minute && minute + duration <= stretch.start + stretch.slots * 15,
          );
          expect(fits).toBe(true);
          expect(duration).toBeGreaterThanOrEqual(15);
          expect(isActivePatient(patientId - plan.patients.firstId)).toBe(true);
        }
      }),
    );
  });

  it('lets only what is before today have happened', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        for (const { start, status } of appointmentRecords(plan)) {
          const isOver = ['completed', 'no-show'].includes(status);
          const isAhead = ['scheduled', 'confirmed'].includes(status);
          expect(start < today ? isAhead : isOver).toBe(false);
        }
      }),
    );
  });

  it('gives the same rows for the same seed, and others for another', () => {
    const [plan] = fc.sample(
      plans.filter(({ count }) => count > 20),
      { numRuns: 1, seed: 1 },
    );
    if (!plan) throw new Error('There is no plan.');
    const first = [...appointmentRecords(plan)];
    expect([...appointmentRecords(plan)]).toEqual(first);
    expect([...appointmentRecords({ ...plan, seed: `${plan.seed}!` })]).not.toEqual(first);
  });

  const busy: AppointmentsPlan = {
    ...{ seed: 'x', today, firstDay: Date.UTC(2026, 2, 2), days: 5, count: 160 },
    doctors: [{ id: 1, week: workingWeek(8, { weekends: false }) }],
    patients: { firstId: 1, count: 32 },
    creatorIds: [1],
  };

  it('fills every slot of the doctors when that is asked for', () => {
    expect([...appointmentRecords(busy)]).toHaveLength(160);
  });

  it('says so when the doctors have not so much time', () => {
    const plan = { ...busy, count: 161 };
    expect(() => appointmentRecords(plan)).toThrow(DataSizeError);
    expect(() => appointmentRecords(plan)).toThrow('the doctors (1) have time for 160 in 5 days');
  });

  it('says so when there are too few patients for one day', () => {
    expect(() => appointmentRecords({ ...busy, patients: { firstId: 1, count: 31 } })).toThrow(
      '32 appointments on one day, but there are 31 active patients',
    );
  });
});
