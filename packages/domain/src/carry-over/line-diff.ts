/** A line that both have, or that only one of them has. */
export interface DiffLine {
  readonly kind: "both" | "mine" | "image";
  readonly text: string;
}

/** Above this many comparisons the middle is shown as a whole replaced. */
const mostCells = 2_000_000;

/** What the student has (`mine`) against what the image has, line by line. Pure. */
export const diffLines = (mine: string, image: string): readonly DiffLine[] => {
  const a = linesOf(mine);
  const b = linesOf(image);
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const both = (lines: readonly string[]): DiffLine[] => lines.map((text) => ({ kind: "both", text }));
  return [
    ...both(a.slice(0, start)),
    ...middle(a.slice(start, a.length - end), b.slice(start, b.length - end)),
    ...both(a.slice(a.length - end)),
  ];
};

const linesOf = (text: string): string[] => {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
};

/** Longest common subsequence over the lines that differ. */
const middle = (a: readonly string[], b: readonly string[]): readonly DiffLine[] => {
  const whole = (): DiffLine[] => [
    ...b.map((text): DiffLine => ({ kind: "image", text })),
    ...a.map((text): DiffLine => ({ kind: "mine", text })),
  ];
  if (a.length * b.length > mostCells || a.length === 0 || b.length === 0) return whole();
  const width = b.length + 1;
  const length = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      length[i * width + j] =
        a[i] === b[j]
          ? (length[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(length[(i + 1) * width + j] ?? 0, length[i * width + j + 1] ?? 0);
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const [mine, image] = [a[i], b[j]];
    if (mine !== undefined && mine === image) {
      lines.push({ kind: "both", text: mine });
      i++;
      j++;
    } else if (
      image !== undefined &&
      (mine === undefined || (length[i * width + j + 1] ?? 0) >= (length[(i + 1) * width + j] ?? 0))
    ) {
      lines.push({ kind: "image", text: image });
      j++;
    } else if (mine !== undefined) {
      lines.push({ kind: "mine", text: mine });
      i++;
    }
  }
  return lines;
};

/** Drops what both have further away than so many lines from a difference; a gap is one line `…`. */
export const nearDifferences = (lines: readonly DiffLine[], around = 3): readonly DiffLine[] => {
  const kept: DiffLine[] = [];
  let isGap = false;
  for (const [at, line] of lines.entries()) {
    const isNear = lines.slice(Math.max(0, at - around), at + around + 1).some(({ kind }) => kind !== "both");
    if (isNear) kept.push(line);
    else if (!isGap) kept.push({ kind: "both", text: "…" });
    isGap = !isNear;
  }
  return kept;
};
