import type { Random } from "@atelier/testkit";
import { words } from "./random-command.ts";

/** fish's line editor takes no control character as text, pasted or not. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is about control characters
const typable = words.filter((word) => !/[\u0001-\u001f]/.test(word));

const single = (text: string): string => `'${text.replace(/[\\']/g, "\\$&")}'`;

/** The same as `randomCommand` in the language of fish. */
export const randomFishCommand = (random: Random): string => {
  const text = (): string =>
    Array.from({ length: random.below(6) }, () => random.pick(typable)).join(random.pick(["", " "]));
  const quoted = (): string => single(text());
  const lines: readonly (() => string)[] = [
    () => `printf %s ${quoted()} > /dev/null`,
    () => `: ${quoted()} ${quoted()} ${quoted()}`,
    () => `echo ${quoted()} | cat > /dev/null; sh -c 'exit ${random.below(256)}'`,
    () => `for i in 1 2\n  : ${quoted()}\nend`,
    () => `set x ${quoted()}; test -n "$x"; and :`,
    () => `: (math ${random.below(99)} x ${random.below(99)}) # ${random.pick(["a comment", "naïve", "漢字"])}`,
    () => `function f; :; end; f ${quoted()}`,
    () => `: ${single(`first\n${text()}\nlast`)}`,
    () => random.pick(["true", "false", "not true", "begin; false; end", "test 1 -eq 1", ":"]),
  ];
  return random.pick(lines)();
};

/** Keys, or a bracketed paste for several lines. */
export const keysForFish = (command: string): string =>
  command.includes("\n") ? `\u001b[200~${command}\u001b[201~` : command;
