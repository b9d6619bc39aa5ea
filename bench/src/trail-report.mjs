import { markdownTable } from 'markdown-table';
import { quantile } from './quantile.mjs';

/** @typedef {import('./measure-trail.mjs').Round} Round */

/**
 * What the trail leaves of the throughput, and where its time goes, as two tables in Markdown. The ratio is the median
 * of the rounds' ratios, beside it the quartiles.
 *
 * @param {readonly { name: string, rounds: Round[] }[]} results
 */
export function renderTrail(results) {
  const throughput = results.map(({ name, rounds }) => {
    const ratios = rounds.map((round) => (100 * round.with.perSecond) / round.without.perSecond);
    return [
      name,
      quantile(
        rounds.map((round) => round.with.perSecond),
        0.5,
      ).toFixed(0),
      quantile(
        rounds.map((round) => round.without.perSecond),
        0.5,
      ).toFixed(0),
      `${quantile(ratios, 0.5).toFixed(1)} %`,
      `${quantile(ratios, 0.25).toFixed(1)} to ${quantile(ratios, 0.75).toFixed(1)} %`,
      quantile(
        rounds.map((round) => round.with.p99),
        0.5,
      ).toFixed(0),
      quantile(
        rounds.map((round) => round.without.p99),
        0.5,
      ).toFixed(0),
    ];
  });
  const processes = Object.keys(results[0]?.rounds[0]?.with.cpu ?? {});
  const cpu = results.flatMap(({ name, rounds }) =>
    /** @type {const} */ (['with', 'without']).map((side) => [
      `${name}, ${side}`,
      ...processes.map((process) =>
        quantile(
          rounds.map((round) => round[side].cpu[process] ?? 0),
          0.5,
        ).toFixed(2),
      ),
    ]),
  );
  const header = [
    ...['request', 'requests/s with', 'without', 'ratio', 'half of the rounds'],
    ...['p99 ms with', 'without'],
  ];
  const align = /** @param {readonly string[]} columns */ (columns) => [
    'l',
    ...columns.slice(1).map(() => 'r'),
  ];
  const cpuHeader = ['CPU ms/request', ...processes];
  return [
    markdownTable([header, ...throughput], { align: align(header) }),
    markdownTable([cpuHeader, ...cpu], { align: align(cpuHeader) }),
  ].join('\n\n');
}
