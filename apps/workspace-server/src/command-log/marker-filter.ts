/** A message of our shell integration, taken out of the output stream. */
export interface ShellMarker {
  /**
   * `start`: a command line was read; `continued`: it goes on in the next line; `end`: it is done;
   * `prompt`: the shell is there; `gone`: its starts had been taken away, and are back; `level`: this shell can
   * say less than others.
   */
  readonly kind: "start" | "continued" | "end" | "prompt" | "gone" | "level";
  /**
   * Text of a `start`, and from some shells `<exit code>` of what ran before and `<cwd>`; `<exit code>;<cwd>` of
   * an `end`, and from bash how many commands it has read since it began; the cwd of a `prompt`. Unescaped.
   */
  readonly fields: readonly string[];
}

export interface FilteredOutput {
  /** The output without our markers. */
  readonly output: Uint8Array;
  readonly markers: readonly ShellMarker[];
  /** Whether one of our markers broke off or had no end: it was dropped. */
  readonly isBroken: boolean;
}

const introducer = Buffer.from("\u001b]7717;");
const bell = 0x07;
const escapeByte = 0x1b;
/** Commands are cut by the integration well below. */
const longestMarker = 256 * 1024;
/** So much follows a marker that is too long before what comes is output again. */
const longestDropped = 1024 * 1024;
/** With so much of the nonce it is ours: nobody else knows it. */
const tellingCharacters = 8;
const kinds: Readonly<Record<string, ShellMarker["kind"]>> = {
  S: "start",
  C: "continued",
  E: "end",
  P: "prompt",
  G: "gone",
  L: "level",
};

/**
 * Separates our private OSC 7717 messages from what programs print: `ESC ] 7717 ; nonce ; kind ; fields… BEL`.
 * They are taken out before anything is recorded or sent, so that the nonce is in no recording. Messages
 * without the right nonce pass through untouched: a terminal ignores them, and so do we. What begins with the
 * nonce never passes, whether it ends or not: it holds the nonce, and a command that is not redacted.
 */
export class MarkerFilter {
  readonly #nonce: string;
  /** A copy: the caller's memory is overwritten by what it reads next. */
  #held: Buffer = Buffer.alloc(0);
  /** Bytes dropped so far of a marker that is too long. */
  #dropped: number | undefined;

  constructor(nonce: string) {
    this.#nonce = nonce;
  }

  /**
   * What waits here: nothing, what may be the beginning of a marker, or what is the beginning of one of
   * ours, nonce and all.
   */
  get holding(): "nothing" | "something" | "ours" {
    if (this.#held.length === 0) return "nothing";
    const found = this.#nonceAt(this.#held, introducer.length);
    return found >= Math.min(tellingCharacters, this.#nonce.length) ? "ours" : "something";
  }

  push(chunk: Buffer): FilteredOutput {
    const rest = this.#dropped === undefined ? chunk : this.#drop(chunk, this.#dropped);
    if (this.#held.length === 0 && rest.indexOf(escapeByte) === -1)
      return { output: rest, markers: [], isBroken: false };
    let data = this.#held.length === 0 ? rest : Buffer.concat([this.#held, rest]);
    this.#held = Buffer.alloc(0);
    let isBroken = false;
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
      const isOurs = this.#startsWithNonce(data, at + introducer.length);
      if (isOurs === "no") {
        outputs.push(data.subarray(at, at + introducer.length));
        data = data.subarray(at + introducer.length);
        continue;
      }
      // Looked for in ours only: a flood of others' would have the rest of the chunk read again for each.
      const end = endOf(data, at + introducer.length);
      if (end === -1) {
        if (data.length - at > longestMarker) {
          this.#dropped = data.length - at;
          isBroken = true;
        } else this.#held = Buffer.from(data.subarray(at));
        break;
      } else if (data[end] === escapeByte) {
        isBroken = true;
        data = data.subarray(end);
      } else {
        const marker = this.#parse(data.subarray(at + introducer.length, end));
        if (marker) markers.push(marker);
        data = data.subarray(end + 1);
      }
    }
    return { output: outputs.length === 1 && outputs[0] ? outputs[0] : Buffer.concat(outputs), markers, isBroken };
  }

  /** Gives up waiting: what is held was no marker. One of ours stays: there is nothing that it could be else. */
  release(): Uint8Array {
    if (this.holding === "ours") return new Uint8Array();
    const held = this.#held;
    this.#held = Buffer.alloc(0);
    return held;
  }

  /** What is left after the end of a marker that is too long. */
  #drop(chunk: Buffer, before: number): Buffer {
    const end = endOf(chunk, 0);
    const isOver = end !== -1 || before + chunk.length > longestDropped;
    this.#dropped = isOver ? undefined : before + chunk.length;
    return end === -1 ? chunk.subarray(chunk.length) : chunk.subarray(chunk[end] === bell ? end + 1 : end);
  }

  #startsWithNonce(data: Buffer, at: number): "yes" | "no" | "unknown" {
    const found = this.#nonceAt(data, at);
    if (found > this.#nonce.length) return "yes";
    return at + found >= data.length ? "unknown" : "no";
  }

  /** How many characters of the nonce, and of the semicolon after it, are there. */
  #nonceAt(data: Buffer, at: number): number {
    const wanted = `${this.#nonce};`;
    let found = 0;
    while (found < wanted.length && data[at + found] === wanted.charCodeAt(found)) found++;
    return found;
  }

  #parse(body: Buffer): ShellMarker | undefined {
    const [, letter = "", ...fields] = body.toString("utf8").split(";");
    const kind = kinds[letter];
    return kind && { kind, fields: fields.map(unescapeField) };
  }
}

/** Where a marker ends: at its BEL, or where another sequence begins, since no marker holds an ESC; -1 nowhere. */
const endOf = (data: Buffer, from: number): number => {
  const end = data.indexOf(bell, from);
  const broken = (end === -1 ? data : data.subarray(0, end)).indexOf(escapeByte, from);
  return broken === -1 ? end : broken;
};

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
