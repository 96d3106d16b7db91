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
  encodeCastHeader,
  encodeCastIndexEntry,
  recordingFileName,
  recordingStart,
  runtimeFileNames,
} from "@atelier/contract";
import { type EventData, type Line, LineBatch, lengthOf } from "./line-batch.ts";
import { writeAll, writeWhole } from "./write-whole.ts";

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
  /** Long output has been written and nothing waits, see {@link RecordingFile.isBehind}. */
  readonly onCaughtUp?: () => void;
}

interface Recorded {
  readonly code: CastCode;
  readonly data: EventData;
  /** Clock when it happened. */
  readonly at: number;
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
/** Where short lines become bytes, for all recordings. */
const shortLine = new LineBatch();
/** What is so long is written by another thread: the disk may take its time, and a flood must not wait for it. */
const longData = 32 * 1024;
/** What may wait to be written, in bytes and milliseconds. */
const mostBehind = { bytes: 1024 * 1024, ms: 1000 } as const;
const indexEvery = 1024 * 1024;
const retryMs = 1000;
/** Least time between two tries while output is coming: a full disk must not slow the terminal down. */
const impatientRetryMs = 250;

/**
 * The files of one recording. One event a line, with O_APPEND, so that whatever happens to this process
 * every line but at most the last is whole. Long ones are written by libuv's threads, and what comes meanwhile
 * is brought together and follows; all others are the kernel's when `append` returns. Beside each part stands an
 * index. When the disk is full or broken the torn line is cut off again, events are counted instead of
 * written, and as soon as there is room a new part goes on, with a marker where something is missing.
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
  /** What comes while something is being written; all of it belongs to the current part. */
  #filling = new LineBatch();
  /** What another thread writes, or empty. */
  #writing = new LineBatch();
  #isWriting = false;
  /** Clock when the oldest event of each happened. */
  readonly #since = { filling: 0, writing: 0 };
  readonly #closed = Promise.withResolvers<void>();

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

  /** More waits for the disk than may be missing after a crash: whoever can should write less. */
  get isBehind(): boolean {
    if (!this.#isWriting) return false;
    const bytes = this.#filling.length + this.#writing.length;
    return bytes > mostBehind.bytes || this.#options.clock() - this.#since.writing > mostBehind.ms;
  }

  /** Resolves when it is closed and everything is the kernel's. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /** Bytes of `data` may be overwritten afterwards. */
  append(code: CastCode, data: EventData): void {
    if (this.#isClosed) return;
    const event = { code, data, at: this.#options.clock() };
    if (this.#isWriting || (lengthOf(data) >= longData && !this.#isFailing)) this.#gather(event);
    else this.#put(event);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#retry);
    this.#next();
  }

  /** Writes it in another thread; what comes while it is at work waits together. */
  #gather(event: Recorded): void {
    if (!this.#isWriting) {
      const prepare = (): void => this.#prepare();
      if (!(this.#tries(prepare) || this.#guarded(prepare))) {
        this.#lost++;
        return;
      }
    }
    if (this.#filling.length === 0) this.#since.filling = event.at;
    this.#latest = this.#timeOf(event, this.#part as Part);
    this.#filling.add(this.#latest, event.code, event.data);
    this.#next();
  }

  #next(): void {
    if (this.#isWriting) return;
    if (this.#filling.length > 0) this.#writeBehind(this.#part as Part);
    else if (this.#isClosed) {
      this.#closePart();
      this.#closed.resolve();
    }
  }

  #writeBehind(part: Part): void {
    const written = this.#filling;
    this.#filling = this.#writing;
    this.#writing = written;
    this.#since.writing = this.#since.filling;
    this.#isWriting = true;
    written.moveAfter(this.#options.partBytes - part.size, this.#filling);
    writeWhole(part.file, written.bytes, (error) => {
      this.#isWriting = false;
      if (error === null) for (const line of written.lines) this.#isWritten(line, part);
      else {
        this.#abandonPart();
        for (const event of takenFrom(written, part)) this.#put(event);
      }
      written.clear();
      // They were made for a part that is no longer there, or that is full.
      if (error !== null) for (const event of takenFrom(this.#filling, part)) this.#put(event);
      else if (part.size >= this.#options.partBytes)
        for (const event of takenFrom(this.#filling, part)) this.#gather(event);
      this.#next();
      if (!this.#isWriting && !this.#isClosed) this.#options.onCaughtUp?.();
    });
  }

  #put(event: Recorded): void {
    if (this.#isFailing && this.#options.clock() - this.#triedAt < impatientRetryMs) {
      this.#lost++;
      return;
    }
    const put = (): void => {
      this.#prepare();
      this.#event(event);
    };
    // A part may have come to a limit of its own; a new one starts from nothing.
    const isWritten = this.#tries(put) || this.#guarded(put);
    if (!isWritten) this.#lost++;
  }

  #prepare(): void {
    if (this.#part === undefined || this.#part.size >= this.#options.partBytes) this.#openPart();
    if (this.#isFailing) this.#recover();
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
    if (!this.#isFailing || this.#isWriting) return;
    this.#guarded(() => {
      this.#openPart();
      this.#recover();
    });
  }

  #recover(): void {
    const lost = this.#lost;
    const data = `recording: ${lost} ${lost === 1 ? "event is" : "events are"} missing here`;
    if (lost > 0) this.#event({ code: "m", data, at: this.#options.clock() });
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
    const first = Buffer.from(encodeCastHeader({ ...header(), atelier: { terminal, part: this.#parts, offset } }));
    writeAll(file, first);
    part.size = first.length;
    part.index = tryOpen(join(folder, `${name}.idx`));
  }

  #event(event: Recorded): void {
    const part = this.#part as Part;
    shortLine.clear();
    const line = shortLine.add(this.#timeOf(event, part), event.code, event.data);
    writeAll(part.file, shortLine.bytes);
    this.#latest = line.t;
    this.#isWritten(line, part);
  }

  #timeOf({ at }: Recorded, part: Part): number {
    return Math.max(this.#latest, (at - part.started) / 1000);
  }

  #isWritten({ t, length, marker }: Line, part: Part): void {
    const offset = part.size;
    part.size += length;
    if (marker !== undefined) writeIndex(part, { t, offset, marker });
    else if (offset - part.indexedAt >= indexEvery) {
      writeIndex(part, { t, offset });
      part.indexedAt = offset;
    }
    if (part.hasEvents) return;
    part.hasEvents = true;
    if (this.#options.isFirst) pointSession(this.#options.folder, part.name);
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

/** The events of lines that were made for a part, for another one. */
const takenFrom = (lines: LineBatch, { started }: Part): readonly Recorded[] => {
  const events = lines.events().map(({ t, code, data }) => ({ code, data, at: started + t * 1000 }));
  lines.clear();
  return events;
};

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
