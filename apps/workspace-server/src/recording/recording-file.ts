import {
  closeSync,
  constants,
  existsSync,
  ftruncateSync,
  openSync,
  renameSync,
  symlinkSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import {
  type CastCode,
  type CastHeader,
  type CastIndexEntry,
  castEventPieces,
  encodeCastHeader,
  encodeCastIndexEntry,
  recordingFileName,
  recordingStart,
  runtimeFileNames,
} from "@atelier/contract";

export interface RecordingFileOptions {
  readonly folder: string;
  readonly terminal: string;
  /** Whether `session.cast` points at this terminal's recording. */
  readonly isFirst: boolean;
  readonly partBytes: number;
  readonly header: () => CastHeader;
  readonly now: () => Date;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
  /** Nothing can be written, for the first time since it could. */
  readonly onFailure: (cause: string) => void;
  readonly onRecovery: (lost: number) => void;
}

interface Part {
  readonly name: string;
  readonly file: number;
  /** -1 once it could not be written. */
  index: number;
  /** Clock at the beginning. */
  readonly started: number;
  /** Whole lines, in bytes. */
  size: number;
  indexedAt: number;
  hasEvents: boolean;
}

const createNew = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
/** Where lines become bytes, for all recordings: a flood would otherwise leave a Buffer behind for each. */
let lineMemory = Buffer.allocUnsafeSlow(128 * 1024);
const indexEvery = 1024 * 1024;
const retryMs = 1000;
/** Least time between two tries while output is coming: a full disk must not slow the terminal down. */
const impatientRetryMs = 250;

/**
 * The files of one recording. One event a line, with O_APPEND, so that whatever happens to this process
 * every line but at most the last is whole. Beside each part stands an index. When the disk is full or
 * broken the torn line is cut off again, events are counted instead of written, and as soon as there is
 * room a new part goes on, with a marker where something is missing.
 */
export class RecordingFile {
  readonly #options: RecordingFileOptions;
  readonly #start: string;
  readonly #began: number;
  #part: Part | undefined;
  #parts = 0;
  #latest = 0;
  #lost = 0;
  #isFailing = false;
  #triedAt = 0;
  #retry: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: RecordingFileOptions) {
    this.#options = options;
    this.#began = options.clock();
    this.#start = freeStart(options);
    this.#guarded(() => this.#openPart());
  }

  /** Name of the current part, of the last one while nothing can be written. */
  get name(): string {
    return recordingFileName({ start: this.#start, terminal: this.#options.terminal, part: Math.max(1, this.#parts) });
  }

  /** @param encoding `latin1` when each character of `data` stands for one byte of UTF-8 */
  append(code: CastCode, data: string, encoding: "utf8" | "latin1" = "utf8"): void {
    if (this.#isClosed) return;
    const { clock, partBytes } = this.#options;
    if (this.#isFailing && clock() - this.#triedAt < impatientRetryMs) {
      this.#lost++;
      return;
    }
    const write = (): void => {
      if (this.#part === undefined || this.#part.size >= partBytes) this.#openPart();
      if (this.#isFailing) this.#recover();
      this.#event(code, data, encoding);
    };
    // A part may have come to a limit of its own; a new one starts from nothing.
    const isWritten = this.#tries(write) || this.#guarded(write);
    if (!isWritten) this.#lost++;
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#retry);
    this.#closePart();
  }

  /** False when it failed; then the part is closed, whole. */
  #tries(write: () => void): boolean {
    try {
      write();
      return true;
    } catch {
      this.#abandonPart();
      return false;
    }
  }

  /** The same, and whoever wants to know is told. */
  #guarded(write: () => void): boolean {
    this.#triedAt = this.#options.clock();
    try {
      write();
      return true;
    } catch (error) {
      this.#abandonPart();
      if (!this.#isFailing) {
        this.#isFailing = true;
        this.#retry ??= setInterval(() => this.#tryAgain(), retryMs).unref();
        this.#options.onFailure((error as Error).message);
      }
      return false;
    }
  }

  #tryAgain(): void {
    if (!this.#isFailing) return;
    this.#guarded(() => {
      this.#openPart();
      this.#recover();
    });
  }

  #recover(): void {
    const lost = this.#lost;
    if (lost > 0) this.#event("m", `recording: ${lost} ${lost === 1 ? "event is" : "events are"} missing here`);
    this.#lost = 0;
    this.#isFailing = false;
    clearInterval(this.#retry);
    this.#retry = undefined;
    this.#options.onRecovery(lost);
  }

  #openPart(): void {
    this.#closePart();
    const { folder, terminal, header, clock } = this.#options;
    let file = -1;
    let name = "";
    for (let part = this.#parts + 1; file === -1; part++) {
      name = recordingFileName({ start: this.#start, terminal, part });
      file = openNew(join(folder, name));
      this.#parts = part;
    }
    const started = clock();
    const part: Part = { name, file, index: -1, started, size: 0, indexedAt: 0, hasEvents: false };
    this.#part = part;
    const offset = Math.round((started - this.#began) * 1000) / 1_000_000;
    this.#latest = 0;
    this.#write([encodeCastHeader({ ...header(), atelier: { terminal, part: this.#parts, offset } })]);
    part.index = tryOpen(join(folder, `${name}.idx`));
  }

  #event(code: CastCode, data: string, encoding: "utf8" | "latin1" = "utf8"): void {
    const part = this.#part as Part;
    const t = Math.max(this.#latest, (this.#options.clock() - part.started) / 1000);
    const offset = part.size;
    this.#write(castEventPieces(t, code, data), encoding);
    this.#latest = t;
    if (code === "m") writeIndex(part, { t, offset, marker: data });
    else if (offset - part.indexedAt >= indexEvery) {
      writeIndex(part, { t, offset });
      part.indexedAt = offset;
    }
    if (part.hasEvents) return;
    part.hasEvents = true;
    if (this.#options.isFirst) pointSession(this.#options.folder, part.name);
  }

  #write(pieces: readonly string[], encoding: "utf8" | "latin1" = "utf8"): void {
    const { file } = this.#part as Part;
    const room = pieces.reduce((sum, { length }) => sum + length, 0) * (encoding === "latin1" ? 1 : 3);
    if (lineMemory.length < room) lineMemory = Buffer.allocUnsafeSlow(room);
    let length = 0;
    for (const piece of pieces) length += lineMemory.write(piece, length, encoding);
    for (let written = 0; written < length; ) written += writeSync(file, lineMemory, written, length - written);
    (this.#part as Part).size += length;
  }

  #closePart(): void {
    const part = this.#part;
    this.#part = undefined;
    if (part === undefined) return;
    closeSync(part.file);
    if (part.index !== -1) closeSync(part.index);
  }

  /** Cuts off what was written of a line; removes a part without a header. */
  #abandonPart(): void {
    const part = this.#part;
    if (part === undefined) return;
    attempt(() => ftruncateSync(part.file, part.size));
    attempt(() => this.#closePart());
    // Nobody can have seen it: it has not even a header.
    if (part.size > 0) return;
    const path = join(this.#options.folder, part.name);
    attempt(() => unlinkSync(path));
    attempt(() => unlinkSync(`${path}.idx`));
    this.#parts--;
  }
}

/** A server that was killed in this very second, or a shell that was restarted in it, has taken its name. */
const freeStart = ({ folder, terminal, now }: RecordingFileOptions): string => {
  for (let at = now().getTime(); ; at += 1000) {
    const start = recordingStart(new Date(at));
    if (!existsSync(join(folder, recordingFileName({ start, terminal, part: 1 })))) return start;
  }
};

/** -1 when there is a file of that name. */
const openNew = (path: string): number => {
  try {
    return openSync(path, createNew, 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return -1;
    throw error;
  }
};

/** An index saves work and is never a reason to lose a recording. */
const tryOpen = (path: string): number => {
  try {
    return openSync(path, createNew & ~constants.O_EXCL, 0o600);
  } catch {
    return -1;
  }
};

const writeIndex = (part: Part, entry: CastIndexEntry): void => {
  if (part.index === -1) return;
  try {
    writeSync(part.index, encodeCastIndexEntry(entry));
  } catch {
    attempt(() => closeSync(part.index));
    part.index = -1;
  }
};

/** `session.cast`, relative, replaced in one step so that a reader always finds it. */
const pointSession = (folder: string, name: string): void => {
  const link = join(folder, runtimeFileNames.currentRecording);
  const draft = `${link}.${process.pid}`;
  attempt(() => unlinkSync(draft));
  attempt(() => {
    symlinkSync(name, draft);
    renameSync(draft, link);
  });
};

/** For what is better left undone than a reason to fail. */
const attempt = (run: () => void): void => {
  try {
    run();
  } catch {
    // The caller goes on either way.
  }
};
