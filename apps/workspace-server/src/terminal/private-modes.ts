const introducer = Buffer.from("\u001b[?");
/** Longest `CSI ? … h` that is looked at. */
const longest = 64;
/** Those that xterm knows. Others would be numbers without an end, each of which whoever prints them has us keep. */
const known: ReadonlySet<string> = new Set(
  "1 6 7 9 12 25 45 47 66 1000 1002 1003 1004 1006 1016 1047 1049 2004".split(" "),
);
const alternateScreen: ReadonlySet<string> = new Set(["47", "1047", "1049"]);

/**
 * Remembers which DEC private modes (`CSI ? n h`, `CSI ? n l`) a stream has set, without parsing the
 * rest: what a screen that begins in the middle of a stream could not know (alternate screen, hidden
 * cursor, bracketed paste, mouse).
 */
export class PrivateModes {
  /** The one that was set last at the end: one kind of mouse report ends another. */
  readonly #modes: Map<string, boolean>;
  #tail: Buffer;

  /** @param before what the stream had set before */
  constructor(before?: PrivateModes) {
    this.#modes = new Map(before ? before.#modes : []);
    this.#tail = before ? before.#tail : Buffer.alloc(0);
  }

  push(bytes: Uint8Array): void {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (this.#tail.length > 0) {
      // A sequence may lie across the border; what is there is looked at twice and says the same twice.
      this.#scan(Buffer.concat([this.#tail, chunk.subarray(0, longest)]));
    }
    this.#scan(chunk);
    // Also across several, where a few bytes come at a time.
    const end = chunk.subarray(-longest);
    this.#tail = Buffer.concat([this.#tail.subarray(Math.max(0, this.#tail.length + end.length - longest)), end]);
  }

  #scan(data: Buffer): void {
    for (let at = data.indexOf(introducer); at !== -1; at = data.indexOf(introducer, at + 1)) {
      const match = /^([\d;]*)([hl])/.exec(data.toString("latin1", at + introducer.length, at + longest));
      for (const mode of match?.[1]?.split(";") ?? []) {
        if (!known.has(mode)) continue;
        this.#modes.delete(mode);
        this.#modes.set(mode, match?.[2] === "h");
      }
    }
  }

  /** Whether what comes next is for the alternate screen. */
  get isAlternateScreen(): boolean {
    return [...this.#modes].findLast(([mode]) => alternateScreen.has(mode))?.[1] ?? false;
  }

  /** The sequence that brings another terminal to the same modes. */
  get sequence(): string {
    return [...this.#modes].map(([mode, isSet]) => `\u001b[?${mode}${isSet ? "h" : "l"}`).join("");
  }
}
