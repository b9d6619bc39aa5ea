import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';
import { startHttpServer } from './http-server.js';
import type { Logger } from './logger.js';
import type { Running } from './process-lifecycle.js';

/** What one process counts. */
export interface Metrics {
  /** Counts one SQL statement, by its text: `data`, or `transaction` for BEGIN, COMMIT and their kin. */
  countStatement(sql: string): void;
  /** Records how long a request took, in seconds, and its HTTP status. */
  observeRequest(seconds: number, status: number): void;
  /** The metrics as Prometheus reads them. */
  render(): Promise<string>;
}

const transactionControl =
  /^\s*(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|START TRANSACTION|SET TRANSACTION)\b/i;

export function createMetrics(service: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  const statements = new Counter({
    name: 'caregraph_sql_statements_total',
    help: 'SQL statements sent to PostgreSQL',
    labelNames: ['kind'],
    registers: [registry],
  });
  const requests = new Histogram({
    name: 'caregraph_http_request_seconds',
    help: 'Time from a GraphQL request to its answer',
    labelNames: ['status'],
    registers: [registry],
  });
  return {
    countStatement(sql) {
      statements.inc({ kind: transactionControl.test(sql) ? 'transaction' : 'data' });
    },
    observeRequest(seconds, status) {
      requests.observe({ status }, seconds);
    },
    render: () => registry.metrics(),
  };
}

/** Serves `GET /metrics` on a port of its own, which a clinic's firewall can keep to the inside. */
export async function startMetricsServer(
  metrics: Metrics,
  options: { host: string; port: number; logger: Logger },
): Promise<Running> {
  return startHttpServer({
    ...options,
    portSetting: 'METRICS_PORT',
    trustRequestId: false,
    handlers: [
      async ({ request, response, path }) => {
        if (request.method !== 'GET' || path !== '/metrics') return false;
        response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
        response.end(await metrics.render());
        return true;
      },
    ],
  });
}
