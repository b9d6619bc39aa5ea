import {
  contextSecrets,
  createMetrics,
  createSubgraphSchema,
  openProcessTls,
  startSubgraphServer,
} from '@caregraph/service-kit';
import type { HttpServer, Logger } from '@caregraph/service-kit';
import { enforcePolicy, policyDigest } from '@caregraph/access-policy';
import { actAsService, answerAfterEntry, openAuditTrail, recordAccess } from '@caregraph/audit-trail';
import { openFieldCipher } from '@caregraph/encryption';
import { createAppointmentHistoryRepository } from './appointment-history-repository.js';
import { createAppointmentTypeRuleRepository } from './appointment-type-rule-repository.js';
import { createBookingRepository } from './booking-repository.js';
import { createBookingRequestRepository } from './booking-request-repository.js';
import type { Config } from './config.js';
import { createContext, type Dependencies } from './context.js';
import { connectDatabase } from './database.js';
import { connectDirectory } from './directory.js';
import { startHoldHousekeeping } from './hold-housekeeping.js';
import { followRestrictions } from './patient-restrictions.js';
import { resolvers } from './resolvers.js';
import { createScheduleExceptionRepository } from './schedule-exception-repository.js';
import { createScheduleRepository } from './schedule-repository.js';
import { createSlotHoldRepository } from './slot-hold-repository.js';
import { createTurns } from './turns.js';

/** Starts the appointments service; `stop` drains it. */
export async function startServer(config: Config, logger: Logger): Promise<HttpServer> {
  const tls = openProcessTls(config, logger);
  const metrics = createMetrics('appointments');
  const ownData = {
    service: 'appointments',
    databaseUrl: config.APPOINTMENTS_DATABASE_URL,
    settings: config,
    logger,
  } as const;
  const cipher = await openFieldCipher(ownData);
  const trail = openAuditTrail({ ...ownData, policyDigest, metrics });
  const database = connectDatabase(config.APPOINTMENTS_DATABASE_URL, metrics, (error) => {
    logger.warn({ err: error }, 'a database connection failed');
  });
  const clients = connectDirectory(config, tls, logger);
  const restrictions = followRestrictions(config, tls, logger);
  const holds = createSlotHoldRepository(database);
  const dependencies: Dependencies = {
    trail,
    cipher,
    database,
    restrictions,
    histories: createAppointmentHistoryRepository(database, config.CLINIC_TIME_ZONE),
    bookings: createBookingRepository(database, cipher),
    requests: createBookingRequestRepository(database, cipher),
    holds,
    typeRules: createAppointmentTypeRuleRepository(database),
    schedules: createScheduleRepository(database, config.CLINIC_TIME_ZONE),
    exceptions: createScheduleExceptionRepository(database),
    clients,
    turns: createTurns(),
  };
  const stopHousekeeping = startHoldHousekeeping({
    database,
    holds,
    actor: () => actAsService('appointments', config.AUDIT_KEYS_FILE),
    logger,
  });
  const schema = createSubgraphSchema(new URL('../schema.graphql', import.meta.url), resolvers);
  return startSubgraphServer({
    service: 'appointments',
    schema: recordAccess(enforcePolicy(schema), { Appointment: 'patientId' }),
    plugins: [answerAfterEntry(logger)],
    host: config.HOST,
    port: config.APPOINTMENTS_PORT,
    metricsPort: config.METRICS_PORT,
    tls,
    contextSecrets: contextSecrets(config),
    logger,
    metrics,
    readiness: [
      { name: 'database', check: () => database.$queryRaw`SELECT 1` },
      { name: 'restrictions', check: () => restrictions.checkKnown() },
    ],
    createContext: (call) => createContext(call, dependencies),
    async close() {
      await Promise.all([restrictions.close(), clients.patients.close(), clients.users.close()]);
      await stopHousekeeping();
      await trail.close();
      await cipher.close();
      await database.$disconnect();
    },
  });
}
