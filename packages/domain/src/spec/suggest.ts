/** Optimal string alignment distance: insert, delete, replace, or swap two neighbours. */
const distance = (a: string, b: string): number => {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min((previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (before[j - 2] ?? 0) + 1);
      current.push(best);
    }
    before = previous;
    previous = current;
  }
  return previous[b.length] ?? 0;
};

const plain = (word: string): string => word.toLowerCase().replaceAll(/[-_\s]/g, "");

/**
 * Did you mean: the candidate closest to a word, or undefined when none is near enough to be a slip of
 * the finger (a third of the length, at least one, at most three). Case, dashes and underscores do not count.
 */
export const suggest = (word: string, candidates: Iterable<string>): string | undefined => {
  if (word.length > 80) return undefined;
  const wanted = plain(word);
  let best: { readonly candidate: string; readonly score: number } | undefined;
  for (const candidate of candidates) {
    if (Math.abs(wanted.length - candidate.length) > 6) continue;
    const score = distance(wanted, plain(candidate));
    const limit = Math.min(3, Math.max(1, Math.floor(Math.min(wanted.length, candidate.length) / 3)));
    if (score <= limit && (best === undefined || score < best.score)) best = { candidate, score };
  }
  return best?.candidate;
};
