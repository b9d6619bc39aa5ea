/** Tells what a step is doing; `fraction`, from 0 to 1, draws a bar. */
export type Progress = (detail: string, fraction?: number) => void;

/** Shows a step on the terminal while it runs, and how long it took; returns or throws what `work` does. */
export type ShowStep = <Result>(
  title: string,
  work: (progress: Progress) => Promise<Result>,
) => Promise<Result>;
