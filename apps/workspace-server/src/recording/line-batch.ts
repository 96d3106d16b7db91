import { type CastCode, type CastEvent, castEventEnds, parseCastEvent } from "@atelier/contract";
import { createEscapeBytes, type EscapeBytes, longestEscape } from "./escape-bytes.ts";

/** Text, or one after the other pieces of valid UTF-8. */
export type EventData = string | readonly Uint8Array[];

/** In bytes or, of text, in characters. */
export const lengthOf = (data: EventData): number =>
  typeof data === "string" ? data.length : data.reduce((sum, { length }) => sum + length, 0);

/** An event's line, as far as somebody has to know after it has become bytes. */
export interface Line {
  /** Seconds from the beginning of the part. */
  readonly t: number;
  /** In bytes. */
  readonly length: number;
  /** Text of a marker. */
  readonly marker?: string;
}

/** More memory than this is given back when its lines are written. Of what is kept only so much is touched as lines are long. */
const keptBytes = 1024 * 1024;
/** Of UTF-8, for each unit of UTF-16. */
const longestCharacter = 3;
/** Less is escaped as text: an idle server needs no module for it. */
const fewBytes = 4 * 1024;

let loaded: { readonly put: EscapeBytes | undefined } | undefined;
/** Undefined where there is none, see {@link createEscapeBytes}. */
const escapeBytes = (): EscapeBytes | undefined => {
  loaded ??= { put: createEscapeBytes() };
  return loaded.put;
};

/**
 * Lines that wait to be written with one call. They are bytes from the beginning: text would have to live
 * through several collections of a young space that holds no more than a few lines.
 */
export class LineBatch {
  #memory = Buffer.alloc(0);
  #length = 0;
  #lines: Line[] = [];

  /** In bytes. */
  get length(): number {
    return this.#length;
  }
  get lines(): readonly Line[] {
    return this.#lines;
  }
  /** All lines; overwritten by what is added after {@link clear}. */
  get bytes(): Buffer {
    return this.#memory.subarray(0, this.#length);
  }

  /** @param t seconds from the beginning of the part */
  add(t: number, code: CastCode, data: EventData): Line {
    const { head, tail } = castEventEnds(t, code);
    const begun = this.#length;
    const put = typeof data !== "string" && lengthOf(data) >= fewBytes ? escapeBytes() : undefined;
    if (typeof data === "string" || put === undefined) {
      const text = typeof data === "string" ? data : Buffer.concat(data).toString("utf8");
      this.#addText(`${head}${JSON.stringify(text)}${tail}`);
    } else {
      this.#addText(`${head}"`);
      for (const bytes of data) {
        this.#makeRoom(bytes.length * longestEscape);
        this.#length += put(bytes, this.#memory, this.#length);
      }
      this.#addText(`"${tail}`);
    }
    const line = { t, length: this.#length - begun, ...(code === "m" ? { marker: String(data) } : {}) };
    this.#lines.push(line);
    return line;
  }

  /** Moves what follows on the line that comes to so many bytes into `rest`, which has been empty. */
  moveAfter(bytes: number, rest: LineBatch): void {
    let length = 0;
    let count = 0;
    for (; length < bytes && count < this.#lines.length; count++) length += this.#lines[count]?.length ?? 0;
    if (count === this.#lines.length) return;
    const moved = this.bytes.subarray(length);
    rest.#makeRoom(moved.length);
    rest.#memory.set(moved);
    rest.#length = moved.length;
    rest.#lines = this.#lines.splice(count);
    this.#length = length;
  }

  /** The events once more, for another part. */
  events(): readonly CastEvent[] {
    const texts = this.bytes.toString("utf8").split("\n").slice(0, -1);
    return texts.flatMap((text) => parseCastEvent(JSON.parse(text)) ?? []);
  }

  clear(): void {
    this.#length = 0;
    this.#lines = [];
    if (this.#memory.length > keptBytes) this.#memory = Buffer.alloc(0);
  }

  #addText(text: string): void {
    this.#makeRoom(text.length * longestCharacter);
    this.#length += this.#memory.write(text, this.#length, "utf8");
  }

  #makeRoom(bytes: number): void {
    const room = this.#length + bytes;
    if (room <= this.#memory.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(room, 2 * this.#memory.length));
    larger.set(this.bytes);
    this.#memory = larger;
  }
}
