/** The tables whose rows are what a type of the API tells; triggers name the table, services name the type. */
const tableOfType = {
  User: 'users',
  UserSession: 'sessions',
  Patient: 'patients',
  Appointment: 'appointments',
  DoctorSchedule: 'doctor_schedules',
  SlotHold: 'slot_holds',
  ScheduleException: 'schedule_exceptions',
} as const;

const typeOfTable = new Map<string, string>(
  Object.entries(tableOfType).map(([type, table]) => [table, type]),
);
const tables = new Map<string, string>(Object.entries(tableOfType));

/** How the API names a kind of records that the trail names so: by its type, where it has one. */
export function typeNameOf(recordType: string): string {
  return typeOfTable.get(recordType) ?? recordType;
}

/** By which names the trail may have a kind of records that somebody asks for, by its type or by its table. */
export function columnNamesOf(recordType: string): string[] {
  const type = typeNameOf(recordType);
  const table = tables.get(type);
  return table === undefined ? [type] : [type, table];
}
