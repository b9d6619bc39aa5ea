import type { AuditRecorder } from '@caregraph/audit-trail';
import { parseId, validate, type Viewer } from '@caregraph/service-kit';
import { invalid, refused, taken, type AppointmentOutcome } from './appointment.js';
import type { AppointmentTypeRuleRepository } from './appointment-type-rule-repository.js';
import type { BookingRepository } from './booking-repository.js';
import { findTimeProblem, rangeOf, termsOf } from './booking-rules.js';
import { transact, type Database } from './database.js';
import type { Directory } from './directory.js';
import type { HoldSlotInput, ReleaseHoldInput } from './generated/graphql.js';
import { findBookableDoctor } from './participants.js';
import type { ScheduleRepository } from './schedule-repository.js';
import { mostLiveHolds, type SlotHoldOutcome } from './slot-hold.js';
import { holdSlotInput } from './slot-hold-input.js';
import type { SlotHoldRepository } from './slot-hold-repository.js';
import type { Turns } from './turns.js';

/** Keeping a time free while somebody makes up their mind, under the rules of booking. One is made for each request. */
export type SlotHoldService = ReturnType<typeof createSlotHoldService>;

interface Dependencies {
  readonly database: Database;
  readonly audit: AuditRecorder;
  readonly bookings: BookingRepository;
  readonly holds: SlotHoldRepository;
  readonly schedules: ScheduleRepository;
  readonly typeRules: AppointmentTypeRuleRepository;
  readonly directory: Directory;
  readonly turns: Turns;
}

export function createSlotHoldService(dependencies: Dependencies) {
  const { database, audit, bookings, holds, schedules, typeRules, directory, turns } = dependencies;

  return {
    /** Holds a time that could be booked now; nobody else can book, move to or hold it until that ends. */
    async hold(viewer: Viewer, input: HoldSlotInput): Promise<SlotHoldOutcome> {
      if (viewer.kind !== 'user') return unheld(refused('FORBIDDEN', 'Only users hold times.', null));
      const validated = validate(holdSlotInput, input);
      if (!validated.ok) return unheld(invalid(validated.problems));
      const doctorId = await findBookableDoctor(directory, validated.value.doctorId);
      if (typeof doctorId !== 'number') return { slotHold: null, userErrors: [doctorId] };
      const hold = { ...validated.value, doctorId, createdBy: viewer.id };
      return turns.take(doctorId, () =>
        transact(database, audit, async (transaction, whoActs) => {
          await bookings.lock(transaction, whoActs, { doctorId, holderId: viewer.id });
          const [calendar = null] = await schedules.findCalendars([doctorId], rangeOf(hold), transaction);
          const rule = await typeRules.find(hold.type, transaction);
          const problem = findTimeProblem(calendar, hold, termsOf(rule));
          if (problem !== null) return { slotHold: null, userErrors: [problem] };
          const buffered = { ...rule, ...hold };
          if ((await bookings.findConflict(buffered, transaction)) !== null) return unheld(taken('doctor'));
          if ((await holds.countLive(transaction, viewer.id)) >= mostLiveHolds) return unheld(tooMany);
          const slotHold = await holds.insert(transaction, buffered);
          return slotHold === null ? unheld(taken('doctor')) : { slotHold, userErrors: [] };
        }),
      );
    },

    /** Ends a hold of the viewer's; of others' holds nobody is told. */
    async release(viewer: Viewer, input: ReleaseHoldInput): Promise<SlotHoldOutcome> {
      const id = parseId(input.id);
      if (viewer.kind !== 'user' || id === null) return noSuchHold;
      const known = await holds.find(id, viewer.id);
      if (known === null) return noSuchHold;
      return transact(database, audit, async (transaction, whoActs) => {
        await bookings.lock(transaction, whoActs, { doctorId: known.doctorId });
        const slotHold = await holds.find(id, viewer.id, transaction);
        if (slotHold === null) return noSuchHold;
        await holds.delete(transaction, id);
        return { slotHold, userErrors: [] };
      });
    },
  };
}

const noSuchHold = unheld(refused('NOT_FOUND', 'There is no such hold.', ['id']));
const tooMany = refused('TOO_MANY_HOLDS', `One user holds at most ${mostLiveHolds} times at once.`, null);

/** The refusal of a booking, as one of a hold. */
function unheld({ userErrors }: AppointmentOutcome): SlotHoldOutcome {
  return { slotHold: null, userErrors };
}
