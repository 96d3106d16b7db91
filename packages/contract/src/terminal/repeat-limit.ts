/**
 * Control sequences that a terminal does once for each of its number: repeat a character, insert, delete and
 * scroll lines, tabs. One of `CSI 99999999 L` would keep xterm busy for minutes, so a number beyond what
 * any screen and scrollback hold is no sequence at all.
 */
export const repeatingFinals = ["b", "L", "M", "S", "T", "I", "Z"] as const;
const mostRepeats = 10_000;

interface RepeatParser {
  registerCsiHandler(id: { final: string }, callback: (params: (number | number[])[]) => boolean): unknown;
}

/** Has xterm's parser, in a browser or without one, drop such sequences. */
export const limitRepeats = (parser: RepeatParser): void => {
  for (const final of repeatingFinals)
    parser.registerCsiHandler({ final }, ([count]) => typeof count === "number" && count > mostRepeats);
};
