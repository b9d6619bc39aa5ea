import { createLogger, runProcess } from '@caregraph/service-kit';
import { loadConfig } from './config.js';
import { startGateway } from './server.js';

const logger = createLogger('gateway', process.env['LOG_LEVEL']);
await runProcess(logger, () => startGateway(loadConfig(process.env, process.argv.slice(2)), logger));
