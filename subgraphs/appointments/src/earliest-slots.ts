import type { Interval } from './interval.js';

/** A time at which a doctor could be booked. */
export interface DoctorSlot extends Interval {
  readonly doctorId: number;
}

/**
 * The `limit` earliest slots of several doctors, by their beginning and then the doctor's id. Of each doctor, whose
 * slots come in order, no more are made than are needed to tell.
 */
export function earliestSlots(
  slotsOf: ReadonlyMap<number, Iterable<Interval>>,
  limit: number,
): readonly DoctorSlot[] {
  const queues = [...slotsOf].flatMap(([doctorId, slots]) => {
    const iterator = slots[Symbol.iterator]();
    const first = iterator.next();
    return first.done === true ? [] : [{ doctorId, iterator, head: first.value }];
  });
  const earliest: DoctorSlot[] = [];
  while (earliest.length < limit && queues.length > 0) {
    const queue = queues.reduce((one, other) =>
      (other.head.start - one.head.start || other.doctorId - one.doctorId) < 0 ? other : one,
    );
    earliest.push({ doctorId: queue.doctorId, ...queue.head });
    const next = queue.iterator.next();
    if (next.done === true) queues.splice(queues.indexOf(queue), 1);
    else queue.head = next.value;
  }
  return earliest;
}
