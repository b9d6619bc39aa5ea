import { fault, parseId } from '@caregraph/service-kit';
import { noRule } from './appointment-type-rule.js';
import type { AppointmentTypeRuleRepository } from './appointment-type-rule-repository.js';
import type { BookingRepository } from './booking-repository.js';
import type { Directory } from './directory.js';
import { earliestSlots, type DoctorSlot } from './earliest-slots.js';
import { freeSlots } from './free-slots.js';
import type {
  AppointmentType,
  QueryAvailableSlotsArgs,
  QueryNextAvailableSlotsArgs,
} from './generated/graphql.js';
import type { Interval } from './interval.js';
import { wholeDays } from './local-days.js';
import { findBookableDoctor } from './participants.js';
import type { UserReference } from './references.js';
import type { ScheduleRepository } from './schedule-repository.js';
import { endOfTime, rangeOfNext, rangeOfSearch, searchFor, within, type SlotSearch } from './slot-search.js';
import { workingTime } from './working-time.js';

/** A time at which a doctor could be booked, as the API has it. */
export interface Slot {
  readonly doctor: UserReference;
  readonly startsAt: Date;
  readonly endsAt: Date;
}

/** The search for free time. One is made for each request. */
export type SlotService = ReturnType<typeof createSlotService>;

interface Dependencies {
  readonly bookings: Pick<BookingRepository, 'findTaken'>;
  readonly schedules: Pick<ScheduleRepository, 'findCalendars'>;
  readonly typeRules: AppointmentTypeRuleRepository;
  readonly directory: Directory;
}

export function createSlotService({ bookings, schedules, typeRules, directory }: Dependencies) {
  /** Null when there is nothing to be found. What has passed needs no rules. */
  async function prepare(
    range: Interval,
    duration: number,
    type: AppointmentType | null | undefined,
  ): Promise<SlotSearch | null> {
    const rule = type == null || Date.now() >= range.end ? noRule : await typeRules.find(type);
    return searchFor(range, duration, type, rule);
  }

  /**
   * The free slots of each doctor who can be booked, made as they are asked for: packed from the beginning of each gap
   * of the local days, so that where they begin depends neither on the search's limits nor on the clock.
   */
  async function slotsOf(
    doctorIds: readonly number[],
    search: SlotSearch,
  ): Promise<ReadonlyMap<number, Iterable<Interval>>> {
    const { range, shape } = search;
    const calendars = await schedules.findCalendars(doctorIds, range);
    const scheduled = doctorIds.flatMap((doctorId, index) => {
      const calendar = calendars[index] ?? null;
      return calendar === null ? [] : [{ doctorId, calendar }];
    });
    const isBookable = await whoIsBookable(scheduled.map(({ doctorId }) => doctorId));
    const bookable = scheduled.filter(({ doctorId }) => isBookable.has(doctorId));
    if (bookable.length === 0) return new Map();
    const days = bookable.map(({ calendar }) => wholeDays(calendar.timeZone, range));
    const start = Math.min(...days.map((whole) => whole.start)) - shape.bufferBefore;
    const end = Math.min(Math.max(...days.map((whole) => whole.end)) + shape.bufferAfter, endOfTime);
    const taken = await bookings.findTaken([...isBookable], { start, end });
    return new Map(
      bookable.map(({ doctorId, calendar }) => {
        const slots = freeSlots(workingTime(calendar, range), taken.get(doctorId) ?? [], shape);
        return [doctorId, within(search, slots)];
      }),
    );
  }

  /** Of these doctors those who can be booked; asked for in one call. */
  async function whoIsBookable(doctorIds: readonly number[]): Promise<ReadonlySet<number>> {
    const answers = await Promise.all(doctorIds.map((id) => findBookableDoctor(directory, String(id))));
    const bookable = answers.flatMap((answer) => {
      if (typeof answer === 'number') return [answer];
      if (answer.code !== 'DEPENDENCY_UNAVAILABLE') return [];
      throw fault('DOWNSTREAM_SERVICE_ERROR', answer.message);
    });
    return new Set(bookable);
  }

  return {
    /** Slots of one doctor that could be booked now. */
    async availableSlots(args: QueryAvailableSlotsArgs): Promise<Slot[]> {
      const search = await prepare(rangeOfSearch(args), args.duration, args.type);
      const id = parseId(args.doctorId);
      if (search === null || id === null) return [];
      const slots = (await slotsOf([id], search)).get(id) ?? [];
      return [...slots].map((slot) => toSlot({ doctorId: id, ...slot }));
    },

    /** The earliest of the slots that `availableSlots` has of these doctors within two months. */
    async nextAvailableSlots(args: QueryNextAvailableSlotsArgs): Promise<Slot[]> {
      const search = await prepare(rangeOfNext(args), args.duration, args.type);
      const ids = [...new Set(args.doctorIds.map(parseId))].filter((id) => id !== null);
      if (search === null || ids.length === 0) return [];
      return earliestSlots(await slotsOf(ids, search), args.first ?? 10).map(toSlot);
    },
  };
}

function toSlot({ doctorId, start, end }: DoctorSlot): Slot {
  return { doctor: { id: doctorId }, startsAt: new Date(start), endsAt: new Date(end) };
}
