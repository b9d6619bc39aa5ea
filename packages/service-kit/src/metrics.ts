import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { startHttpServer } from './http-server.js';
import type { Logger } from './logger.js';
import type { Running } from './process-lifecycle.js';
import type { ProcessTls } from './process-tls.js';

/** What one process counts. */
export interface Metrics {
  /**
   * Counts one SQL statement, by its text: `data`, `transaction` for BEGIN, COMMIT and their kin, or what a comment
   * says that it begins with: `background` where no request has asked for it, `audit` where it is the trail's own.
   */
  countStatement(sql: string): void;
  /** Counts something that whoever looks after the platform's security must hear of. */
  countSecurityAlert(kind: string): void;
  /** Records how long a request took, in seconds, and its HTTP status. */
  observeRequest(seconds: number, status: number): void;
  /** Records how long it took to write the audit entries that were waiting, in seconds. */
  observeAuditWrite(seconds: number): void;
  /** Notes that every audit entry that was written before a time is sealed. */
  auditSealed(until: Date): void;
  /** Notes that a checkpoint of the audit trail is on the disk. */
  auditCheckpointed(): void;
  /** The metrics as Prometheus reads them. */
  render(): Promise<string>;
}

const transactionControl =
  /^\s*(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|START TRANSACTION|SET TRANSACTION)\b/i;

const statedKind = /^\s*\/\* (background|audit) \*\//;

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
  const securityAlerts = new Counter({
    name: 'caregraph_security_alerts_total',
    help: 'Events that point to an attack, such as a refresh token that was used twice',
    labelNames: ['kind'],
    registers: [registry],
  });
  const requests = new Histogram({
    name: 'caregraph_http_request_seconds',
    help: 'Time from a GraphQL request to its answer',
    labelNames: ['status'],
    registers: [registry],
  });
  const auditWrites = new Histogram({
    name: 'caregraph_audit_write_seconds',
    help: 'Time to write the audit entries of the requests that wait for them',
    registers: [registry],
  });
  // Of a service that has just started nobody knows more.
  let sealedUntil = Date.now();
  let checkpointedAt = Date.now();
  const age = (name: string, help: string, since: () => number): Gauge =>
    new Gauge({
      ...{ name, help, registers: [] },
      // When they are read, not when something happens: what has stopped happening grows old.
      collect() {
        this.set(Math.max(0, Date.now() - since()) / 1_000);
      },
    });
  const auditAges = [
    age(
      'caregraph_audit_unsealed_seconds',
      'How old the oldest audit entry without a seal can be; beyond a minute sealing has stopped or fallen behind',
      () => sealedUntil,
    ),
    age(
      'caregraph_audit_checkpoint_seconds',
      'Time since this process last wrote a checkpoint of the audit trail; while there is nothing to seal it grows',
      () => checkpointedAt,
    ),
  ];
  let hasTrail = false;
  /** A process without a trail, such as the gateway, has no ages of one. */
  const showAuditAges = (): void => {
    if (!hasTrail)
      auditAges.forEach((gauge) => {
        registry.registerMetric(gauge);
      });
    hasTrail = true;
  };
  return {
    countStatement(sql) {
      statements.inc({ kind: statementKind(sql) });
    },
    countSecurityAlert(kind) {
      securityAlerts.inc({ kind });
    },
    observeRequest(seconds, status) {
      requests.observe({ status }, seconds);
    },
    observeAuditWrite(seconds) {
      auditWrites.observe(seconds);
    },
    auditSealed(until) {
      sealedUntil = until.getTime();
      showAuditAges();
    },
    auditCheckpointed() {
      checkpointedAt = Date.now();
      showAuditAges();
    },
    render: () => registry.metrics(),
  };
}

function statementKind(sql: string): string {
  const [, stated] = statedKind.exec(sql) ?? [];
  if (stated !== undefined) return stated;
  return transactionControl.test(sql) ? 'transaction' : 'data';
}

/** Serves `GET /metrics` on a port of its own, which a clinic's firewall can keep to the inside. */
export async function startMetricsServer(
  metrics: Metrics,
  options: { host: string; port: number; tls: ProcessTls; logger: Logger },
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
