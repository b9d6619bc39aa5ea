import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { StartupError } from './startup-error.js';

/** The parameters of a PostgreSQL URL that this module reads, so that nothing else should (libpq, "SSL Support"). */
const tlsParameters = ['sslmode', 'sslrootcert', 'sslcert', 'sslkey'] as const;

/** Modes that say plainly what happens; `allow` and `prefer` would fall back to a connection without TLS. */
const modes = ['disable', 'require', 'verify-ca', 'verify-full'] as const;
type Mode = (typeof modes)[number];

/** What is wrong with the TLS parameters of a PostgreSQL URL, as the end of a sentence; null where nothing is. */
export function databaseTlsProblem({ searchParams }: URL): string | null {
  const mode = searchParams.get('sslmode');
  // `pg` reads parameters of its own, such as `ssl`, which would win over what an sslmode says.
  const foreign = [...searchParams.keys()].find(
    (name) => /^(ssl|uselibpqcompat)/.test(name) && !tlsParameters.some((known) => known === name),
  );
  if (foreign !== undefined) return `must say how to encrypt by sslmode, not by ${foreign}`;
  if (mode !== null && !isMode(mode)) return `must have an sslmode of ${modes.join(', ')}`;
  if (mode === null && tlsParameters.some((name) => searchParams.has(name))) {
    return 'must have an sslmode beside its certificates, best verify-full';
  }
  if (mode === 'verify-ca' && !searchParams.has('sslrootcert')) {
    return 'must have an sslrootcert with sslmode=verify-ca';
  }
  if (searchParams.has('sslcert') !== searchParams.has('sslkey')) {
    return 'must have both sslcert and sslkey, or neither';
  }
  return null;
}

/** Whether connections by this URL are encrypted, and only made to a server whose certificate has been verified. */
export function verifiesDatabase({ searchParams }: URL): boolean {
  return ['verify-ca', 'verify-full'].includes(searchParams.get('sslmode') ?? '');
}

/**
 * Takes the TLS parameters out of a PostgreSQL URL and turns them into what `pg` connects with; undefined where there
 * are none. The modes mean what they mean to `psql`; `pg` itself reads them otherwise, and warns about it. Certificates
 * are read now. `verify-full` without an `sslrootcert`, or with `system`, trusts what Node trusts. Throws a
 * `StartupError` for parameters that cannot be used.
 */
export function takeDatabaseTls(url: URL): ConnectionOptions | false | undefined {
  const problem = databaseTlsProblem(url);
  if (problem !== null) throw new StartupError(`The database URL ${problem}`);
  const [mode, rootCertificate, certificate, key] = tlsParameters.map((name) => url.searchParams.get(name));
  for (const name of tlsParameters) url.searchParams.delete(name);
  if (typeof mode !== 'string') return undefined;
  if (mode === 'disable') return false;
  const hasRoot = typeof rootCertificate === 'string' && rootCertificate !== 'system';
  return {
    minVersion: 'TLSv1.2',
    ...(hasRoot && { ca: readPem('sslrootcert', rootCertificate) }),
    ...(typeof certificate === 'string' && { cert: readPem('sslcert', certificate) }),
    ...(typeof key === 'string' && { key: readPem('sslkey', key) }),
    // As in libpq, a root certificate makes `require` verify as `verify-ca` does: whoever names one counts on it.
    rejectUnauthorized: mode !== 'require' || hasRoot,
    ...(mode !== 'verify-full' && { checkServerIdentity: () => undefined }),
  };
}

function isMode(mode: string): mode is Mode {
  return (modes as readonly string[]).includes(mode);
}

function readPem(parameter: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartupError(`The ${parameter} of the database URL cannot be read: ${reason}`, {
      cause: error,
    });
  }
}
