/**
 * Tells the editor (Monaco) where its workers lie. By default it looks for them where no bundler puts them, falls
 * back to the main thread, and warns in the console.
 */
export function provideEditorWorkers(): void {
  window.MonacoEnvironment = {
    getWorker: (_moduleId, label) => new Worker(workerUrl(label), { type: 'module', name: label }),
  };
}

function workerUrl(label: string): string {
  switch (label) {
    case 'graphql':
      return WORKER_URLS['graphql-worker'];
    case 'json':
      return WORKER_URLS['json-worker'];
    default:
      return WORKER_URLS['editor-worker'];
  }
}
