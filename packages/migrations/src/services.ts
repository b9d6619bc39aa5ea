import { fileURLToPath } from 'node:url';

/** The services that own a database; each has a folder in `prisma/`. */
export const services = ['users', 'patients', 'appointments'] as const;

/** One of the services that own a database. */
export type Service = (typeof services)[number];

/** Whether `name` is a service that owns a database. */
export function isService(name: string): name is Service {
  return (services as readonly string[]).includes(name);
}

/** The absolute path of a service's folder in `prisma/`, wherever the process was started. */
export function serviceDirectory(service: Service): string {
  return fileURLToPath(new URL(`../../../prisma/${service}`, import.meta.url));
}
