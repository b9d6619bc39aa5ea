/** Runs rounds, `width` of them at a time. */
export async function runRounds<Round>(
  rounds: readonly Round[],
  width: number,
  run: (round: Round) => Promise<void>,
): Promise<void> {
  const waiting = rounds.values();
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (const round of waiting) await run(round);
    }),
  );
}
