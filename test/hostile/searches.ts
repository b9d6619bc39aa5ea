/** What might be typed on the way to each text: its beginnings, cut anywhere, and the text with its neighbour. */
export function searchesOf(texts: readonly string[]): string[] {
  const searches = texts.flatMap((text, index) => {
    const next = texts[(index + 1) % texts.length] ?? '';
    const beginnings = [1, 2, 3, Math.floor(text.length / 2), text.length - 1].map((end) =>
      text.slice(0, Math.max(0, end)),
    );
    return [text, ...beginnings, `${text}${next}`, `${text} ${next}`];
  });
  return [...new Set(searches)];
}
