import { MultiBar, Presets, type SingleBar } from 'cli-progress';
import type { TableProgress } from './owner-sessions.js';

/** Shows the progress of each table. */
export interface TableBars {
  readonly report: TableProgress;
  /** Leaves the terminal as it should be. */
  readonly stop: () => void;
}

/** A bar per table on a terminal; elsewhere a line for each tenth of a table. */
export function createTableBars(out: NodeJS.WriteStream): TableBars {
  return out.isTTY ? liveBars(out) : plainLines(out);
}

function liveBars(out: NodeJS.WriteStream): TableBars {
  const format = '{table} {bar} {percentage} %  {written} of {rows} rows  {duration_formatted}';
  const bars = new MultiBar({ format, stream: out, hideCursor: true }, Presets.shades_classic);
  const known = new Map<string, SingleBar>();
  return {
    report(table, written, total) {
      const texts = { table: table.padEnd(16), written: formatCount(written), rows: formatCount(total) };
      const bar = known.get(table) ?? bars.create(total, 0, texts);
      known.set(table, bar);
      bar.update(written, texts);
      if (written === total) bar.stop();
    },
    stop: () => {
      bars.stop();
    },
  };
}

function plainLines(out: NodeJS.WriteStream): TableBars {
  const tenths = new Map<string, number>();
  return {
    report(table, written, total) {
      const tenth = total === 0 ? 10 : Math.floor((written * 10) / total);
      if (tenth === (tenths.get(table) ?? 0)) return;
      tenths.set(table, tenth);
      out.write(`${table}: ${formatCount(written)} of ${formatCount(total)} rows\n`);
    },
    stop: () => undefined,
  };
}

function formatCount(number: number): string {
  return number.toLocaleString('en');
}
