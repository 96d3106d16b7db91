const introducer = Buffer.from("\u001b[?");
/** Longest `CSI ? … h` that is looked at. */
const longest = 64;

/**
 * Remembers which DEC private modes (`CSI ? n h`, `CSI ? n l`) a stream has set, without parsing the
 * rest: what a screen that begins in the middle of a stream could not know (alternate screen, hidden
 * cursor, bracketed paste, mouse).
 */
export class PrivateModes {
  readonly #modes = new Map<string, boolean>();
  #tail: Buffer = Buffer.alloc(0);

  push(bytes: Uint8Array): void {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (this.#tail.length > 0) {
      // A sequence may lie across the border; what is there is looked at twice and says the same twice.
      this.#scan(Buffer.concat([this.#tail, chunk.subarray(0, longest)]));
    }
    this.#scan(chunk);
    this.#tail = Buffer.from(chunk.subarray(-longest));
  }

  #scan(data: Buffer): void {
    for (let at = data.indexOf(introducer); at !== -1; at = data.indexOf(introducer, at + 1)) {
      const match = /^([\d;]*)([hl])/.exec(data.toString("latin1", at + introducer.length, at + longest));
      for (const mode of match?.[1]?.split(";") ?? []) if (mode !== "") this.#modes.set(mode, match?.[2] === "h");
    }
  }

  /** The sequence that brings another terminal to the same modes. */
  get sequence(): string {
    return [...this.#modes].map(([mode, isSet]) => `\u001b[?${mode}${isSet ? "h" : "l"}`).join("");
  }
}
