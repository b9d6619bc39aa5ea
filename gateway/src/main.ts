import { createLogger, runProcess } from '@caregraph/service-kit';
import { loadConfig } from './config.js';
import { startGateway } from './server.js';

// On a clinic's network nothing is reported to anybody; Apollo's gateway looks here for that.
process.env['APOLLO_TELEMETRY_DISABLED'] = 'true';

const logger = createLogger('gateway', process.env['LOG_LEVEL']);
await runProcess(logger, () => startGateway(loadConfig(process.env, process.argv.slice(2)), logger));
