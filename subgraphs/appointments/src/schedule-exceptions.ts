import { fault } from '@caregraph/service-kit';
import DataLoader from 'dataloader';
import { Temporal } from 'temporal-polyfill';
import type { ScheduleException } from './schedule-exception.js';
import type { Dates, ScheduleExceptionRepository } from './schedule-exception-repository.js';

/** How many days a list of exceptions can be about. */
const longestList = 366;

/** Which dates a list of exceptions is about: both included. */
interface ListArguments {
  readonly from: string;
  readonly to: string;
}

/** Lists of exceptions: the clinic's, and those of doctors, which are read together. One is made for each request. */
export type ScheduleExceptions = ReturnType<typeof createScheduleExceptions>;

export function createScheduleExceptions(
  exceptions: Pick<ScheduleExceptionRepository, 'listEach' | 'listHolidays'>,
) {
  const loaders = new Map<string, DataLoader<number, ScheduleException[]>>();

  return {
    async listHolidays(list: ListArguments): Promise<ScheduleException[]> {
      return exceptions.listHolidays(parseDates(list));
    },

    async listOf(doctorId: number, list: ListArguments): Promise<ScheduleException[]> {
      const dates = parseDates(list);
      const key = `${list.from} ${list.to}`;
      const loader = loaders.get(key) ?? new DataLoader((ids) => exceptions.listEach(ids, dates));
      loaders.set(key, loader);
      return loader.load(doctorId);
    },
  };
}

function parseDates({ from, to }: ListArguments): Dates {
  if (to < from) throw fault('BAD_USER_INPUT', '"from" must not be after "to".');
  if (Temporal.PlainDate.from(from).until(to).days >= longestList) {
    throw fault('BAD_USER_INPUT', `"from" and "to" must be at most ${longestList} days, both included.`);
  }
  return { firstDate: from, lastDate: to };
}
