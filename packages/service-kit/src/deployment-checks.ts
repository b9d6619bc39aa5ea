import { verifiesDatabase } from './database-tls.js';
import { isMadeUp } from './made-up-secret.js';
import type { PlainConnection } from './settings.js';

/** What of a process the checks depend on. */
export interface DeploymentRules {
  /** Who calls the process; nobody calls a command. */
  readonly serves: readonly Exclude<PlainConnection, 'database'>[];
  /** The settings with the URLs of the services that it calls; one that is absent stands for plain HTTP on this machine. */
  readonly calls?: readonly string[];
}

/** The settings that the checks look at, as far as they are sound; and all others of the process. */
type GivenSettings = Readonly<Record<string, unknown>> & {
  readonly NODE_ENV?: string;
  readonly ALLOW_PLAIN_CONNECTIONS?: readonly PlainConnection[];
  readonly TLS_CERT_FILE?: string | undefined;
  readonly TLS_KEY_FILE?: string | undefined;
  readonly TLS_CLIENT_CA_FILE?: string | undefined;
  readonly NODE_TLS_REJECT_UNAUTHORIZED?: string | undefined;
};

/**
 * What settings that are fine one by one do wrong together, a line for each problem. In production these are also
 * connections that are not encrypted, or to databases that are not verified, unless `ALLOW_PLAIN_CONNECTIONS` names
 * them (45 CFR 164.312 (e)), and secrets that everybody can guess. Addresses of this machine are no exception: who
 * relies on them says so.
 */
export function deploymentProblems(given: GivenSettings, { serves, calls = [] }: DeploymentRules): string[] {
  const problems = certificateProblems(given);
  if (given.NODE_ENV !== 'production') return problems;
  const allowed = new Set(given.ALLOW_PLAIN_CONNECTIONS ?? []);
  const refuse = (kinds: readonly PlainConnection[], name: string, demand: string): void => {
    const refused = kinds.filter((kind) => !allowed.has(kind));
    if (refused.length === 0) return;
    const exception = `unless ${plainConnectionsExample([...allowed, ...refused])} is set`;
    problems.push(`${name}: ${demand} in production (docs/deployment.md), ${exception}`);
  };

  for (const [name, value] of Object.entries({ ...absentUrls(calls), ...given })) {
    if (/_SECRET(_|$)/.test(name) && typeof value === 'string' && isMadeUp(value)) {
      problems.push(
        `${name}: looks like an example; in production it has to be random (openssl rand -base64 48)`,
      );
    }
    if (!name.endsWith('_URL') || typeof value !== 'string') continue;
    const url = new URL(value);
    const password = decodeURIComponent(url.password);
    if (password !== '' && (password === decodeURIComponent(url.username) || isMadeUp(password))) {
      problems.push(`${name}: has a password that looks like an example; in production it has to be random`);
    }
    if (/^postgres(ql)?:$/.test(url.protocol)) {
      if (!verifiesDatabase(url)) refuse(['database'], name, 'must have sslmode=verify-full, or verify-ca,');
    } else if (!['https:', 'rediss:'].includes(url.protocol)) {
      refuse(['services'], name, 'must be a URL with TLS');
    }
  }
  if (given.NODE_TLS_REJECT_UNAUTHORIZED === '0') {
    problems.push(
      'NODE_TLS_REJECT_UNAUTHORIZED: must not be 0 in production, where no certificate counts then',
    );
  }
  if (given.TLS_CERT_FILE === undefined) refuse(serves, 'TLS_CERT_FILE', 'is required, with TLS_KEY_FILE,');
  return problems;
}

/** The setting that lets these connections go without TLS, as it is written. */
export function plainConnectionsExample(connections: readonly PlainConnection[]): string {
  return `ALLOW_PLAIN_CONNECTIONS=${[...new Set(connections)].join(',')}`;
}

function certificateProblems(given: GivenSettings): string[] {
  const { TLS_CERT_FILE: certificate, TLS_KEY_FILE: key, TLS_CLIENT_CA_FILE: clientAuthority } = given;
  return [
    ...(certificate !== undefined && key === undefined
      ? ['TLS_KEY_FILE: is required beside TLS_CERT_FILE']
      : []),
    ...(key !== undefined && certificate === undefined
      ? ['TLS_CERT_FILE: is required beside TLS_KEY_FILE']
      : []),
    ...(clientAuthority !== undefined && certificate === undefined && key === undefined
      ? ['TLS_CERT_FILE: is required beside TLS_CLIENT_CA_FILE']
      : []),
  ];
}

function absentUrls(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, 'http://127.0.0.1/']));
}
