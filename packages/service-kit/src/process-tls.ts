import { readFileSync } from 'node:fs';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext, rootCertificates, type SecureContext, type SecureVersion } from 'node:tls';
import type { ServerOptions } from 'node:https';
import type { Logger } from './logger.js';
import { SettingsError, type TlsSettings } from './settings.js';

/** What one process encrypts with, as its files have it at the moment. */
export interface ProcessTls {
  /** What servers are made with; null where the process has no certificate, and serves plain HTTP. */
  serving(): ServerOptions | null;
  /** What other processes are called with: whom to trust, and the certificate to show where one is asked for. */
  calling(): SecureContext;
  /** Whether only callers with a certificate are answered (mutual TLS). */
  readonly demandsClientCertificates: boolean;
  /** Calls `listener` whenever the files have been replaced by others that can be used. */
  onRenewal(listener: () => void): void;
  stop(): void;
}

/** The oldest version that is spoken, as RFC 9325 (section 3.1.1) has it. */
const minVersion: SecureVersion = 'TLSv1.2';
/** How often the files are looked at, in milliseconds. */
const interval = 1_000;

const fileSettings = ['TLS_CERT_FILE', 'TLS_KEY_FILE', 'TLS_CA_FILE', 'TLS_CLIENT_CA_FILE'] as const;
type Files = Partial<Record<(typeof fileSettings)[number], string>>;

/** Everything that is made of one state of the files. */
interface Material {
  readonly serving: ServerOptions | null;
  readonly calling: SecureContext;
}

/**
 * Reads the certificates that the settings name, and follows their renewal: files that change are taken up for all
 * connections from then on. New ones that cannot be used (half-written, a key that does not fit) are told in the log,
 * and the old ones stay. Throws a `SettingsError` when the first ones cannot be used.
 */
export function openProcessTls(settings: TlsSettings, logger: Logger): ProcessTls {
  let tried = readFiles(settings);
  let material = createFirstMaterial(tried);
  let problem: string | undefined;
  const listeners: (() => void)[] = [];

  function followRenewal(): void {
    try {
      const found = readFiles(settings);
      problem = undefined;
      if (fileSettings.every((name) => found[name] === tried[name])) return;
      tried = found;
      material = createMaterial(found);
      for (const listener of listeners) listener();
      logger.info({ validTo: validityOf(found) }, 'the certificates have been renewed');
    } catch (error) {
      if (messageOf(error) === problem) return;
      problem = messageOf(error);
      logger.error({ err: error }, 'the renewed certificates cannot be used; the old ones stay in use');
    }
  }

  const hasFiles = fileSettings.some((name) => settings[name] !== undefined);
  const timer = hasFiles ? setInterval(followRenewal, interval).unref() : undefined;
  return {
    serving: () => material.serving,
    calling: () => material.calling,
    demandsClientCertificates: settings.TLS_CLIENT_CA_FILE !== undefined,
    onRenewal(listener) {
      listeners.push(listener);
    },
    stop() {
      clearInterval(timer);
    },
  };
}

function createFirstMaterial(files: Files): Material {
  try {
    return createMaterial(files);
  } catch (error) {
    throw new SettingsError([messageOf(error)], { cause: error });
  }
}

/** Throws a `SettingsError` that names every file that cannot be read. */
function readFiles(settings: TlsSettings): Files {
  const problems: string[] = [];
  const entries = fileSettings.flatMap((name) => {
    const file = settings[name];
    if (file === undefined) return [];
    try {
      return [[name, readFileSync(file, 'utf8')] as const];
    } catch (error) {
      problems.push(`${name}: ${messageOf(error)}`);
      return [];
    }
  });
  if (problems.length > 0) throw new SettingsError(problems);
  return Object.fromEntries(entries);
}

function createMaterial(files: Files): Material {
  const { TLS_CERT_FILE: cert, TLS_KEY_FILE: key, TLS_CA_FILE: ca, TLS_CLIENT_CA_FILE: clientCa } = files;
  // OpenSSL takes a file without any certificate for an empty list of them.
  for (const name of ['TLS_CERT_FILE', 'TLS_CA_FILE', 'TLS_CLIENT_CA_FILE'] as const) {
    const content = files[name];
    if (content !== undefined) naming(name, () => new X509Certificate(content));
  }
  if ((cert === undefined) !== (key === undefined)) {
    throw new Error('TLS_CERT_FILE and TLS_KEY_FILE: one is of no use without the other');
  }
  const own = cert === undefined || key === undefined ? null : { minVersion, cert, key };
  if (own !== null) {
    const privateKey = naming('TLS_KEY_FILE', () => createPrivateKey(own.key));
    if (!new X509Certificate(own.cert).checkPrivateKey(privateKey)) {
      throw new Error('TLS_KEY_FILE: is not the key of the certificate in TLS_CERT_FILE');
    }
    naming('TLS_CERT_FILE', () => createSecureContext(own));
  }
  return {
    serving: own && {
      ...own,
      // A client without a certificate is refused request by request, so that health probes need none.
      ...(clientCa !== undefined && { ca: clientCa, requestCert: true, rejectUnauthorized: false }),
    },
    calling: createSecureContext({
      minVersion,
      ...own,
      ...(ca !== undefined && { ca: [...rootCertificates, ca] }),
    }),
  };
}

/** Does it, and says of a failure which setting's file was to blame. */
function naming<Result>(name: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw new Error(`${name}: ${messageOf(error)}`, { cause: error });
  }
}

/** Until when our own certificate is good. */
function validityOf({ TLS_CERT_FILE: cert }: Files): string | undefined {
  return cert === undefined ? undefined : new X509Certificate(cert).validTo;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
