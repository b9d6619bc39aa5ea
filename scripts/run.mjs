/*
 * The front of every npm script: makes sure that what the command needs is installed and built, then runs it
 * in this process. Uses nothing but Node, because on a fresh clone there is nothing else.
 */
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildWorkspaces } from './build.mjs';
import { commands } from './commands.mjs';
import { installDependencies } from './install.mjs';
import { nodeVersionProblem } from './node-version.mjs';
import { ChildFailure } from './run-child.mjs';
import { createSteps } from './steps.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const [name = '', ...args] = process.argv.slice(2);
const command = commands[name];

const problem = nodeVersionProblem(process.versions.node);
if (problem) fail(problem);
if (!command) fail(`There is no command "${name}". There are: ${Object.keys(commands).join(', ')}.`);

const showStep = createSteps({ quiet: command.quiet });
try {
  await installDependencies(root, showStep);
  await buildWorkspaces(root, showStep);
  if (command.installs) await installDependencies(path.join(root, command.installs), showStep);
} catch (error) {
  if (!(error instanceof ChildFailure)) throw error;
  process.stderr.write(error.message);
  process.exit(error.exitCode);
}
await run();

async function run() {
  if (!command.entry) return;
  // npm moves to the root of the repository; file names on the command line belong to where it was typed.
  process.chdir(command.runsAtRoot ? root : (process.env.INIT_CWD ?? process.cwd()));
  Object.assign(process.env, command.environment);
  const entry = path.join(root, command.entry);
  const allArgs = [...(command.args ?? []), ...args];
  process.argv = [process.execPath, entry, ...allArgs];
  const module = await import(pathToFileURL(entry).href);
  if (command.call) {
    const build = () => buildWorkspaces(root, showStep);
    await module[command.call]({ root, args: allArgs, showStep, build });
  }
}

/** @param {string} message */
function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
