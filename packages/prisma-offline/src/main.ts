import { runPrisma } from './prisma-command.js';

// A terminal sends its signals to Prisma too; this process only waits for what Prisma makes of them.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);

const { exitCode } = await runPrisma(process.argv.slice(2), { env: process.env, output: 'inherit' });
process.exitCode = exitCode;
