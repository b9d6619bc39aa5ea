import type { Browser } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startPlatformProcesses, type PlatformProcesses } from '../e2e/platform/platform-processes.js';
import { connectRows, insertAppointment, insertPatient, insertUser } from '../e2e/platform/rows.js';
import { browserTestsLeftOut, chromiumPath, launchChromium } from './browser/chromium.js';
import { openExplorer, type ExplorerPage } from './browser/explorer-page.js';

const now = new Date('2031-03-03T10:00:00Z');
const email = 'doctor@clinic.example';
const password = 'correct horse battery staple';

if (browserTestsLeftOut)
  console.warn(`Not run: the explorer in a browser. No Chromium is at ${chromiumPath}.`);

describe.skipIf(browserTestsLeftOut)('the explorer in a browser', () => {
  let platform: PlatformProcesses;
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium();
    return () => browser.close();
  });
  beforeAll(async () => {
    platform = await startPlatformProcesses();
    return () => platform[Symbol.asyncDispose]();
  });
  beforeAll(() => fillClinic(platform));

  const open = (): Promise<ExplorerPage> => openExplorer(browser, platform.urls.gateway, now);

  it("logs in, answers a doctor's day and logs out, and loads nothing from elsewhere", async () => {
    await using explorer = await open();
    const { page, answer } = explorer;
    await explorer.logIn(email, password);
    await page.getByText('Maya Chen').waitFor();
    await page.getByText('doctor', { exact: true }).waitFor();

    await explorer.run();
    await answer.getByText('"Alice Moreau"').waitFor();
    await answer.getByText('"Penicillin"').waitFor();

    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByLabel('E-mail').waitFor();
    await answer.waitFor();
    expect(await answer.textContent()).not.toContain('Alice');
    expect(await page.evaluate('Object.keys(sessionStorage)')).not.toContain('caregraph:refresh-token');
    await explorer.run();
    await answer.getByText('"UNAUTHENTICATED"').first().waitFor();

    const origins = explorer.requests.map((url) => new URL(url).origin);
    expect(new Set(origins)).toEqual(new Set([platform.urls.gateway]));
    expect(explorer.requests.filter((url) => url.includes('-worker-')).length).toBeGreaterThan(0);
    expect(explorer.complaints).toEqual([]);
  });

  it('keeps the session over a reload of the page, and beyond the tab nothing that opens anything', async () => {
    await using explorer = await open();
    const { page } = explorer;
    await explorer.logIn(email, password);
    await page.getByText('Maya Chen').waitFor();
    await page.reload();
    await page.getByText('Maya Chen').waitFor();
    await explorer.run();
    await explorer.answer.getByText('"Alice Moreau"').waitFor();
    expect(await page.evaluate('Object.keys(localStorage)')).toEqual([`caregraph:device-token:${email}`]);
    expect(await explorer.context.cookies()).toEqual([]);
  });

  it('says why somebody could not log in', async () => {
    await using explorer = await open();
    const { page, context } = explorer;
    await explorer.logIn(email, 'wrong');
    await page
      .getByRole('alert')
      .getByText(/password/i)
      .waitFor();
    expect(await page.getByLabel('E-mail').inputValue()).toBe(email);

    await context.setOffline(true);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByText('The server cannot be reached. Is the gateway running?').waitFor();
  });

  it('completes, explains and formats operations without complaint', async () => {
    await using explorer = await open();
    const { page } = explorer;
    await page.getByText('totalCount').click();
    await page.keyboard.press('Home');
    await page.keyboard.press('Control+Space');
    await page.getByRole('listbox', { name: 'Suggest' }).getByText('pageInfo', { exact: true }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /^Prettify/ }).click();
    await page.getByText('query DoctorsDay($doctorId: ID!, $from: DateTime!, $to: DateTime!) {').waitFor();
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
    await page.getByRole('link', { name: 'Mutation' }).click();
    await page.getByText('Starts a session with e-mail and password.').waitFor();
    expect(explorer.complaints).toEqual([]);
  });
});

/** A doctor who is user 2, as in the demo data, and who sees one patient today. */
async function fillClinic(platform: PlatformProcesses): Promise<void> {
  const { databases } = platform;
  await using users = await connectRows(databases.users.superuserUrl);
  await using patients = await connectRows(databases.patients.superuserUrl);
  await using appointments = await connectRows(databases.appointments.superuserUrl);
  const administrator = await insertUser(users, 'ADMIN', 'Ada', 'Admin');
  const { data } = await platform.query<{ createUser: { user: { id: string } | null } }>(
    `mutation ($input: CreateUserInput!) { createUser(input: $input) { user { id } } }`,
    {
      token: await platform.token(administrator),
      variables: { input: { email, password, firstName: 'Maya', lastName: 'Chen', role: 'DOCTOR' } },
    },
  );
  expect(data).toEqual({ createUser: { user: { id: '2' } } });
  const patient = {
    firstName: 'Alice',
    lastName: 'Moreau',
    allergies: 'Penicillin',
    createdBy: administrator.id,
  };
  const patientId = await insertPatient(patients, patient);
  const appointment = { patientId, doctorId: 2, createdBy: administrator.id, dateTime: '2031-03-03 14:30' };
  await insertAppointment(appointments, appointment);
}
