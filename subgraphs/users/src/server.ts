import {
  contextSecrets,
  createMetrics,
  createSubgraphSchema,
  openProcessTls,
  sendJson,
  startSubgraphServer,
} from '@caregraph/service-kit';
import type { Handler, HttpServer, Logger } from '@caregraph/service-kit';
import { enforcePolicy } from '@caregraph/access-policy';
import { createAccessTokens, type AccessTokens } from './access-tokens.js';
import type { Config } from './config.js';
import { createContext, type Dependencies } from './context.js';
import { connectDatabase } from './database.js';
import { createPasswordHasher } from './password-hasher.js';
import { resolvers } from './resolvers.js';
import { createSessionRepository } from './session-repository.js';
import { createUserRepository } from './user-repository.js';

/** Starts the users service; `stop` drains it. */
export async function startServer(config: Config, logger: Logger): Promise<HttpServer> {
  const tls = openProcessTls(config, logger);
  const metrics = createMetrics('users');
  const database = connectDatabase(config.USERS_DATABASE_URL, metrics, (error) => {
    logger.warn({ err: error }, 'a database connection failed');
  });
  const passwords = await createPasswordHasher(config.PASSWORD_HASH_COST);
  const tokens = await createAccessTokens(config.ACCESS_TOKEN_PRIVATE_KEY, config.ACCESS_TOKEN_SECONDS);
  const dependencies: Dependencies = {
    config,
    database,
    users: createUserRepository(database),
    sessions: createSessionRepository(database),
    passwords,
    tokens,
  };
  return startSubgraphServer({
    service: 'users',
    schema: enforcePolicy(createSubgraphSchema(new URL('../schema.graphql', import.meta.url), resolvers)),
    host: config.HOST,
    port: config.USERS_PORT,
    metricsPort: config.METRICS_PORT,
    tls,
    contextSecrets: contextSecrets(config),
    logger,
    metrics,
    readiness: [{ name: 'database', check: () => database.$queryRaw`SELECT 1` }],
    handlers: [jwksHandler(tokens)],
    createContext: (call) => createContext(call, dependencies),
    async close() {
      await passwords.close();
      await database.$disconnect();
    },
  });
}

/** `GET /.well-known/jwks.json`: the keys that verify access tokens. */
function jwksHandler({ jwks }: AccessTokens): Handler {
  return ({ request, response, path }) => {
    if (request.method !== 'GET' || path !== '/.well-known/jwks.json') return false;
    sendJson(response, 200, jwks);
    return true;
  };
}
