export { runPrisma, type PrismaOutcome } from './prisma-command.js';
