import { closeSync, ftruncateSync, unlinkSync, writeSync } from "node:fs";
import { join } from "node:path";
import {
  type CastCode,
  type CastHeader,
  castEventPieces,
  encodeCastHeader,
  parseCastSize,
  recordingFileName,
} from "@atelier/contract";
import { type LineEncoding, putTogether, roomFor, writeWhole } from "./line-bytes.ts";
import { attempt, freeStart, isRemoved, openNew, pointSession, tryOpen, writeIndex } from "./part-files.ts";

export interface RecordingFileOptions {
  readonly folder: string;
  readonly terminal: string;
  /** Whether `session.cast` is to point at this terminal's recording. */
  readonly isFirst: () => boolean;
  /** File name of the recording on whose last screen this one goes on. */
  readonly continues?: string;
  readonly partBytes: number;
  /** Of the terminal when the recording begins. */
  readonly cols: number;
  readonly rows: number;
  /** What a part's header says besides the size, which is that of the events before it. */
  readonly header: () => Omit<CastHeader, "width" | "height">;
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
  readonly data: string;
  readonly encoding: LineEncoding;
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
  /** Made for what is being written right now: nobody has seen it. */
  isNew: boolean;
  /** Begun to see whether there is room again, and without an event so far. */
  isTrial: boolean;
  /** Whether `session.cast` points at it. */
  isCurrent: boolean;
}

/** Where lines become bytes, for all recordings: a flood would otherwise leave a Buffer behind for each. */
let lineMemory = Buffer.allocUnsafeSlow(128 * 1024);
/** What is so long is written by another thread: the disk may take its time, and a flood must not wait for it. */
const longData = 32 * 1024;
/** What may wait to be written, in characters and milliseconds. */
const mostBehind = { length: 1024 * 1024, ms: 1000 } as const;
const indexEvery = 1024 * 1024;
const retryMs = 1000;
/** Least time between two looks whether the file is still there, besides those with each command. */
const lookMs = 1000;
/** Least time between two tries while output is coming: a full disk must not slow the terminal down. */
const impatientRetryMs = 250;

/**
 * The files of one recording. One event a line, with O_APPEND, so that whatever happens to this process
 * every line but at most the last is whole. Long ones are written one after the other by libuv's threads,
 * and what follows waits for them; all others are the kernel's when `append` returns. Beside each part stands
 * an index. When the disk is full or broken the torn line is cut off again, events are counted instead of written, and as soon as there is
 * room a new part goes on, with a marker where something is missing.
 */
export class RecordingFile {
  readonly #options: RecordingFileOptions;
  readonly #start: string;
  readonly #began: number;
  #part: Part | undefined;
  #parts = 0;
  #latest = 0;
  /** Of the terminal after the last event that was taken. */
  #size: { readonly cols: number; readonly rows: number };
  #lost = 0;
  #isFailing = false;
  /** There was room for a part, and none for an event: only an event can tell whether there is more now. */
  #isWary = false;
  #triedAt = 0;
  /** For the file of its part; it may have been removed. */
  #lookedAt = Number.NEGATIVE_INFINITY;
  #retry: NodeJS.Timeout | undefined;
  #isClosed = false;
  /** Oldest first; the one that is being written is none of them. */
  #waiting: Recorded[] = [];
  #waitingLength = 0;
  #writingSince: number | undefined;
  /** A long line's own memory: its write goes on while other lines are made. */
  #longMemory: Buffer | undefined;
  readonly #closed = Promise.withResolvers<void>();

  constructor(options: RecordingFileOptions) {
    this.#options = options;
    this.#began = options.clock();
    this.#start = freeStart(options);
    this.#size = { cols: options.cols, rows: options.rows };
    this.#guarded(() => this.#openPart());
  }

