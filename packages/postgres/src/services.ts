/** The services that own a database, by the names that settings, folders and roles are made of. */
export const serviceNames = ['users', 'patients', 'appointments'] as const;

/** One of the three services. */
export type ServiceName = (typeof serviceNames)[number];

/** Each service's database in a cluster that holds all three. */
export const databaseNames: Record<ServiceName, string> = {
  users: 'user_service_db',
  patients: 'patient_service_db',
  appointments: 'appointment_service_db',
};

/** The role that owns and migrates a service's database. */
export function ownerRole(service: ServiceName): string {
  return `${service}_owner`;
}

/** The role that a service runs as, which cannot change the schema. */
export function runtimeRole(service: ServiceName): string {
  return `${service}_service`;
}
