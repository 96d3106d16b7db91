/** A message of our shell integration, taken out of the output stream. */
export interface ShellMarker {
  /**
   * `start`: a command line was read; `continued`: it goes on in the next line; `end`: it is done;
   * `prompt`: the shell is there; `level`: this shell can say less than others.
   */
  readonly kind: "start" | "continued" | "end" | "prompt" | "level";
  /**
   * Text of a `start`, and from some shells `<exit code>` of what ran before and `<cwd>`; `<exit code>;<cwd>` of
   * an `end`; the cwd of a `prompt`. Unescaped.
   */
  readonly fields: readonly string[];
}

export interface FilteredOutput {
  /** The output without our markers. */
  readonly output: Uint8Array;
  readonly markers: readonly ShellMarker[];
}

const introducer = Buffer.from("\u001b]7717;");
const bell = 0x07;
/** A marker longer than this is none of ours. Commands are cut by the integration well below. */
const longestMarker = 256 * 1024;
const kinds: Readonly<Record<string, ShellMarker["kind"]>> = {
  S: "start",
  C: "continued",
  E: "end",
  P: "prompt",
  L: "level",
};

/**
 * Separates our private OSC 7717 messages from what programs print: `ESC ] 7717 ; nonce ; kind ; fields… BEL`.
 * They are taken out before anything is recorded or sent, so that the nonce is in no recording. Messages
 * without the right nonce pass through untouched: a terminal ignores them, and so do we.
 */
export class MarkerFilter {
  readonly #nonce: string;
  /** A copy: the caller's memory is overwritten by what it reads next. */
  #held: Buffer = Buffer.alloc(0);

  constructor(nonce: string) {
    this.#nonce = nonce;
  }

  /**
   * What waits here: nothing, what may be the beginning of a marker, or what is the beginning of one of
   * ours, nonce and all.
   */
  get holding(): "nothing" | "something" | "ours" {
    if (this.#held.length === 0) return "nothing";
    const isOurs = this.#held.length > introducer.length && this.#startsWithNonce(this.#held, introducer.length);
    return isOurs === "yes" ? "ours" : "something";
  }

  push(chunk: Buffer): FilteredOutput {
    if (this.#held.length === 0 && chunk.indexOf(0x1b) === -1) return { output: chunk, markers: [] };
    let data = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    this.#held = Buffer.alloc(0);
    const outputs: Buffer[] = [];
    const markers: ShellMarker[] = [];
    for (;;) {
      const at = data.indexOf(introducer);
      if (at === -1) {
        const keep = partialIntroducer(data);
        outputs.push(data.subarray(0, data.length - keep));
        this.#held = Buffer.from(data.subarray(data.length - keep));
        break;
      }
      outputs.push(data.subarray(0, at));
      const end = data.indexOf(bell, at);
      const isOurs = this.#startsWithNonce(data, at + introducer.length);
      if (isOurs === "no" || (end === -1 && data.length - at > longestMarker)) {
        outputs.push(data.subarray(at, at + introducer.length));
        data = data.subarray(at + introducer.length);
      } else if (end === -1) {
        this.#held = Buffer.from(data.subarray(at));
        break;
      } else {
        const marker = this.#parse(data.subarray(at + introducer.length, end));
        if (marker) markers.push(marker);
        data = data.subarray(end + 1);
      }
    }
    return { output: outputs.length === 1 && outputs[0] ? outputs[0] : Buffer.concat(outputs), markers };
  }

  /** Gives up waiting: what is held was no marker. */
  release(): Uint8Array {
    const held = this.#held;
    this.#held = Buffer.alloc(0);
    return held;
  }

  #startsWithNonce(data: Buffer, at: number): "yes" | "no" | "unknown" {
    const wanted = `${this.#nonce};`;
    const found = data.subarray(at, at + wanted.length).toString("latin1");
    if (found === wanted) return "yes";
    return found.length < wanted.length && wanted.startsWith(found) ? "unknown" : "no";
  }

  #parse(body: Buffer): ShellMarker | undefined {
    const [, letter = "", ...fields] = body.toString("utf8").split(";");
    const kind = kinds[letter];
    return kind && { kind, fields: fields.map(unescapeField) };
  }
}

/** How many bytes at the end may be the beginning of an introducer. */
const partialIntroducer = (data: Buffer): number => {
  for (let length = Math.min(introducer.length - 1, data.length); length > 0; length--)
    if (data.subarray(data.length - length).equals(introducer.subarray(0, length))) return length;
  return 0;
};

/** `\xHH` stands for one byte of the range below 0x80; `\\` for a backslash. */
const unescapeField = (field: string): string =>
  field.replace(/\\(?:\\|x([0-9a-f]{2}))/g, (_match, hex: string | undefined) =>
    hex === undefined ? "\\" : String.fromCharCode(Number.parseInt(hex, 16)),
  );
