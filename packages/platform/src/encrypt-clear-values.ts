import { actAsService } from '@caregraph/audit-trail';
import { encryptClearValues } from '@caregraph/encryption';
import { auditEnvironment } from './audit-files.js';
import type { Databases } from './databases.js';
import { rewriteTable } from './rewrite-table.js';
import { masterKeyEnvironment } from './master-key.js';
import type { Settings } from './settings.js';
import type { ShowStep } from './show-step.js';

/**
 * Encrypts what an installation still holds in clear, from before it encrypted, and takes the old versions of the
 * records out of the tables' files, as long as no service runs. Throws a `StartupError` where the
 * master key is missing or wrong.
 */
export async function encryptWhatIsClear(
  databases: Databases,
  settings: Settings,
  showStep: ShowStep,
  report: (line: string) => void,
): Promise<void> {
  await showStep('Encryption', async (progress) => {
    for (const service of ['patients', 'appointments'] as const) {
      const { changed, unreadable } = await encryptClearValues({
        service,
        migrationUrl: databases.urls[service].migrationUrl,
        settings: {
          ...masterKeyEnvironment(settings),
          ...(settings.production && { NODE_ENV: 'production' }),
        },
        changeContext: actAsService(service, auditEnvironment(settings).AUDIT_KEYS_FILE).changeContext,
        onStep(step) {
          if (step.kind !== 'progress') return;
          progress(`${service} ${step.done}/${step.total}`, step.done / Math.max(step.total, 1));
        },
      });
      for (const { message } of unreadable) report(message);
      if (changed === 0) continue;
      progress(`rewriting the table of ${service}`);
      await rewriteTable(databases, service);
    }
  });
}
