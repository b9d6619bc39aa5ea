/** Computes for the editor what concerns no language, such as the folding of lines. Runs in a worker. */
import 'monaco-editor/esm/vs/editor/editor.worker.js';
