import { type FileHandle, open } from "node:fs/promises";
import { endOfLastLine } from "../jsonl/end-of-last-line.ts";
import type { FilePosition, TailEvent } from "./tail-event.ts";

const chunkBytes = 256 * 1024;
/**
 * Bytes before the place that are looked at again: a file that was rewritten has others there. Records end
 * alike; so many hold what tells one from another.
 */
const overlapBytes = 1024;
const newline = 0x0a;

/** One open file, read forwards line by line while others write, cut and rewrite it. */
export class FollowedFile implements AsyncDisposable {
  readonly path: string;
  readonly id: string;
  readonly #handle: FileHandle;
  readonly #longestLine: number;
  readonly #buffer = Buffer.allocUnsafe(overlapBytes + chunkBytes);
  /** Up to where bytes were taken, and what stood right before. */
  #place = 0;
  #before: Buffer = Buffer.alloc(0);
  /** The same after the last whole line. */
  #lineEnd = 0;
  #beforeLineEnd: Buffer = Buffer.alloc(0);
  /** The line that is not whole yet. */
  #held: Buffer[] = [];
  #heldBytes = 0;

  private constructor(file: { path: string; id: string; handle: FileHandle; longestLine: number }) {
    this.path = file.path;
    this.id = file.id;
    this.#handle = file.handle;
    this.#longestLine = file.longestLine;
  }

  /** Undefined when there is no such file. */
  static async open(path: string, longestLine: number): Promise<FollowedFile | undefined> {
    try {
      const handle = await open(path, "r");
      const { dev, ino } = await handle.stat();
      return new FollowedFile({ path, id: `${dev}:${ino}`, handle, longestLine });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  }

  /** Goes to the end of the last whole line. */
  async seekEnd(): Promise<void> {
    const { size } = await this.#handle.stat();
    await this.seek(await endOfLastLine(this.#handle, size));
  }

  /** Goes to an earlier position; false when that is no place between two lines of this file. */
  async seek(offset: number): Promise<boolean> {
    const length = Math.min(offset, overlapBytes);
    const { bytesRead } = await this.#handle.read(this.#buffer, 0, length, offset - length);
    if (bytesRead < length || (length > 0 && this.#buffer[length - 1] !== newline)) return false;
    this.#place = this.#lineEnd = offset;
    this.#before = this.#beforeLineEnd = Buffer.from(this.#buffer.subarray(0, length));
    return true;
  }

  /** What a piece of the file tells; an empty list at its end. */
  async read(): Promise<readonly TailEvent[]> {
    for (;;) {
      const piece = await this.#readPiece();
      // One without a whole line is no end.
      if (piece !== undefined && (piece.events.length > 0 || piece.isEnd)) return piece.events;
      if (piece === undefined && this.#heldBytes === 0) break;
      if (piece === undefined) {
        // A writer that repairs its file cuts the torn line off and goes on after the last whole one.
        this.#forgetHeld();
        this.#place = this.#lineEnd;
        this.#before = this.#beforeLineEnd;
      }
    }
    this.#place = this.#lineEnd = 0;
    this.#before = this.#beforeLineEnd = Buffer.alloc(0);
    return [{ kind: "restart", reason: "truncated", path: this.path }];
  }

  /** The unfinished line of a file that nobody goes on writing. */
  abandon(): readonly TailEvent[] {
    const bytes = this.#heldBytes;
    this.#forgetHeld();
    return bytes === 0 ? [] : [{ kind: "skipped", offset: this.#lineEnd, bytes, cause: "torn" }];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close();
  }

  /** Undefined when what stood before the place is not there any more. */
  async #readPiece(): Promise<{ readonly events: readonly TailEvent[]; readonly isEnd: boolean } | undefined> {
    const overlap = this.#before.length;
    const { bytesRead } = await this.#handle.read(this.#buffer, 0, overlap + chunkBytes, this.#place - overlap);
    if (bytesRead < overlap || !this.#buffer.subarray(0, overlap).equals(this.#before)) return undefined;
    const piece = this.#buffer.subarray(0, bytesRead);
    const events: TailEvent[] = [];
    let from = overlap;
    for (let at = piece.indexOf(newline, from); at !== -1; at = piece.indexOf(newline, from)) {
      events.push(this.#line(piece.subarray(from, at), this.#place + at + 1 - overlap));
      from = at + 1;
      this.#lineEnd = this.#place + from - overlap;
    }
    if (from > overlap) this.#beforeLineEnd = Buffer.from(piece.subarray(Math.max(0, from - overlapBytes), from));
    this.#hold(piece.subarray(from));
    this.#place += bytesRead - overlap;
    if (bytesRead > overlap) this.#before = Buffer.from(piece.subarray(Math.max(0, bytesRead - overlapBytes)));
    return { events, isEnd: bytesRead === overlap };
  }

  #line(rest: Buffer, end: number): TailEvent {
    const offset = this.#lineEnd;
    const bytes = this.#heldBytes + rest.length;
    const text = this.#heldBytes === 0 ? rest : Buffer.concat([...this.#held, rest]);
    this.#forgetHeld();
    if (bytes > this.#longestLine) return { kind: "skipped", offset, bytes, cause: "too-long" };
    const position: FilePosition = { file: this.id, offset: end };
    return { kind: "line", text: text.toString("utf8"), offset, position };
  }

  #hold(rest: Buffer): void {
    this.#heldBytes += rest.length;
    // Of a line that is too long already only its length is of interest.
    if (this.#heldBytes > this.#longestLine) this.#held = [];
    else if (rest.length > 0) this.#held.push(Buffer.from(rest));
  }

  #forgetHeld(): void {
    this.#held = [];
    this.#heldBytes = 0;
  }
}
