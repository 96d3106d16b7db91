/** One thing that can be done with the page, by its name. */
export interface Action {
  readonly id: string;
  readonly title: string;
  /** What it belongs to; searched too. */
  readonly group: string;
  readonly keys?: string;
  /** Language of the title where it is the author's. */
  readonly lang?: string;
  /** What it does is seen in the text, which is brought to the front first. */
  readonly inText?: boolean;
  run(): void;
}

const plain = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** Actions that hold every word of the query, those first whose title begins with it. */
export const findActions = (actions: readonly Action[], query: string): readonly Action[] => {
  const words = plain(query)
    .split(/\s+/)
    .filter((word) => word !== "");
  const rank = ({ title }: Action): number => (plain(title).startsWith(words[0] ?? "") ? 0 : 1);
  return actions
    .filter(({ title, group }) => words.every((word) => plain(`${group} ${title}`).includes(word)))
    .toSorted((a, b) => (words.length === 0 ? 0 : rank(a) - rank(b)));
};
