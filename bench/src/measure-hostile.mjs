import { markdownTable } from 'markdown-table';
import { setTimeout as delay } from 'node:timers/promises';
import { startEmptySubgraph, startGateway, withLimits, withoutLimits } from './hostile-gateway.mjs';
import { benignOperation, hostileOperations } from './hostile-operations.mjs';

/** @typedef {import('./hostile-operations.mjs').HostileOperation} HostileOperation */

/** How long one request may take before the gateway counts as stopped by it, in milliseconds. */
const patience = 20_000;
/** How long requests of one kind are sent, in milliseconds, and how many at least. */
const budget = 2_000;
const fewest = 3;

/**
 * Sends each hostile operation to a gateway with its limits and to one without any, and returns what each costs them,
 * as a table in Markdown.
 *
 * @param {string} directory for logs
 * @param {AbortSignal} signal ends it with an error
 * @param {(message: string) => void} tell
 */
export async function measureHostile(directory, signal, tell) {
  const subgraph = await startEmptySubgraph(directory);
  try {
    const rows = [];
    for (const operation of [benignOperation, ...hostileOperations]) {
      tell(operation.name);
      const limited = await measureOn(subgraph.file, withLimits, operation, directory, signal);
      const unlimited = await measureOn(subgraph.file, withoutLimits, operation, directory, signal);
      rows.push([
        operation.name,
        kilobytes(operation),
        describe(limited),
        limited.answer,
        describe(unlimited),
        `${unlimited.gaveUp ? '> ' : ''}${(unlimited.cpu / limited.cpu).toFixed(unlimited.cpu / limited.cpu < 10 ? 1 : 0)}`,
      ]);
    }
    const header = ['request', 'kB', 'with limits: CPU ms', 'is', 'without: CPU ms', 'ratio'];
    return markdownTable([header, ...rows], { align: ['l', 'r', 'r', 'l', 'r', 'r'] });
  } finally {
    subgraph.stop();
  }
}

/**
 * What one request costs a fresh gateway that has warmed up on what apps send.
 *
 * @param {string} file
 * @param {Record<string, string>} limits
 * @param {HostileOperation} operation
 * @param {string} directory
 * @param {AbortSignal} signal
 */
async function measureOn(file, limits, operation, directory, signal) {
  const gateway = await startGateway(file, limits, directory);
  /** @param {HostileOperation} sent @param {number} index */
  const send = async (sent, index) => {
    const response = await fetch(gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
      body: JSON.stringify(sent.request(index)),
      signal: AbortSignal.any([signal, AbortSignal.timeout(patience)]),
    });
    return response.text();
  };
  try {
    for (let index = 0; index < 300; index += 1) await send(benignOperation, index);
    // What a gateway does the first time is no attacker's doing.
    await send(operation, -1);
    const before = await gateway.cpu();
    const end = performance.now() + budget;
    let count = 0;
    let text = '';
    for (; count < fewest || performance.now() < end; count += 1) text = await send(operation, count);
    await delay(20);
    return { cpu: ((await gateway.cpu()) - before) / count, answer: outcome(text), gaveUp: false };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof Error) || error.name !== 'TimeoutError') throw error;
    return { cpu: patience, answer: 'never answered', gaveUp: true };
  } finally {
    await gateway.stop();
  }
}

/** What an answer says, in a word or two. @param {string} text */
function outcome(text) {
  const { errors: [error] = [] } = JSON.parse(text);
  if (error === undefined) return 'answered';
  return /\((MAX_[A-Z_]+)\)/.exec(error.message)?.[1] ?? error.extensions.code;
}

/** @param {{ cpu: number, gaveUp: boolean }} result */
function describe({ cpu, gaveUp }) {
  return gaveUp ? `> ${cpu.toLocaleString('en')}` : cpu.toFixed(cpu < 10 ? 2 : 0);
}

/** @param {HostileOperation} operation */
function kilobytes(operation) {
  return (JSON.stringify(operation.request(0)).length / 1_000).toFixed(1);
}
