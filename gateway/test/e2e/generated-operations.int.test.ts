import { createRandom } from '@caregraph/seed/random';
import { buildSchema } from 'graphql';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { isExhaustive } from '../../../test/effort.js';
import { randomRequest, type GeneratedRequest } from './generator/random-request.js';
import { findProblems, sendRequest } from './generator/send-request.js';
import {
  processNames,
  startPlatformProcesses,
  type PlatformProcesses,
} from './platform/platform-processes.js';
import { connectRows, insertAppointment, insertPatient, insertUser, type UserRow } from './platform/rows.js';

/** How many operations each role sends; thousands where a machine has the time for it. */
const runs = Number(process.env['CAREGRAPH_FUZZ_RUNS'] ?? (isExhaustive ? 4_000 : 200));
/** With the number of the first case, what makes a case that failed happen again. */
const seed = process.env['CAREGRAPH_FUZZ_SEED'] ?? 'caregraph';
const first = Number(process.env['CAREGRAPH_FUZZ_FIRST'] ?? 0);

const api = buildSchema(readFileSync(new URL('../../api.graphql', import.meta.url), 'utf8'));
const senders = ['ADMIN', 'DOCTOR', 'NURSE', 'STAFF', 'ANONYMOUS'] as const;
type Sender = (typeof senders)[number];

/** The ids of the records that there are at first; the senders have others, so that none changes its own account. */
const ids = ['1', '2', '3'];
const answered = z.object({ data: z.record(z.string(), z.unknown()) });

let platform: PlatformProcesses;
const accounts = new Map<Sender, UserRow>();

beforeAll(async () => {
  platform = await startPlatformProcesses({
    GATEWAY_ENGINE: 'caregraph',
    RATE_LIMIT_PER_ACCOUNT: '0',
    RATE_LIMIT_PER_ADDRESS: '0',
    LOGIN_LIMIT_PER_ADDRESS: '0',
  });
  await using users = await connectRows(platform.databases.users.superuserUrl);
  await using patients = await connectRows(platform.databases.patients.superuserUrl);
  await using appointments = await connectRows(platform.databases.appointments.superuserUrl);
  for (const id of ids.map(Number)) {
    await insertUser(users, 'DOCTOR', 'Sarah', `Chen ${id}`);
    await insertPatient(patients, { firstName: 'Alice', lastName: `Moreau ${id}`, createdBy: 1 });
    await insertAppointment(appointments, {
      patientId: id,
      doctorId: id,
      createdBy: 1,
      dateTime: '2031-03-03 09:00',
    });
  }
  for (const role of senders) {
    if (role !== 'ANONYMOUS') accounts.set(role, await insertUser(users, role, 'Some', 'Body'));
  }

  return () => platform[Symbol.asyncDispose]();
});

function caseOf(sender: Sender, number: number): GeneratedRequest {
  return randomRequest(createRandom(`${seed} ${sender} ${number}`), api, ids);
}

async function tokenOf(sender: Sender): Promise<string | undefined> {
  const account = accounts.get(sender);
  return account === undefined ? undefined : platform.token(account);
}

/** Sends one case; says what was wrong with the answer, and how to make that happen again. */
async function attempt(sender: Sender, number: number, token: string | undefined) {
  const request = caseOf(sender, number);
  const { problems, text } = await sendRequest(platform.urls.gateway, request, token).then(
    (answer) => ({ problems: findProblems(request, answer), text: answer.text }),
    (error: unknown) => ({ problems: [String(error)], text: '' }),
  );
  const again = `CAREGRAPH_FUZZ_SEED=${JSON.stringify(seed)} CAREGRAPH_FUZZ_FIRST=${number} CAREGRAPH_FUZZ_RUNS=1`;
  const shown = { ...request, body: request.body?.toString('utf8') };
  return {
    request,
    text,
    problems: problems.map((problem) => `${sender}: ${problem}\n${again}\n${JSON.stringify(shown)}`),
  };
}

describe('operations out of a generator', () => {
  it('ask for every field that the API begins with', () => {
    const asked = senders.flatMap((sender) =>
      Array.from({ length: 400 }, (_, number) => caseOf(sender, number).validFields).flat(),
    );
    const roots = [api.getQueryType(), api.getMutationType()].flatMap((type) =>
      Object.keys(type?.getFields() ?? {}),
    );
    expect(roots.filter((root) => !asked.includes(root))).toEqual([]);
  });

  it.each(senders)(
    'of %s are answered or refused, and none tells of what is behind the API',
    async (sender) => {
      const problems: string[] = [];
      let valid = 0;
      let withData = 0;
      for (let begun = first; begun < first + runs; begun += 20) {
        const numbers = Array.from(
          { length: Math.min(20, first + runs - begun) },
          (_, index) => begun + index,
        );
        const token = await tokenOf(sender);
        for (const outcome of await Promise.all(numbers.map((number) => attempt(sender, number, token)))) {
          problems.push(...outcome.problems);
          if (outcome.request.validFields.length === 0) continue;
          valid += 1;
          const parsed = answered.safeParse(outcome.problems.length > 0 ? null : JSON.parse(outcome.text));
          if (parsed.success && Object.values(parsed.data.data).some((value) => value !== null))
            withData += 1;
        }
      }
      expect(problems.slice(0, 5)).toEqual([]);
      // Were everything refused, nothing would have been tried.
      if (sender !== 'ANONYMOUS' && runs >= 100) expect(withData / valid).toBeGreaterThan(0.2);
    },
    60_000 + runs * 200,
  );

  it('leave every process running, ready, and without a fault to report', async () => {
    for (const name of processNames) {
      const running = platform.process(name);
      expect(await Promise.race([running.exit, Promise.resolve('running')])).toBe('running');
      const readiness = await fetch(`${platform.urls[name]}/health/ready`);
      expect({ name, status: readiness.status }).toEqual({ name, status: 200 });
      expect(running.lines.filter(({ level }) => Number(level) >= 50)).toEqual([]);
      expect(running.errorOutput()).toBe('');
    }
  });
});
