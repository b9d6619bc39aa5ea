import { spawn } from 'node:child_process';

/** A program that we cannot do without has failed; the message is all that a person needs to read. */
export class ChildFailure extends Error {
  /** @param {string} message @param {number} exitCode for our own process */
  constructor(message, exitCode) {
    super(message.endsWith('\n') ? message : `${message}\n`);
    this.exitCode = exitCode;
  }
}

const signalNumbers = { SIGINT: 2, SIGTERM: 15 };

/**
 * Runs a program to its end and gathers what it prints, which is shown only if it fails. It gets a process
 * group of its own and our signals, so that no child of a child is left behind when we are told to stop.
 *
 * @param {string} title for the message of a failure
 * @param {readonly string[]} command the program and its arguments
 * @param {{ cwd: string, environment?: Record<string, string>, onOutput?: (text: string) => void }} options
 * @returns {Promise<void>}
 */
export function runChild(title, command, { cwd, environment = {}, onOutput = () => undefined }) {
  const [file, ...args] = command;
  const grouped = process.platform !== 'win32';
  const child = spawn(file, args, {
    cwd,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: grouped,
    shell: !grouped && file === 'npm',
  });
  let received;
  const pass = (signal) => {
    received = signal;
    if (grouped) process.kill(-child.pid, signal);
    else child.kill(signal);
  };
  for (const signal of Object.keys(signalNumbers)) process.on(signal, pass);
  let output = '';
  const collect = (chunk) => {
    output += chunk;
    onOutput(String(chunk));
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new ChildFailure(`${title}: ${error.message}`, 1)));
    child.once('close', (code) => {
      if (received) reject(new ChildFailure(`${title}: stopped.`, 128 + signalNumbers[received]));
      else if (code === 0) resolve();
      else reject(new ChildFailure(`${output}\n${title} failed; what it printed is above.`, 1));
    });
  }).finally(() => {
    for (const signal of Object.keys(signalNumbers)) process.off(signal, pass);
  });
}
