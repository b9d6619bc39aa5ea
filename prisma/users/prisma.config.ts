import { defineConfig } from 'prisma/config';

const url = process.env['USERS_MIGRATION_URL'];

/** The users service's database for Prisma's command line; commands that read no database need no URL. */
export default defineConfig({
  schema: 'schema.prisma',
  migrations: { path: 'migrations' },
  ...(url ? { datasource: { url } } : {}),
});
