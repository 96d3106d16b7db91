import { join } from "node:path";
import { createOutputMask } from "./mask-output.ts";
import { createOutputText, type OutputText } from "./output-text.ts";
import type { KnownSecrets } from "../secrets/known-secrets.ts";
import { RecordingFile, type RecordingFileOptions } from "./recording-file.ts";

export interface RecorderOptions extends Omit<RecordingFileOptions, "partBytes" | "header"> {
  readonly shell: string;
  readonly title: string;
  /** Values that must not stand in a recording. */
  readonly secrets: KnownSecrets;
  /** Bytes that were no UTF-8: told once when it begins, and at the end if there were more. */
  readonly onReplaced: (count: number) => void;
  /** Size at which a new part starts; default 16 MiB. */
  readonly partBytes?: number;
}

/** asciicast v2 of one terminal, https://docs.asciinema.org/manual/asciicast/v2/. Input is not recorded. */
export interface Recorder {
  output(bytes: Uint8Array): void;
  marker(label: string): void;
  resize(cols: number, rows: number): void;
  /** Of the part that is being written. */
  readonly path: string;
  /** The disk is too slow for what comes; `onCaughtUp` tells when that is over. */
  readonly isBehind: boolean;
  /** Resolves after `close`, when all is the kernel's. */
  readonly closed: Promise<void>;
  close(): void;
}

/**
 * How long an end that a secret begins with waits for its next character. Who types a secret is masked up to
 * a key in so much; a server that is killed loses no more than is said of others.
 */
const holdMs = 1000;

export const openRecorder = (options: RecorderOptions): Recorder => {
  const { folder, shell, title, partBytes = 16 * 1024 * 1024 } = options;
  const outputText = createOutputText(options.secrets.forms.length > 0);
  const mask = createOutputMask(options.secrets);
  let { cols, rows } = options;
  let heldBefore = 0;
  let holding: NodeJS.Timeout | undefined;
  let replaced = 0;
  let told = 0;
  let isClosed = false;
  const file = new RecordingFile({
    ...options,
    partBytes,
    header: () => ({
      timestamp: Math.floor(options.now().getTime() / 1000),
      title,
      env: { SHELL: shell, TERM: "xterm-256color" },
    }),
  });
  const tellReplaced = (): void => {
    if (replaced === told) return;
    told = replaced;
    options.onReplaced(replaced);
  };
  const take = ({ text, encoding, replaced: count }: OutputText): void => {
    replaced += count;
    if (told === 0) tellReplaced();
    if (encoding === "latin1") write(text, encoding);
    else {
      write(mask.push(text), encoding);
      waitForMore();
    }
  };
  const waitForMore = (): void => {
    const { held } = mask;
    if (held === heldBefore) return;
    heldBefore = held;
    clearTimeout(holding);
    if (held > 0) holding = setTimeout(release, holdMs).unref();
  };
  /** What comes next has its place after what is held. */
  const release = (): void => {
    clearTimeout(holding);
    heldBefore = 0;
    write(mask.release(), "utf8");
  };
  const write = (text: string, encoding: "utf8" | "latin1"): void => {
    if (text !== "") file.append("o", text, encoding);
  };
  return {
    output: (bytes) => {
      // A dying shell may still print; what was closed stays as it is.
      if (!isClosed) take(outputText.push(bytes));
    },
    marker: (label) => {
      release();
      file.append("m", label);
    },
    resize: (nextCols, nextRows) => {
      if (nextCols === cols && nextRows === rows) return;
      release();
      cols = nextCols;
      rows = nextRows;
      file.append("r", `${cols}x${rows}`);
    },
    get path() {
      return join(folder, file.name);
    },
    get isBehind() {
      return file.isBehind;
    },
    closed: file.closed,
    close: () => {
      if (isClosed) return;
      isClosed = true;
      take(outputText.end());
      clearTimeout(holding);
      write(mask.end(), "utf8");
      tellReplaced();
      file.close();
    },
  };
};
