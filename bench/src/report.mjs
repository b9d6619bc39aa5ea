import { markdownTable } from 'markdown-table';
import os from 'node:os';

/**
 * Everything in one table, as Markdown.
 *
 * @param {readonly import('./measure-scenario.mjs').Result[]} results
 */
export function renderTable(results) {
  const header = [
    ...['request', 'clients', 'requests/s', 'p50 ms', 'p99 ms', 'SQL/request', 'CPU ms/request'],
    ...['one join: requests/s', 'p50 ms', 'p99 ms', 'ratio'],
  ];
  const rows = results.map(({ name, clients, graph, statements, cpu, join }) => [
    ...[name, String(clients), rate(graph.perSecond), time(graph.p50), time(graph.p99)],
    ...[statements.toFixed(1), time(Object.values(cpu).reduce((sum, each) => sum + each, 0))],
    ...(join
      ? [rate(join.perSecond), time(join.p50), time(join.p99), (join.perSecond / graph.perSecond).toFixed(1)]
      : ['', '', '', '']),
  ]);
  return markdownTable([header, ...rows], { align: ['l', ...header.slice(1).map(() => 'r')] });
}

/**
 * What the numbers were measured on.
 *
 * @param {{ postgres: string }} versions
 */
export function machineFacts({ postgres }) {
  const cores = os.cpus();
  return {
    cores: cores.length,
    processor: cores[0]?.model ?? 'unknown',
    memoryGigabytes: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.release()}`,
    node: process.versions.node,
    postgres,
  };
}

/** @param {number} perSecond */
function rate(perSecond) {
  return perSecond.toFixed(perSecond < 100 ? 1 : 0);
}

/** @param {number} milliseconds */
function time(milliseconds) {
  return milliseconds.toFixed(milliseconds < 10 ? 2 : 1);
}
