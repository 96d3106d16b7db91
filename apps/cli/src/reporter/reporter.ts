import type { Writable } from "node:stream";

/** How the CLI speaks to people: results on stdout, everything else on stderr. */
export interface Reporter {
  /** A line of the result. */
  result(text: string): void;
  /** A result for programs. */
  json(value: unknown): void;
  /** A line about what happens. Nothing in quiet mode. */
  info(text: string): void;
  warn(text: string): void;
  /** The one line that changes while something takes long; a plain line where no terminal is. */
  progress(text: string): void;
  /** Ends the changing line. */
  progressDone(): void;
  readonly paint: Paint;
  readonly paintResult: Paint;
  readonly isInteractive: boolean;
}

export type Paint = Readonly<Record<"bold" | "dim" | "red" | "green" | "yellow" | "cyan", (text: string) => string>>;

export interface ReporterOptions {
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stdinIsTty: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isQuiet: boolean;
  readonly noColor: boolean;
  readonly noInput: boolean;
}

const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

const paintFor = (isOn: boolean): Paint =>
  Object.fromEntries(
    Object.entries(codes).map(([name, code]) => [
      name,
      (text: string) => (isOn ? `\u001b[${code}m${text}\u001b[0m` : text),
    ]),
  ) as unknown as Paint;

/** NO_COLOR (not empty), TERM=dumb, `--no-color` and no terminal turn colour off; FORCE_COLOR turns it on. */
const hasColor = (stream: { readonly isTTY?: boolean }, { env, noColor }: ReporterOptions): boolean => {
  if (noColor || env.NO_COLOR) return false;
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== "0") return true;
  return stream.isTTY === true && env.TERM !== "dumb";
};

export const createReporter = (options: ReporterOptions): Reporter => {
  const { stdout, stderr, isQuiet } = options;
  const canRewrite = stderr.isTTY === true && options.env.TERM !== "dumb";
  let isOpen = false;
  let last = "";
  const close = (): void => {
    if (isOpen) stderr.write("\r\u001b[K");
    isOpen = false;
    last = "";
  };
  const line = (text: string): void => {
    close();
    stderr.write(`${text}\n`);
  };
  return {
    result: (text) => {
      close();
      stdout.write(`${text}\n`);
    },
    json: (value) => {
      close();
      stdout.write(`${JSON.stringify(value, null, 2)}\n`);
    },
    info: (text) => {
      if (!isQuiet) line(text);
    },
    warn: line,
    progress: (text) => {
      if (isQuiet || text === last) return;
      last = text;
      if (!canRewrite) {
        stderr.write(`${text}\n`);
        return;
      }
      const width = (stderr.columns ?? 80) - 1;
      stderr.write(`\r\u001b[K${text.length > width ? `${text.slice(0, width - 1)}…` : text}`);
      isOpen = true;
    },
    progressDone: close,
    paint: paintFor(hasColor(stderr, options)),
    paintResult: paintFor(hasColor(stdout, options)),
    isInteractive: options.stdinIsTty && stderr.isTTY === true && !options.noInput,
  };
};
