/** Answers that are under way, by what was asked. */
export interface InFlight<Answer> {
  /**
   * The answer to a question: of one that is under way, or of a new one that `ask` sends. Never of one that has been
   * answered: who asks then, asks anew. Rejects with the signal's reason when that aborts; the question is given up,
   * by the signal that `ask` is given, when nobody waits for it any more.
   */
  join(
    question: string,
    ask: (abandoned: AbortSignal) => Promise<Answer>,
    signal?: AbortSignal,
  ): Promise<Answer>;
}

interface Question<Answer> {
  readonly answer: Promise<Answer>;
  readonly abandon: AbortController;
  waiting: number;
}

export function createInFlight<Answer>(): InFlight<Answer> {
  const questions = new Map<string, Question<Answer>>();

  function begin(text: string, ask: (abandoned: AbortSignal) => Promise<Answer>): Question<Answer> {
    const abandon = new AbortController();
    const question: Question<Answer> = {
      abandon,
      waiting: 0,
      answer: ask(abandon.signal).finally(() => {
        if (questions.get(text) === question) questions.delete(text);
      }),
    };
    questions.set(text, question);
    return question;
  }

  return {
    join(text, ask, signal) {
      if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
      const question = questions.get(text) ?? begin(text, ask);
      question.waiting += 1;
      return new Promise((resolve, reject) => {
        const leave = (): void => {
          signal?.removeEventListener('abort', giveUp);
          question.waiting -= 1;
        };
        const giveUp = (): void => {
          leave();
          reject(signal?.reason as Error);
          if (question.waiting > 0) return;
          // Whoever asks the same from now on asks anew.
          if (questions.get(text) === question) questions.delete(text);
          question.abandon.abort(signal?.reason);
        };
        signal?.addEventListener('abort', giveUp);
        question.answer.finally(leave).then(resolve, reject);
      });
    },
  };
}
