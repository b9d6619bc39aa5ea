import { spawn, type ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { answers } from './answers.js';
import type { ChildOutput } from './child-output.js';
import { nodeOptions } from './node-options.js';

/** One of the platform's processes. */
export interface ProcessSpecification {
  name: string;
  /** The JavaScript file to run. */
  entry: string;
  cwd: string;
  environment: Record<string, string | undefined>;
  /** Answers 200 to GET when the process can do all of its work: what its first start waits for. */
  readyUrl: string;
  /**
   * Answers 200 to GET as soon as the process serves: what a later start waits for. What it needs of others
   * may be down then, and a process that does part of its work is better than one that is ended for it.
   */
  liveUrl: string;
  output: ChildOutput;
  /** Told of every start. */
  onSpawn: (pid: number) => void;
  /** Told, in a sentence, when the process ended without being asked to, and when it is back. */
  report: (line: string) => void;
  /** How long the process may take until it is ready, in milliseconds; a minute unless given. */
  readyPatience?: number;
}

/** A process ended, or did not become ready, when it was first started. The message is what it said. */
export class ProcessStartError extends Error {
  override readonly name = 'ProcessStartError';
}

/** How long a process may take until it is ready, in milliseconds. */
const usualPatience = 60_000;
/** How long the last output of a process may take to arrive after its end, in milliseconds. */
const outputPatience = 1_000;
const longestPause = 30_000;
/** A process that ran this long, in milliseconds, is restarted at once when it ends. */
const steadyAfter = 60_000;

/** A child that is started again whenever it ends, with growing pauses, until it is told to stop. */
export class SupervisedProcess {
  readonly #specification: ProcessSpecification;
  readonly #stopping = new AbortController();
  /** Emits `attempt` with whether a start succeeded. */
  readonly #events = new EventEmitter();
  #child: ChildProcess | undefined;
  /** Settles when `#child` has ended and all that it printed has arrived. */
  #closed: Promise<unknown> = Promise.resolve();
  /** Aborted to start without the rest of the pause. */
  #restart = new AbortController();
  /** The next pause in milliseconds. */
  #pause = 0;

  constructor(specification: ProcessSpecification) {
    this.#specification = specification;
  }

  /**
   * Starts it and waits until it is ready; from then on it is supervised.
   *
   * @throws ProcessStartError
   */
  async start(cancel: AbortSignal): Promise<void> {
    const child = this.#spawn();
    await this.#waitFor(
      this.#specification.readyUrl,
      child,
      AbortSignal.any([cancel, this.#stopping.signal]),
    );
    void this.#supervise(child);
  }

  /** Lets it finish what is under way, for at most `grace` milliseconds, and ends it. */
  async stop(grace: number): Promise<void> {
    this.#stopping.abort();
    const child = this.#child;
    if (child && isRunning(child)) {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), grace);
      await ended;
      clearTimeout(timer);
    }
    await this.#lastOutput();
    await this.#specification.output.close();
  }

  /** Ends it now. */
  kill(): void {
    this.#stopping.abort();
    this.#child?.kill('SIGKILL');
  }

  /** Replaces the process by a new one, as after a change of its code; false when that one does not start. */
  async restart(): Promise<boolean> {
    const attempt = once(this.#events, 'attempt', { signal: this.#stopping.signal });
    this.#restart.abort();
    this.#child?.kill('SIGTERM');
    try {
      const [succeeded] = (await attempt) as [boolean];
      return succeeded;
    } catch {
      return false;
    }
  }

  #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  #spawn(): ChildProcess {
    const { entry, cwd, environment, output, onSpawn } = this.#specification;
    // A group of its own: Ctrl-C reaches the runner alone, which then stops everything in order. The channel
    // tells the child when the runner has gone, however that happened.
    const child = spawn(process.execPath, ['--enable-source-maps', ...nodeOptions, entry], {
      cwd,
      env: environment,
      detached: true,
      windowsHide: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    if (child.stdout && child.stderr) output.capture(child.stdout, child.stderr);
    // A process that could not be spawned is one that is not running; that is noticed without the event.
    child.on('error', () => undefined);
    if (child.pid !== undefined) onSpawn(child.pid);
    this.#child = child;
    this.#closed = new Promise((resolve) => child.once('close', resolve));
    return child;
  }

  /** Waits for what a process that has ended has printed; something that it started may hold its streams on. */
  async #lastOutput(): Promise<void> {
    await Promise.race([this.#closed, delay(outputPatience)]);
  }

  async #waitFor(url: string, child: ChildProcess, cancel: AbortSignal): Promise<void> {
    const { name, output, readyPatience = usualPatience } = this.#specification;
    const deadline = performance.now() + readyPatience;
    while (!(await answers(url))) {
      cancel.throwIfAborted();
      if (!isRunning(child)) {
        await this.#lastOutput();
        throw new ProcessStartError(output.lastErrors() || `${name} ended at once.`);
      }
      if (performance.now() > deadline) {
        const reasons = output.lastWarnings().map((warning) => `\n  - ${warning}`);
        throw new ProcessStartError(`${name} did not become ready in time.${reasons.join('')}`);
      }
      await delay(50);
    }
  }

  async #supervise(first: ChildProcess): Promise<void> {
    const { report } = this.#specification;
    let child = first;
    while (!this.#isStopping()) {
      const start = performance.now();
      if (isRunning(child)) await once(child, 'exit');
      if (this.#isStopping()) return;
      if (performance.now() - start > steadyAfter) this.#pause = 0;
      const wanted = await this.#pauseAfter(child);
      if (this.#isStopping()) return;
      try {
        child = this.#spawn();
        const cancel = AbortSignal.any([this.#stopping.signal, this.#restart.signal]);
        await this.#waitFor(this.#specification.liveUrl, child, cancel);
        if (!wanted) report(`${this.#specification.name} is back.`);
        this.#events.emit('attempt', true);
      } catch (error) {
        if (this.#isStopping()) return;
        if (error instanceof ProcessStartError) report(error.message);
        child.kill('SIGKILL');
        this.#events.emit('attempt', false);
      }
    }
  }

  /** Waits before the next start, and says why; true, at once, when the start is wanted. */
  async #pauseAfter(child: ChildProcess): Promise<boolean> {
    const pause = this.#pause;
    this.#pause = Math.min(longestPause, Math.max(1_000, pause * 2));
    if (!this.#restart.signal.aborted) {
      const { name, report } = this.#specification;
      const ending = child.signalCode ?? `exit code ${child.exitCode ?? 'unknown'}`;
      report(`${name} ended (${ending}); starting it again${pause > 0 ? ` in ${pause / 1000} s` : ''}.`);
      const cut = AbortSignal.any([this.#stopping.signal, this.#restart.signal]);
      await delay(pause, undefined, { signal: cut }).catch(() => undefined);
    }
    if (!this.#restart.signal.aborted) return false;
    this.#restart = new AbortController();
    this.#pause = 0;
    return true;
  }
}

function isRunning(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}
