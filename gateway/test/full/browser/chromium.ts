import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

/** Where the browser is looked for: at `CHROMIUM_PATH`, else where Debian puts it. */
export const chromiumPath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';

/** Whether tests in a browser must be left out; where everything has to run (`CI`), a missing browser is a failure. */
export const browserTestsLeftOut = !existsSync(chromiumPath) && process.env['CI'] !== 'true';

/** Starts a headless browser with a profile of its own. Throws a sentence that says what to do when there is none. */
export async function launchChromium(): Promise<Browser> {
  if (!existsSync(chromiumPath)) {
    throw new Error(
      `There is no Chromium at ${chromiumPath}: install it, or say where it is in CHROMIUM_PATH.`,
    );
  }
  return chromium.launch({
    executablePath: chromiumPath,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
}
