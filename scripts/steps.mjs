/**
 * Shows one step of a longer undertaking while it runs, and how long it took.
 *
 * @typedef {(detail: string, fraction?: number) => void} Progress `fraction`, 0 to 1, draws a bar
 * @typedef {<Result>(title: string, work: (progress: Progress) => Promise<Result>) => Promise<Result>} ShowStep
 */

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
/** A quiet command tells about a step that has lasted this long, in milliseconds. */
const patience = 2_000;

/**
 * @param {{ quiet?: boolean }} options a quiet one mentions only steps that last
 * @returns {ShowStep} writes to standard error: a live line on a terminal, plain lines elsewhere
 */
export function createSteps({ quiet = false }) {
  const out = process.stderr;
  return async (title, work) => {
    const start = performance.now();
    const elapsed = () => `${((performance.now() - start) / 1000).toFixed(1)} s`;
    let detail = '';
    let bar = '';
    let frame = 0;
    const isDue = () => !quiet || performance.now() - start > patience;
    const draw = () => {
      if (!isDue()) return;
      frame = (frame + 1) % frames.length;
      const line = `${frames[frame]} ${title}  ${bar}${detail} ${elapsed()}`;
      out.write(`\r\x1b[2K${line.slice(0, (out.columns || 80) - 1)}`);
    };
    const ticker = out.isTTY ? setInterval(draw, 100) : undefined;
    const finish = (mark) => {
      clearInterval(ticker);
      if (out.isTTY) out.write('\r\x1b[2K');
      if (isDue()) out.write(`${mark} ${title.padEnd(14)} ${elapsed()}\n`);
    };
    try {
      const result = await work((text, fraction) => {
        if (!out.isTTY && isDue() && text !== detail) out.write(`  ${title}: ${text}\n`);
        detail = text;
        bar = fraction === undefined ? '' : drawBar(fraction);
      });
      finish('✔');
      return result;
    } catch (error) {
      finish('✖');
      throw error;
    }
  };
}

/** @param {number} fraction */
function drawBar(fraction) {
  const width = 20;
  const full = Math.round(fraction * width);
  return `${'█'.repeat(full)}${'░'.repeat(width - full)} ${Math.round(fraction * 100)} % `;
}
