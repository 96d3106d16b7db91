/** The character that stands for bytes that are not UTF-8. */
const replacement = "\ufffd";

/**
 * Counts what a streaming UTF-8 decoder had to replace. A U+FFFD that the program itself printed is none
 * of these, also when its three bytes come in pieces.
 */
export const createReplacementCounter = (): ((bytes: Uint8Array, text: string) => number) => {
  let before: readonly number[] = [];
  return (bytes, text) => {
    const count = text.includes(replacement) ? text.split(replacement).length - 1 - printed([...before, ...bytes]) : 0;
    before = [...before, ...bytes.subarray(-2)].slice(-2);
    return count;
  };
};

/** How often EF BF BD stands in these bytes. */
const printed = (bytes: readonly number[]): number => {
  let count = 0;
  for (let at = bytes.indexOf(0xef); at !== -1; at = bytes.indexOf(0xef, at + 1))
    if (bytes[at + 1] === 0xbf && bytes[at + 2] === 0xbd) count++;
  return count;
};
