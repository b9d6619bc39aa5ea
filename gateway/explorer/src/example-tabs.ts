import bookAppointment from '../examples/book-appointment.graphql';
import doctorsDay from '../examples/doctors-day.graphql';
import findPatients from '../examples/find-patients.graphql';
import freeSlots from '../examples/free-slots.graphql';

/** What a tab of the explorer opens with: an operation, and its variables as JSON. */
export interface ExampleTab {
  readonly query: string;
  readonly variables: string;
}

/** The doctor of the demo data who has appointments around today. */
const doctorId = '2';
/** A patient of the demo data. */
const patientId = '1';

/** The tabs that the explorer opens with; their times lie around `now`, days being those of the browser's clock. */
export function exampleTabs(now: Date): ExampleTab[] {
  const today = midnight(now, 0);
  const tomorrow = midnight(now, 1);
  const aWeekLater = midnight(now, 8);
  return [
    tab(doctorsDay, { doctorId, from: today, to: tomorrow }),
    tab(findPatients, { search: 'alice' }),
    tab(freeSlots, { doctorId, from: tomorrow, to: aWeekLater, duration: 30 }),
    tab(bookAppointment, {
      input: {
        patientId,
        doctorId,
        dateTime: new Date(tomorrow.getTime() + 10 * 60 * 60 * 1000),
        duration: 30,
        type: 'FOLLOW_UP',
        reason: 'Booked from the explorer',
      },
    }),
  ];
}

/**
 * Makes GraphiQL, which keeps its state in this storage, open with the first tab's variables; by itself it leaves
 * them out. Once it has kept tabs of its own, this changes nothing.
 */
export function openFirstTab(storage: Storage, tabs: readonly ExampleTab[]): void {
  const [first] = tabs;
  if (first === undefined || storage.getItem('graphiql:tabState') !== null) return;
  storage.setItem('graphiql:query', first.query);
  storage.setItem('graphiql:variables', first.variables);
}

function midnight(now: Date, daysAhead: number): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + daysAhead);
}

function tab(query: string, variables: Readonly<Record<string, unknown>>): ExampleTab {
  return { query, variables: JSON.stringify(variables, null, 2) };
}
