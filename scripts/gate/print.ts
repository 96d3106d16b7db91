/** The scripts' one way to people: they are their own reporter, and `console` stays banned elsewhere. */
export const print = {
  line: (text = ""): void => {
    process.stdout.write(`${text}\n`);
  },
};

/** `1.2 s`, from milliseconds. */
export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
