/** More than any report's beginning has, and soon looked at. */
const lookedAt = 64;

/**
 * Whether this is a terminal's answer to a program's question, or word of its focus, and nothing typed: of several
 * terminals that all answer, one is enough, and one that reads the past answers what nobody asks any more.
 */
export const isReport = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x1b &&
  // A function key with a modifier looks like a cursor report and is taken for one. A key with Alt is one character
  // after ESC, and no string of a terminal's is so short.
  /^\u001b(?:\[[?>=]?[\d;]*(?:[cnRt]|\$y)|\[[IO]|[P\]_^X][\s\S])/.test(
    String.fromCharCode(...bytes.subarray(0, lookedAt)),
  );
