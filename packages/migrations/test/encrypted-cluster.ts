import { createScratchCluster, type Cluster } from '@caregraph/postgres';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { createCertificateAuthority, type CertificateAuthority } from '../../../test/certificates.js';

/** A PostgreSQL that lets nobody in without TLS. Its certificate is for `localhost`. */
export interface EncryptedCluster extends AsyncDisposable {
  readonly authority: CertificateAuthority;
  /** The URL of the superuser for a host name, without any parameter; the database is `postgres`. */
  url(host: string): URL;
  /** As `url`, for a role that has no password: it proves itself with a certificate of the authority for its name. */
  urlWithoutPassword(host: string, role: string): URL;
}

export async function startEncryptedCluster(): Promise<EncryptedCluster> {
  const authority = await createCertificateAuthority();
  const { certificate, key } = await authority.issue('localhost');
  const cluster = await createScratchCluster();
  try {
    await demandTls(cluster, {
      'server.crt': certificate,
      'server.key': key,
      'root.crt': authority.certificate,
    });
  } catch (error) {
    await cluster.stop();
    throw error;
  }
  const url = (host: string): URL => {
    const copy = new URL(cluster.superuserUrl('postgres'));
    copy.hostname = host;
    return copy;
  };
  return {
    authority,
    url,
    urlWithoutPassword(host, role) {
      const copy = url(host);
      copy.username = role;
      copy.password = '';
      return copy;
    },
    [Symbol.asyncDispose]: () => cluster.stop(),
  };
}

async function demandTls(cluster: Cluster, files: Readonly<Record<string, string>>): Promise<void> {
  const client = new pg.Client({ connectionString: cluster.superuserUrl('postgres') });
  await client.connect();
  try {
    // Written by the server itself, whose account is another one where the tests run as root.
    for (const [name, content] of Object.entries(files)) await writeInDataDirectory(client, name, content);
    await writeInDataDirectory(
      client,
      'pg_hba.conf',
      'hostssl all certified all cert\nhostssl all all all scram-sha-256\n',
    );
    await client.query('CREATE ROLE certified LOGIN');
    await client.query("ALTER SYSTEM SET ssl_ca_file = 'root.crt'");
    await client.query('ALTER SYSTEM SET ssl = on');
    await client.query('SELECT pg_reload_conf()');
    while (await letsIn(cluster.superuserUrl('postgres'))) await delay(20);
  } finally {
    await client.end();
  }
}

/** Whether a connection without TLS is made; the server takes up new settings a moment after it was told to. */
async function letsIn(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString });
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}

async function writeInDataDirectory(client: pg.Client, name: string, content: string): Promise<void> {
  const lines = `string_to_array(${pg.escapeLiteral(content.trim())}, E'\\n')`;
  await client.query(`COPY (SELECT unnest(${lines})) TO PROGRAM 'umask 077 && cat > ${name}'`);
}