  /** Name of the current part, of the last one while nothing can be written. */
  get name(): string {
    return recordingFileName({ start: this.#start, terminal: this.#options.terminal, part: Math.max(1, this.#parts) });
  }

  /** More waits for the disk than may be missing after a crash: whoever can should write less. */
  get isBehind(): boolean {
    const { length, ms } = mostBehind;
    if (this.#writingSince === undefined) return false;
    return this.#waitingLength > length || this.#options.clock() - this.#writingSince > ms;
  }

  /** Resolves when it is closed and everything is the kernel's. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /** @param encoding `latin1` when each character of `data` stands for one byte of UTF-8 */
  append(code: CastCode, data: string, encoding: LineEncoding = "utf8"): void {
    if (this.#isClosed) return;
    const event = { code, data, encoding, at: this.#options.clock() };
    if (this.#writingSince === undefined && data.length < longData) {
      this.#put(event);
      return;
    }
    this.#waiting.push(event);
    this.#waitingLength += data.length;
    this.#next();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#retry);
    this.#next();
  }

  /** Writes what waits until one of it goes on in another thread. */
  #next(): void {
    while (this.#writingSince === undefined) {
      const event = this.#waiting.shift();
      if (event === undefined) break;
      this.#waitingLength -= event.data.length;
      if (event.data.length < longData || this.#isFailing) this.#put(event);
      else this.#putLong(event);
    }
    if (this.#writingSince !== undefined) return;
    if (!this.#isClosed) return;
    this.#guarded(() => this.#closePart());
    this.#closed.resolve();
  }

  #put(event: Recorded): void {
    const isTooEarly = this.#isFailing && this.#options.clock() - this.#triedAt < impatientRetryMs;
    const put = (): void => {
      this.#prepare(event);
      this.#event(event);
    };
    // A part may have come to a limit of its own; a new one starts from nothing.
    if (!isTooEarly && (this.#tries(put) || this.#guarded(put))) {
      this.#isWary = false;
      this.#recovered();
    } else this.#lost++;
    // The next part begins with it, also where the event itself is missing.
    if (event.code === "r") this.#size = parseCastSize(event.data) ?? this.#size;
  }

  #putLong(event: Recorded): void {
    const prepare = (): void => this.#prepare(event);
    if (!(this.#tries(prepare) || this.#guarded(prepare))) {
      this.#lost++;
      return;
    }
    const part = this.#part as Part;
    const t = this.#timeOf(event, part);
    const pieces = castEventPieces(t, event.code, event.data);
    const room = roomFor(pieces, event.encoding);
    if (this.#longMemory === undefined || this.#longMemory.length < room)
      this.#longMemory = Buffer.allocUnsafeSlow(room);
    const line = this.#longMemory.subarray(0, putTogether(pieces, this.#longMemory, event.encoding));
    this.#writingSince = event.at;
    writeWhole(part.file, line, (error) => {
      this.#writingSince = undefined;
      if (error === null) {
        this.#isWritten(event, { part, t, length: line.length });
        this.#keep(part);
      } else {
        this.#abandonPart();
        this.#put(event);
      }
      this.#next();
      if (this.#writingSince === undefined && !this.#isClosed) this.#options.onCaughtUp?.();
    });
  }

  #prepare({ code, at }: Recorded): void {
    const part = this.#part;
    const isOver = part === undefined || part.size >= this.#options.partBytes;
    // What goes into a file that was removed is read by nobody. Not every shell tells its commands.
    const isDue = code === "m" || at - this.#lookedAt >= lookMs;
    if (isDue) this.#lookedAt = at;
    if (isOver || (isDue && isRemoved(part.file))) this.#openPart();
    this.#tellLost();
  }

  /** False when it failed; then the part is closed, whole. */
  #tries(write: () => void): boolean {
    try {
      write();
      this.#keep(this.#part);
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
      this.#keep(this.#part);
      return true;
    } catch (error) {
      this.#abandonPart();
      if (!this.#isFailing) {
        this.#isFailing = true;
        if (!this.#isClosed) this.#retry ??= setInterval(() => this.#tryAgain(), retryMs).unref();
        this.#options.onFailure((error as Error).message);
      }
      return false;
    }
  }

  #tryAgain(): void {
    if (!this.#isFailing || this.#isWary || this.#writingSince !== undefined) return;
    const isBegun = this.#guarded(() => {
      this.#openPart();
      this.#tellLost();
    });
    if (!isBegun) return;
    (this.#part as Part).isTrial = true;
    this.#recovered();
  }

  #tellLost(): void {
    const lost = this.#lost;
    if (lost === 0) return;
    const data = `recording: ${lost} ${lost === 1 ? "event is" : "events are"} missing here`;
    this.#event({ code: "m", data, encoding: "utf8", at: this.#options.clock() });
  }

  /** What is lost has been told in the part that goes on. */
  #recovered(): void {
    if (!this.#isFailing) return;
    const lost = this.#lost;
    this.#lost = 0;
    this.#isFailing = false;
    clearInterval(this.#retry);
    this.#retry = undefined;
    this.#options.onRecovery(lost);
  }

  /** From here on others may see what was written. */
  #keep(part: Part | undefined): void {
    if (part === undefined) return;
    part.isNew = false;
    if (part.hasEvents && !part.isCurrent && this.#options.isFirst())
      part.isCurrent = pointSession(this.#options.folder, part.name);
  }

  #openPart(): void {
    this.#closePart();
    const { folder, terminal, continues, header, clock } = this.#options;
    let file = -1;
    let name = "";
    for (let part = this.#parts + 1; file === -1; part++) {
      name = recordingFileName({ start: this.#start, terminal, part });
      file = openNew(join(folder, name));
      this.#parts = part;
    }
    const started = clock();
    const part: Part = {
      ...{ name, file, index: -1, started, size: 0, indexedAt: 0 },
      ...{ hasEvents: false, isNew: true, isTrial: false, isCurrent: false },
    };
    this.#part = part;
    const offset = Math.round((started - this.#began) * 1000) / 1_000_000;
    this.#latest = 0;
    const { cols, rows } = this.#size;
    const origin = { terminal, part: this.#parts, offset, ...(continues === undefined ? {} : { continues }) };
    part.size = this.#write([encodeCastHeader({ width: cols, height: rows, ...header(), atelier: origin })]);
    part.index = tryOpen(join(folder, `${name}.idx`));
  }

  #event(event: Recorded): void {
    const part = this.#part as Part;
    const t = this.#timeOf(event, part);
    const length = this.#write(castEventPieces(t, event.code, event.data), event.encoding);
    this.#isWritten(event, { part, t, length });
  }

  #timeOf({ at }: Recorded, part: Part): number {
    return Math.max(this.#latest, (at - part.started) / 1000);
  }

  #isWritten({ code, data }: Recorded, { part, t, length }: { part: Part; t: number; length: number }): void {
    const offset = part.size;
    part.size += length;
    this.#latest = t;
    if (code === "m") writeIndex(part, { t, offset, marker: data });
    else if (offset - part.indexedAt >= indexEvery) {
      writeIndex(part, { t, offset });
      part.indexedAt = offset;
    }
    part.hasEvents = true;
    part.isTrial = false;
  }

  #write(pieces: readonly string[], encoding: LineEncoding = "utf8"): number {
    const { file } = this.#part as Part;
    const room = roomFor(pieces, encoding);
    if (lineMemory.length < room) lineMemory = Buffer.allocUnsafeSlow(room);
    const length = putTogether(pieces, lineMemory, encoding);
    for (let written = 0; written < length; ) written += writeSync(file, lineMemory, written, length - written);
    return length;
  }

  #closePart(): void {
    const part = this.#part;
    this.#part = undefined;
    if (part === undefined) return;
    if (part.index !== -1) attempt(() => closeSync(part.index));
    closeSync(part.file);
  }

  /** Cuts off what was written of a line; removes a part that was made for it. */
  #abandonPart(): void {
    const part = this.#part;
    if (part === undefined) return;
    attempt(() => ftruncateSync(part.file, part.size));
    attempt(() => this.#closePart());
    this.#isWary ||= part.isTrial;
    if (!part.isNew) return;
    const path = join(this.#options.folder, part.name);
    attempt(() => unlinkSync(path));
    attempt(() => unlinkSync(`${path}.idx`));
    this.#parts--;
  }
}
