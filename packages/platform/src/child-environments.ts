import { serviceNames, type ServiceName } from '@caregraph/postgres';
import { accessTokenKeysFile } from './access-token-keys.js';
import { auditEnvironment } from './audit-files.js';
import { databaseEnvironment, type Databases } from './databases.js';
import { masterKeyEnvironment, masterKeySettings } from './master-key.js';
import type { Secrets } from './secrets.js';
import type { Settings } from './settings.js';

type Environment = Record<string, string | undefined>;

/** Everything that the children's environments are made of. */
export interface EnvironmentSources {
  /** Our own environment, passed on but for what belongs to single processes. */
  inherited: Environment;
  settings: Settings;
  secrets: Pick<Secrets, 'contextSecret'>;
  urls: Databases['urls'];
}

/** Whether the processes serve HTTPS. */
export function isEncrypted(settings: Settings): boolean {
  return settings.tlsFiles.TLS_CERT_FILE !== undefined;
}

/** Where a service listens on this machine. */
export function serviceOrigin(settings: Settings, service: ServiceName): string {
  // Certificates are for names: there is hardly one for the address.
  const host = isEncrypted(settings) ? 'https://localhost' : 'http://127.0.0.1';
  return `${host}:${settings.servicePorts[service]}`;
}

/** The environment of one service: its own database, and no other service's secrets. */
export function serviceEnvironment(service: ServiceName, sources: EnvironmentSources): Environment {
  const { settings, secrets, urls, inherited } = sources;
  return {
    ...withoutPrivate(sources),
    HOST: '127.0.0.1',
    [`${service.toUpperCase()}_PORT`]: String(settings.servicePorts[service]),
    [`${service.toUpperCase()}_DATABASE_URL`]: urls[service].databaseUrl,
    ...settings.tlsFiles,
    SERVICE_CONTEXT_SECRET: secrets.contextSecret,
    ...auditEnvironment(settings),
    ...(service === 'users' ? {} : masterKeyEnvironment(settings)),
    ...(service === 'users'
      ? { ACCESS_TOKEN_KEYS_FILE: accessTokenKeysFile(settings), REDIS_URL: inherited['REDIS_URL'] }
      : {}),
    ...serviceUrls(settings),
  };
}

/** The environment of the gateway: no database, and no key but the public ones that it asks for. */
export function gatewayEnvironment(sources: EnvironmentSources, { watch }: { watch: boolean }): Environment {
  const { settings, secrets, inherited } = sources;
  return {
    ...withoutPrivate(sources),
    HOST: settings.host,
    PORT: String(settings.gatewayPort),
    METRICS_PORT: inherited['METRICS_PORT'],
    REDIS_URL: inherited['REDIS_URL'],
    ...settings.tlsFiles,
    SERVICE_CONTEXT_SECRET: secrets.contextSecret,
    ...serviceUrls(settings),
    ...(watch ? { SUPERGRAPH_WATCH: 'true' } : {}),
  };
}

function serviceUrls(settings: Settings): Environment {
  return Object.fromEntries(
    serviceNames.map((service) => [
      `${service.toUpperCase()}_URL`,
      `${serviceOrigin(settings, service)}/graphql`,
    ]),
  );
}

function withoutPrivate({ inherited, urls }: EnvironmentSources): Environment {
  const rest = { ...inherited };
  const single = [
    'ACCESS_TOKEN_KEYS_FILE',
    'AUDIT_KEYS_FILE',
    ...masterKeySettings,
    'METRICS_PORT',
    'REDIS_URL',
  ];
  const names = [...Object.keys(databaseEnvironment(urls)), ...single];
  for (const name of names) Reflect.deleteProperty(rest, name);
  return rest;
}
