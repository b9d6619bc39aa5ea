import { randomUUID } from 'node:crypto';
import { noClient, type ServiceName } from '@caregraph/service-kit';
import { changeContextOf } from './attestation.js';
import { originOf } from './audit-entry.js';
import type { AuditRecorder } from './audit-recorder.js';
import { readAuditKeys } from './audit-keys.js';

/**
 * What a program that changes a service's data at nobody's request says of itself in its transactions: that it is the
 * service. All that it does has one request id. Throws a `StartupError` where the keys cannot be read.
 */
export function actAsService(service: ServiceName, keysFile: string): Pick<AuditRecorder, 'changeContext'> {
  const key = readAuditKeys(keysFile).at(-1);
  if (key === undefined) throw new Error('A key set is never empty.');
  const viewer = { kind: 'service', name: service } as const;
  const origin = originOf({ viewer, client: noClient, requestId: randomUUID() });
  return { changeContext: () => changeContextOf(service, origin, key) };
}
