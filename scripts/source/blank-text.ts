const ends: Readonly<Record<string, RegExp>> = {
  "//": /(?=\n)|$/g,
  "/*": /\*\/|$/g,
  '"': /(?<!\\)(?:\\\\)*"|(?=\n)|$/g,
  "'": /(?<!\\)(?:\\\\)*'|(?=\n)|$/g,
};

/**
 * The code with the inside of comments and of quoted texts replaced by blanks, so that a rule about code
 * does not find its words in a sentence. Line ends stay. Templates stay too: they hold code. A quote in a
 * regular expression blanks the rest of its line at worst.
 */
export const blankText = (code: string): string => {
  let result = "";
  let from = 0;
  for (const opening = /\/\/|\/\*|["']/g; ; ) {
    opening.lastIndex = from;
    const start = opening.exec(code);
    if (start === null) return result + code.slice(from);
    const closing = new RegExp(ends[start[0]] ?? /$/g);
    closing.lastIndex = start.index + start[0].length;
    const end = closing.exec(code);
    const to = end === null ? code.length : end.index + end[0].length;
    const inside = code.slice(start.index + start[0].length, to);
    result += code.slice(from, start.index) + start[0] + inside.replaceAll(/[^\n"']/g, " ");
    from = to;
  }
};
