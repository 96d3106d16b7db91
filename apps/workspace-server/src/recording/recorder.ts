import { closeSync, constants, openSync, renameSync, symlinkSync, writeSync } from "node:fs";
import { join } from "node:path";
import { runtimeFileNames } from "@atelier/contract";

export interface RecorderOptions {
  readonly folder: string;
  readonly terminal: string;
  readonly cols: number;
  readonly rows: number;
  readonly shell: string;
  readonly title: string;
  /** Whether `session.cast` points at this terminal's recording. */
  readonly isFirst: boolean;
  readonly now: () => Date;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
  readonly onFailure: (cause: string) => void;
  readonly onRecovery: (lost: number) => void;
  /** Size at which a new part starts; default 16 MiB. */
  readonly partBytes?: number;
}

/** asciicast v2 of one terminal, https://docs.asciinema.org/manual/asciicast/v2/. */
export interface Recorder {
  output(bytes: Uint8Array): void;
  marker(label: string): void;
  resize(cols: number, rows: number): void;
  /** Bytes that were not valid UTF-8 and became U+FFFD. */
  readonly invalidBytes: number;
  readonly path: string;
  close(): void;
}

/**
 * Writes one event per line with O_APPEND, so that whatever happens to this process every line but at
 * most the last is whole. A part that reached its size is followed by another with a header of its own;
 * beside each stands an index of `{"t": seconds, "offset": bytes}` lines for players that seek.
 */
export const openRecorder = (options: RecorderOptions): Recorder => {
  const { folder, terminal, clock, partBytes = 16 * 1024 * 1024 } = options;
  const stem = `session-${options
    .now()
    .toISOString()
    .replace(/[-:]|\.\d+/g, "")}-${terminal}`;
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let { cols, rows } = options;
  let part = 1;
  let invalidBytes = 0;
  let lost = 0;
  let file = -1;
  let index = -1;
  let name = "";
  let size = 0;
  let indexedAt = 0;
  let started = 0;
  let isClosed = false;

  const guarded = (write: () => void): void => {
    try {
      write();
      if (lost > 0) {
        options.onRecovery(lost);
        lost = 0;
      }
    } catch (error) {
      if (lost++ === 0) options.onFailure((error as Error).message);
    }
  };

  const openPart = (): void => {
    const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
    // A server that was killed in this very second may have left a file of this name, torn at its end.
    for (; file === -1; part++) {
      name = part === 1 ? `${stem}.cast` : `${stem}-${part}.cast`;
      file = openNew(join(folder, name), flags);
    }
    index = openSync(join(folder, `${name}.idx`), flags & ~constants.O_EXCL, 0o600);
    started = clock();
    size = 0;
    indexedAt = 0;
    const header = {
      version: 2,
      width: cols,
      height: rows,
      timestamp: Math.floor(options.now().getTime() / 1000),
      title: options.title,
      env: { SHELL: options.shell, TERM: "xterm-256color" },
    };
    append(`${JSON.stringify(header)}\n`);
    if (options.isFirst) pointSession(folder, name);
  };

  const append = (line: string): void => {
    const data = Buffer.from(line);
    for (let written = 0; written < data.length; ) written += writeSync(file, data, written);
    size += data.length;
  };

  const event = (code: "o" | "m" | "r", data: string): void =>
    guarded(() => {
      // A dying shell may still print; a new part for that would hide the real last screen.
      if (isClosed) return;
      if (file === -1 || size >= partBytes) {
        closeFiles();
        openPart();
      }
      const t = (clock() - started) / 1000;
      if (size - indexedAt >= 1024 * 1024) {
        writeSync(index, `{"t":${t.toFixed(6)},"offset":${size}}\n`);
        indexedAt = size;
      }
      append(`[${t.toFixed(6)},"${code}",${JSON.stringify(data)}]\n`);
    });

  const closeFiles = (): void => {
    if (file !== -1) closeSync(file);
    if (index !== -1) closeSync(index);
    file = index = -1;
  };

  guarded(openPart);
  return {
    output: (bytes) => {
      const text = decoder.decode(bytes, { stream: true });
      if (text.includes("\ufffd")) invalidBytes += text.split("\ufffd").length - 1;
      if (text !== "") event("o", text);
    },
    marker: (label) => event("m", label),
    resize: (nextCols, nextRows) => {
      if (nextCols === cols && nextRows === rows) return;
      cols = nextCols;
      rows = nextRows;
      event("r", `${cols}x${rows}`);
    },
    get invalidBytes() {
      return invalidBytes;
    },
    get path() {
      return join(folder, name);
    },
    close: () => {
      const rest = decoder.decode();
      if (rest !== "") event("o", rest);
      isClosed = true;
      closeFiles();
    },
  };
};

/** -1 when there is a file of that name. */
const openNew = (path: string, flags: number): number => {
  try {
    return openSync(path, flags, 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return -1;
    throw error;
  }
};

/** `session.cast`, relative, replaced in one step so that a reader always finds it. */
const pointSession = (folder: string, name: string): void => {
  const link = join(folder, runtimeFileNames.currentRecording);
  const draft = `${link}.${process.pid}`;
  symlinkSync(name, draft);
  renameSync(draft, link);
};
