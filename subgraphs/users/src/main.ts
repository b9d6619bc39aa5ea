import { createLogger, runProcess } from '@caregraph/service-kit';
import { loadConfig } from './config.js';
import { startServer } from './server.js';

const logger = createLogger('users', process.env['LOG_LEVEL']);
await runProcess(logger, () => startServer(loadConfig(process.env), logger));
