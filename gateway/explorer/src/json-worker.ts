/** Checks and completes variables, which are JSON. Runs in a worker. */
import 'monaco-editor/esm/vs/language/json/json.worker.js';
