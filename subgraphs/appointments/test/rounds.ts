/** Runs rounds, `width` of them at a time. */
export async function runRounds<Round>(
  rounds: readonly Round[],
  width: number,
  run: (round: Round, index: number) => Promise<void>,
): Promise<void> {
  const waiting = rounds.entries();
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (const [index, round] of waiting) await run(round, index);
    }),
  );
}
