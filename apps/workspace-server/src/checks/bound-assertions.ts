import type { Assertion } from "@atelier/contract";

export interface Bounds {
  /** Assertions that are named one by one. */
  readonly count: number;
  /** Characters of all that was expected and found, and of the author's words, together. */
  readonly characters: number;
}

/** What a check answers with: a draft of `atelier checks draft` may assert some hundred things. */
export const answerBounds: Bounds = { count: 1000, characters: 256 * 1024 };
/** What is written down of it: with names and numbers it stays below the 64 KiB of a line. */
export const recordBounds: Bounds = { count: 150, characters: 24 * 1024 };

const leftOut = "(left out: the answer of this check is too long)";

/** Keeps a result within bounds, what failed before what passed, and says what is left out. */
export const boundAssertions = (assertions: readonly Assertion[], bounds: Bounds): readonly Assertion[] => {
  const kept = new Map<number, Assertion>();
  let characters = bounds.characters;
  const indices = [...assertions.keys()];
  for (const index of [
    ...indices.filter((one) => isWrong(assertions[one])),
    ...indices.filter((one) => !isWrong(assertions[one])),
  ].slice(0, bounds.count)) {
    const assertion = assertions[index] as Assertion;
    const { id, title, status, message = "", expected = "", found = "" } = assertion;
    const size = message.length + expected.length + found.length;
    if (size > characters) kept.set(index, { id, title, status, found: leftOut });
    else {
      characters -= size;
      kept.set(index, assertion);
    }
  }
  const rest = assertions.filter((_, index) => !kept.has(index));
  return [...indices.flatMap((index) => kept.get(index) ?? []), ...restOf(rest)];
};

const isWrong = (assertion: Assertion | undefined): boolean =>
  assertion?.status === "failed" || assertion?.status === "error";

const restOf = (rest: readonly Assertion[]): readonly Assertion[] => {
  if (rest.length === 0) return [];
  const wrong = rest.filter(isWrong).length;
  return [
    {
      id: "more",
      title: `${rest.length} more that are not listed${wrong === 0 ? "" : `, ${wrong} of them not there yet`}`,
      status: wrong > 0 ? "failed" : rest.some(({ status }) => status === "passed") ? "passed" : "skipped",
    },
  ];
};
