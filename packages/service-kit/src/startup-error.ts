/**
 * What keeps a process from starting, and whoever starts it can mend. The message is for them: a sentence that says
 * what is wrong and where; it is shown without a stack.
 */
export class StartupError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StartupError';
  }
}
