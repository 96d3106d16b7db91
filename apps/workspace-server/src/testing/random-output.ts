import type { Random } from "@atelier/testkit";

const words = [
  "total",
  "naïve",
  "漢字",
  "🎉🎉",
  "e\u0301a\u0308",
  "drwxr-xr-x",
  "مرحبا",
  "───",
  "~$",
  "0x7f",
  "                ",
];

/** One piece of what terminal programs print: text, or a sequence that changes the terminal's state. */
export const randomOutput = (random: Random, size: { readonly cols: number; readonly rows: number }): string => {
  const row = (): number => 1 + random.below(size.rows);
  const column = (): number => 1 + random.below(size.cols);
  const few = (): number => 1 + random.below(4);
  const pieces: readonly (() => string)[] = [
    () => Array.from({ length: few() * 3 }, () => random.pick(words)).join(" "),
    () => `${random.pick(words)}\r\n`,
    () => "x".repeat(random.below(size.cols * 2)),
    () =>
      `\u001b[${random.pick(["0", "1", "2", "3", "4", "4:3", "7", "9", "22", "27", "31", "97", "44", "38;5;208", "48;2;1;2;3", "38;2;250;128;0", "39;49"])}m`,
    () => `\u001b[${row()};${column()}H`,
    () => `\u001b[${few()}${random.pick([..."ABCDEF"])}`,
    () => `\u001b[${random.below(3)}${random.pick(["J", "K"])}`,
    () => `\u001b[${few()}${random.pick([..."LMP@XSTb"])}`,
    () => {
      const top = row();
      return `\u001b[${top};${Math.min(size.rows, top + 2 + random.below(10))}r`;
    },
    () => "\u001b[r",
    () => random.pick(["\u001bM", "\u001bD", "\u001bE", "\t", "\b", "\r", "\n", "\u001b[2I", "\u001b[Z"]),
    // Whoever restores a cursor sets the character set next: in xterm it comes back without its slot.
    () => random.pick(["\u001b7", "\u001b8\u001b(B\u000f", "\u001b[s", "\u001b[u\u001b(B\u000f"]),
    () => random.pick(["\u001b[?1049h", "\u001b[?1049l\u001b(B\u000f"]),
    () =>
      random.pick([
        "\u001b[?25l",
        "\u001b[?25h",
        "\u001b[?2004h",
        "\u001b[?2004l",
        "\u001b[?1h",
        "\u001b[?1l",
        "\u001b=",
        "\u001b>",
        "\u001b[?1000h\u001b[?1006h",
        "\u001b[?1000l\u001b[?1006l",
        "\u001b[?1004h",
        "\u001b[?1004l",
      ]),
    () =>
      random.pick([
        "\u001b[4h",
        "\u001b[4l",
        "\u001b[?7l",
        "\u001b[?7h",
        "\u001b[?6h",
        "\u001b[?6l",
        "\u001b[4l",
        "\u001b[?7h",
        "\u001b[?6l",
      ]),
    () =>
      random.pick(["\u001b(0lqqk\u001b(B", "\u001b(0", "\u001b(B", "\u001b)0", "\u000e", "\u000f", "\u001b(B\u000f"]),
    () => `\u001b]0;a title with ; and é ${random.below(100)}\u0007`,
    // Not underlined: what xterm makes of an underline that was restored by DECRC and then met a link depends
    // on how it came about, and no sequence can bring that about.
    () => `\u001b[24m\u001b]8;;https://example.org/${random.below(100)}\u001b\\link\u001b]8;;\u001b\\`,
    () => `\u001bP$q${"q".repeat(random.below(200))}\n\u001b\\`,
    () => random.pick(["\u001b[3 q", "\u001b[0 q", "\u001b[6 q"]),
    () => random.pick([`\u001b[${column()}G\u001bH`, "\u001b[3g", "\u001b[?5W"]),
    () => "\u001b[!p",
    () =>
      `${Array.from({ length: 10 }, (_, line) => `\u001b[3${random.below(8)}mline ${line} ${random.pick(words)}\u001b[0m`).join("\r\n")}\r\n`,
  ];
  return random.pick(pieces)();
};

/** One piece of what programs print that know lines, colours and nothing else of a terminal. */
export const randomLines = (random: Random): string => {
  const narrow = (): string =>
    random.pick(["total", "naïve", "drwxr-xr-x", "───", "~$", "0x7f", "a/long/path/to/a/file.ts"]);
  const pieces: readonly (() => string)[] = [
    () => `${Array.from({ length: 1 + random.below(40) }, narrow).join(" ")}\r\n`,
    () => `${narrow()}\r\n`,
    () => "x".repeat(random.below(300)),
    () => `\u001b[${random.pick(["0", "1", "4", "31", "97", "38;5;208", "38;2;250;128;0", "39"])}m`,
    () => `\r\u001b[K${random.below(100)} % ${"#".repeat(random.below(40))}`,
    () => `\u001b[0m\r\n$ ${narrow()}\b\u001b[K`,
    () => "\r\n",
  ];
  return random.pick(pieces)();
};
