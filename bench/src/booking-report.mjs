import { markdownTable } from 'markdown-table';
import { quantile } from './quantile.mjs';

/** @typedef {import('./measure-booking.mjs').BookingRound} BookingRound */
/** @typedef {import('./measure-booking.mjs').Side} Side */

/**
 * Bookings beside bare INSERTs as a table in Markdown: medians of the rounds. The ratio says how many times more rows
 * are inserted; it is the median of the rounds' ratios, beside it the quartiles.
 *
 * @param {readonly { name: string, rounds: BookingRound[] }[]} results
 */
export function renderBooking(results) {
  const header = [
    ...['32 clients book', 'requests/s', 'p50 ms', 'p99 ms'],
    ...['bare INSERT: requests/s', 'p50 ms', 'p99 ms', 'ratio', 'half of the rounds'],
  ];
  const rows = results.map(({ name, rounds }) => {
    const ratios = rounds.map(({ platform, inserts }) => inserts.perSecond / platform.perSecond);
    /** @param {Side} side */
    const columns = (side) => [
      quantile(perRound(rounds, side, 'perSecond'), 0.5).toFixed(0),
      quantile(perRound(rounds, side, 'p50'), 0.5).toFixed(1),
      quantile(perRound(rounds, side, 'p99'), 0.5).toFixed(1),
    ];
    return [
      ...[name, ...columns('platform'), ...columns('inserts'), quantile(ratios, 0.5).toFixed(1)],
      `${quantile(ratios, 0.25).toFixed(1)} to ${quantile(ratios, 0.75).toFixed(1)}`,
    ];
  });
  return markdownTable([header, ...rows], { align: ['l', ...header.slice(1).map(() => 'r')] });
}

/**
 * @param {readonly BookingRound[]} rounds
 * @param {Side} side
 * @param {'perSecond' | 'p50' | 'p99'} name
 */
function perRound(rounds, side, name) {
  return rounds.map((round) => round[side][name]);
}
