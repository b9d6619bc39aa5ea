import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';

/** A certificate with its private key, both in PEM form. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/** A certificate authority that nobody knows but the test that made it. */
export interface CertificateAuthority {
  /** The authority's own certificate, in PEM form. */
  readonly certificate: string;
  /** Issues a certificate for host names and IP addresses, to serve and to call with. */
  issue(...names: string[]): Promise<Certificate>;
}

const strength = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const;

export async function createCertificateAuthority(): Promise<CertificateAuthority> {
  const root = await generate([{ name: 'commonName', value: `Test authority ${randomUUID()}` }], {
    ...strength,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  return {
    certificate: root.cert,
    async issue(...names) {
      const issued = await generate([{ name: 'commonName', value: names[0] ?? 'nobody' }], {
        ...strength,
        ca: { key: root.private, cert: root.cert },
        extensions: [
          { name: 'basicConstraints', cA: false },
          {
            name: 'subjectAltName',
            altNames: names.map((name) =>
              isIP(name) === 0 ? { type: 2, value: name } : { type: 7, ip: name },
            ),
          },
        ],
      });
      return { certificate: issued.cert, key: issued.private };
    },
  };
}

/** A folder for certificates, gone when it goes out of scope. */
export interface CertificateFolder extends AsyncDisposable {
  /** Writes a file, all at once also where there is one already, and returns its path. */
  write(name: string, content: string): Promise<string>;
}

export async function createCertificateFolder(): Promise<CertificateFolder> {
  const folder = await mkdtemp(join(tmpdir(), 'caregraph-certificates-'));
  await chmod(folder, 0o755);
  return {
    async write(name, content) {
      const file = join(folder, name);
      await writeFile(`${file}.new`, content, { mode: 0o600 });
      await rename(`${file}.new`, file);
      return file;
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
