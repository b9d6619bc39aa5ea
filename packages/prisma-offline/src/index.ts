export { databaseTarget, quoteIdentifier, type DatabaseTarget } from './database-target.js';
export { runPrisma, type PrismaOutcome } from './prisma-command.js';
