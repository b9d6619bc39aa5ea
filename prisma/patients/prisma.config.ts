import { defineConfig } from 'prisma/config';

const url = process.env['PATIENTS_MIGRATION_URL'];

/** The patients service's database for Prisma's command line; commands that read no database need no URL. */
export default defineConfig({
  schema: 'schema.prisma',
  migrations: { path: 'migrations' },
  ...(url ? { datasource: { url } } : {}),
});
