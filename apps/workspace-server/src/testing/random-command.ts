import type { Random } from "@atelier/testkit";

export const words = [
  "one",
  "naïve",
  "漢字",
  "🎉",
  "a b",
  "\\",
  "$HOME",
  "`",
  "'",
  '"',
  ";",
  "#",
  "!",
  "%s",
  "[x]",
  "*",
  "~",
  "--",
  "\t",
  "\u0001",
  "\u001b[31m",
  "\u0007",
  "é\u0301",
  "=",
  "\\n",
  "\\x41",
  "{1..3}",
  "&",
  "|",
  ">",
];

const single = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** A command line that bash reads as one complete command and that does nothing but print or compute. */
export const randomCommand = (random: Random): string => {
  const text = (): string =>
    Array.from({ length: random.below(6) }, () => random.pick(words)).join(random.pick(["", " "]));
  const quoted = (): string => single(text());
  const lines: readonly (() => string)[] = [
    () => `printf %s ${quoted()} > /dev/null`,
    () => `: ${quoted()} ${quoted()} ${quoted()}`,
    () => `echo ${quoted()} | cat > /dev/null; (exit ${random.below(256)})`,
    () => `for i in 1 2; do\n  : ${quoted()}\ndone`,
    () => `cat > /dev/null <<'END'\n${text()}\n${text()}\nEND`,
    () => `x=${quoted()}; [[ -n $x ]] && :`,
    () => `: $((${random.below(99)} * ${random.below(99)})) # ${random.pick(["a comment", "naïve", "漢字"])}`,
    () => `f() { :; }; f ${quoted()}`,
    () => `: ${single(`first\n${text()}\nlast`)}`,
    () => random.pick(["true", "false", "! true", "(true)", "{ false; }", "test 1 -eq 1", ":"]),
  ];
  return random.pick(lines)();
};

/**
 * What reaches the line editor when a person enters exactly this text: several lines as a bracketed paste,
 * one line as keys, with control characters after Ctrl-V.
 */
export const keysFor = (command: string): string =>
  command.includes("\n")
    ? `\u001b[200~${command}\u001b[201~`
    : // biome-ignore lint/suspicious/noControlCharactersInRegex: it is about control characters
      command.replace(/[\u0001-\u0009\u000b-\u001f]/g, "\u0016$&");
