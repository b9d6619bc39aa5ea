import {
  contextSecrets,
  createMetrics,
  createSubgraphSchema,
  openProcessTls,
  sendJson,
  startSubgraphServer,
} from '@caregraph/service-kit';
import type { Handler, HttpServer, Logger } from '@caregraph/service-kit';
import { enforcePolicy, policyDigest } from '@caregraph/access-policy';
import { actAsService, answerAfterEntry, openAuditTrail, recordAccess } from '@caregraph/audit-trail';
import { createRateLimits } from '@caregraph/rate-limits';
import { createAccountChanges } from './account-changes.js';
import { followAccessTokenKeys, type AccessTokenKeys } from './access-token-keys.js';
import { accessTokenState } from './access-token-state.js';
import { createAccessTokens } from './access-tokens.js';
import type { Config } from './config.js';
import { createContext, type Dependencies } from './context.js';
import { connectDatabase } from './database.js';
import { createDemoAccountRepository } from './demo-account-repository.js';
import { createLoginDeviceRepository } from './login-device-repository.js';
import { createLoginThrottle } from './login-throttle.js';
import { refuseDemoAccounts } from './demo-accounts.js';
import { createPasswordHasher } from './password-hasher.js';
import { createPasswordRepository } from './password-repository.js';
import { createPasswordRules } from './password-rules.js';
import { resolvers } from './resolvers.js';
import { startSessionHousekeeping } from './session-housekeeping.js';
import { createSessionRenewalRepository } from './session-renewal-repository.js';
import { createSessionRepository } from './session-repository.js';
import { createNewPasswordInputs } from './user-input.js';
import { createUserRepository } from './user-repository.js';
import { createUserSessionRepository } from './user-session-repository.js';

/** Starts the users service; `stop` drains it. */
export async function startServer(config: Config, logger: Logger): Promise<HttpServer> {
  const keys = await followAccessTokenKeys(config.ACCESS_TOKEN_KEYS_FILE, logger);
  const tls = openProcessTls(config, logger);
  const metrics = createMetrics('users');
  const trail = openAuditTrail({
    service: 'users',
    databaseUrl: config.USERS_DATABASE_URL,
    settings: config,
    policyDigest,
    metrics,
    logger,
  });
  const database = connectDatabase(config.USERS_DATABASE_URL, metrics, (error) => {
    logger.warn({ err: error }, 'a database connection failed');
  });
  const passwords = await createPasswordHasher(config.PASSWORD_HASH_COST);
  if (config.NODE_ENV === 'production' && !config.ALLOW_DEMO_ACCOUNTS) {
    await refuseDemoAccounts(createDemoAccountRepository(database), passwords);
  }
  const rules = await createPasswordRules(config.PASSWORD_MIN_LENGTH);
  const users = createUserRepository(database);
  const sessions = createSessionRepository(database);
  const devices = createLoginDeviceRepository(database);
  const limits = createRateLimits({
    redisUrl: config.REDIS_URL,
    tls,
    secret: config.SERVICE_CONTEXT_SECRET,
    logger,
  });
  const dependencies: Dependencies = {
    trail,
    config,
    database,
    users,
    sessions,
    userSessions: createUserSessionRepository(database),
    renewal: createSessionRenewalRepository(database),
    passwords,
    rules,
    inputs: createNewPasswordInputs(rules),
    devices,
    accounts: createAccountChanges({ database, users, sessions, devices }),
    passwordHashes: createPasswordRepository(database),
    throttle: createLoginThrottle(limits),
    tokens: createAccessTokens(keys, config.ACCESS_TOKEN_SECONDS),
    logger,
    metrics,
  };
  const stopHousekeeping = startSessionHousekeeping({
    sessions,
    actor: () => actAsService('users', config.AUDIT_KEYS_FILE),
    retention: config.SESSION_RETENTION_DAYS,
    logger,
  });
  const schema = createSubgraphSchema(new URL('../schema.graphql', import.meta.url), resolvers);
  return startSubgraphServer({
    service: 'users',
    schema: recordAccess(enforcePolicy(schema), {}),
    plugins: [answerAfterEntry(logger)],
    host: config.HOST,
    port: config.USERS_PORT,
    metricsPort: config.METRICS_PORT,
    tls,
    contextSecrets: contextSecrets(config),
    logger,
    metrics,
    readiness: [{ name: 'database', check: () => database.$queryRaw`SELECT 1` }],
    serviceRoutes: [accessTokenState(keys, sessions)],
    handlers: [jwksHandler(keys)],
    createContext: (call) => createContext(call, dependencies),
    async close() {
      keys.stop();
      await stopHousekeeping();
      limits.close();
      await passwords.close();
      await trail.close();
      await database.$disconnect();
    },
  });
}

/** `GET /.well-known/jwks.json`: the keys that verify access tokens. */
function jwksHandler(keys: AccessTokenKeys): Handler {
  return ({ request, response, path }) => {
    if (request.method !== 'GET' || path !== '/.well-known/jwks.json') return false;
    sendJson(response, 200, keys.jwks());
    return true;
  };
}
