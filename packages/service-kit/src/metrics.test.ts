import { afterEach, expect, it, vi } from 'vitest';
import { createMetrics } from './metrics.js';

afterEach(() => {
  vi.useRealTimers();
});

async function valueOf(metrics: ReturnType<typeof createMetrics>, name: string): Promise<number | undefined> {
  const [, value] = new RegExp(`^${name}\\{.*\\} (\\S+)$`, 'm').exec(await metrics.render()) ?? [];
  return value === undefined ? undefined : Number(value);
}

it('tells how old an audit entry without a seal can be, also while nothing is heard of sealing', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: 1_000_000 });
  const metrics = createMetrics('users');
  expect(await valueOf(metrics, 'caregraph_audit_unsealed_seconds')).toBeUndefined();
  metrics.auditSealed(new Date(997_000));
  expect(await valueOf(metrics, 'caregraph_audit_unsealed_seconds')).toBe(3);
  vi.setSystemTime(1_060_000);
  expect(await valueOf(metrics, 'caregraph_audit_unsealed_seconds')).toBe(63);
});

it('tells how long ago a checkpoint of the audit trail was written', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: 1_000_000 });
  const metrics = createMetrics('users');
  metrics.auditCheckpointed();
  vi.setSystemTime(1_005_000);
  expect(await valueOf(metrics, 'caregraph_audit_checkpoint_seconds')).toBe(5);
});
