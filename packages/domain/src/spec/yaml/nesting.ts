/** Deeper than any file a person writes, and far from where the parser's recursion ends the process. */
const limit = 500;

/**
 * Offset at which a YAML text is nested deeper than the parser may be given, or undefined. Looks at
 * the raw text (an upper bound): a stack overflow inside the parser cannot be caught reliably.
 */
export const tooDeepAt = (text: string): number | undefined => {
  let flow = 0;
  let isLeading = true;
  let lineStart = 0;
  for (let offset = 0; offset < text.length; offset++) {
    const char = text[offset];
    if (char === "\n" || char === "\r") {
      isLeading = true;
      lineStart = offset + 1;
    } else if (char === "[" || char === "{") {
      flow++;
      isLeading = false;
    } else if (char === "]" || char === "}") {
      flow = Math.max(0, flow - 1);
    } else if (char !== " " && char !== "\t" && char !== "-" && char !== "?" && char !== ":") isLeading = false;
    if (flow > limit || (isLeading && offset - lineStart > limit)) return offset;
  }
  return undefined;
};
