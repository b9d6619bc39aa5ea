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
  const inAWeek = midnight(now, 7);
  return [
    tab(doctorsDay, { doctorId, from: today, to: tomorrow }),
    tab(findPatients, { search: 'ali' }),
    tab(freeSlots, { doctorId, from: tomorrow, to: inAWeek, duration: 30 }),
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

function midnight(now: Date, daysAhead: number): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + daysAhead);
}

function tab(query: string, variables: Readonly<Record<string, unknown>>): ExampleTab {
  return { query, variables: JSON.stringify(variables, null, 2) };
}
