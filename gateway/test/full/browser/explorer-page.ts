import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';

/** The explorer in a browser window of its own, with all that the window did; closed when it goes out of scope. */
export interface ExplorerPage extends AsyncDisposable {
  readonly page: Page;
  readonly context: BrowserContext;
  /** The URLs that the page asked for, workers included. */
  readonly requests: readonly string[];
  /** What a developer would see in the console, warnings and uncaught errors included. */
  readonly complaints: readonly string[];
  readonly answer: Locator;
  /** Logs in with the keyboard alone. */
  logIn(email: string, password: string): Promise<void>;
  /** Runs the operation of the open tab. */
  run(): Promise<void>;
}

/** Opens the explorer of a gateway, on a day that stands still and in UTC, and waits for its editor. */
export async function openExplorer(browser: Browser, gatewayUrl: string, now: Date): Promise<ExplorerPage> {
  const context = await browser.newContext({ timezoneId: 'UTC', viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  context.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.clock.setFixedTime(now);
  await page.goto(`${gatewayUrl}/explorer`);
  await page.locator('.graphiql-query-editor .view-line').first().waitFor();
  return {
    page,
    context,
    requests,
    complaints,
    answer: page.locator('.graphiql-response'),
    async logIn(email, password) {
      await page.getByLabel('E-mail').focus();
      await page.keyboard.type(email);
      await page.keyboard.press('Tab');
      await page.keyboard.type(password);
      await page.keyboard.press('Enter');
    },
    run: () => page.getByRole('button', { name: /^Execute query/ }).click(),
    [Symbol.asyncDispose]: () => context.close(),
  };
}
