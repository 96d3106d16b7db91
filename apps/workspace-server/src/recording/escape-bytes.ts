/**
 * Makes the inside of a JSON string of bytes of valid UTF-8, 16 at a time: as text, a flood would be three
 * strings for every piece of it, and its collection costs as much as its escaping. A module of WebAssembly is
 * what has vectors here; it is small enough to be written down below, instruction by instruction.
 */
export interface EscapeBytes {
  /** Escapes all of `bytes` to `target` at `at`; answers how many bytes that has become. */
  (bytes: Uint8Array, target: Uint8Array, at: number): number;
}

/** What is used of it: its types come with those of a browser, which this is none. */
declare const WebAssembly: {
  validate(code: Uint8Array): boolean;
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

/** Most bytes that one becomes: `\u001b`. */
export const longestEscape = 6;

/** What is taken at once. */
const pieceBytes = 64 * 1024;
const vectorBytes = 16;
/** Eight bytes for each value of a byte: what it becomes, and in the last one how many bytes that are. */
const entryBytes = 8;
const inputAt = 256 * entryBytes;
/** A vector may be read and written beyond the end. */
const outputAt = inputAt + pieceBytes + vectorBytes;
const pageBytes = 64 * 1024;
const pages = Math.ceil((outputAt + pieceBytes * longestEscape + vectorBytes) / pageBytes);

/** Undefined where the processor has no vectors that WebAssembly could use. */
export const createEscapeBytes = (): EscapeBytes | undefined => {
  const code = Uint8Array.from(moduleBytes());
  if (!WebAssembly.validate(code)) return undefined;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code));
  const { m, e } = exports as { readonly m: { readonly buffer: ArrayBuffer }; readonly e: (end: number) => number };
  const memory = new Uint8Array(m.buffer);
  for (let byte = 0; byte < 256; byte++) {
    const entry = Buffer.from(JSON.stringify(String.fromCharCode(byte)).slice(1, -1), "latin1");
    memory.set(entry, byte * entryBytes);
    memory[byte * entryBytes + entryBytes - 1] = entry.length;
  }
  return (bytes, target, at) => {
    let to = at;
    for (let from = 0; from < bytes.length; from += pieceBytes) {
      const piece = from === 0 && bytes.length <= pieceBytes ? bytes : bytes.subarray(from, from + pieceBytes);
      memory.set(piece, inputAt);
      const end = e(inputAt + piece.length);
      target.set(memory.subarray(outputAt, end), to);
      to += end - outputAt;
    }
    return to - at;
  };
};

/** A number as the format has it: seven bits a byte, with a sign. */
const number = (value: number): readonly number[] => {
  const low = value & 0x7f;
  const rest = value >> 7;
  const isLast = (rest === 0 && low < 0x40) || (rest === -1 && low >= 0x40);
  return isLast ? [low] : [low | 0x80, ...number(rest)];
};
/** The same for what has no sign. */
const size = (value: number): readonly number[] =>
  value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...size(value >> 7)];

const section = (id: number, ...content: readonly number[]): readonly number[] => [
  id,
  ...size(content.length),
  ...content,
];
const i32 = 0x7f;
const v128 = 0x7b;
const get = (local: number): readonly number[] => [0x20, local];
const set = (local: number): readonly number[] => [0x21, local];
const tee = (local: number): readonly number[] => [0x22, local];
const constant = (value: number): readonly number[] => [0x41, ...number(value)];
const add = 0x6a;
const subtract = 0x6b;
/** Alignment 1, and an offset. */
const at = (offset: number): readonly number[] => [0x00, offset];
const vector = (operation: number): readonly number[] => [0xfd, operation];
const splat = (byte: number): readonly number[] => [...constant(byte), ...vector(0x0f)];
const [isEqual, isLess, or] = [vector(0x23), vector(0x26), vector(0x50)];

const forward = (local: number, by: readonly number[]): readonly number[] => [...get(local), ...by, add, ...set(local)];
/** Where the entry of the byte stands that a local points to. */
const entryOf = (local: number): readonly number[] => [...get(local), 0x2d, ...at(0), ...constant(3), 0x74];

/** `(func (param $end i32) (result i32))`: from the input up to `$end` to the output; answers the output's end. */
const moduleBytes = (): readonly number[] => {
  const [end, from, to, count, entry, bytes] = [0, 1, 2, 3, 4, 5];
  const body = [
    // Locals: four numbers, and a vector.
    ...[2, 4, i32, 1, v128],
    ...[...constant(inputAt), ...set(from)],
    ...[...constant(outputAt), ...set(to)],
    // loop
    ...[0x03, 0x40],
    // Beyond the end, as far has been written too much.
    ...[...get(from), ...get(end), 0x4e, 0x04, 0x40],
    ...[...get(to), ...get(from), ...get(end), subtract, subtract, 0x0f, 0x0b],
    // A vector goes over as it is.
    ...[...get(to), ...get(from), ...vector(0x00), ...at(0), ...tee(bytes), ...vector(0x0b), ...at(0)],
    // Which of its bytes may not: controls, quotes and backslashes.
    ...[...get(bytes), ...splat(0x20), ...isLess],
    ...[...get(bytes), ...splat(0x22), ...isEqual, ...or],
    ...[...get(bytes), ...splat(0x5c), ...isEqual, ...or],
    ...[...vector(0x64), ...tee(count)],
    // None: on to the next vector. A branch, for it is foreseen, and what follows need not wait for the count.
    ...[
      0x45,
      0x04,
      0x40,
      ...forward(from, constant(vectorBytes)),
      ...forward(to, constant(vectorBytes)),
      0x0c,
      1,
      0x0b,
    ],
    // As far as the first of them.
    ...[...get(count), 0x68, ...set(count), ...forward(from, get(count)), ...forward(to, get(count))],
    ...[...get(from), ...get(end), 0x4e, 0x0d, 0],
    // loop: its entry, and those that follow on it, as LF on CR.
    ...[0x03, 0x40],
    ...[...entryOf(from), ...set(entry)],
    ...[...get(to), ...get(entry), 0x29, ...at(0), 0x37, ...at(0)],
    ...[...forward(to, [...get(entry), 0x2d, ...at(entryBytes - 1)]), ...forward(from, constant(1))],
    ...[...entryOf(from), 0x2d, ...at(entryBytes - 1), ...constant(1), 0x4b, ...get(from), ...get(end), 0x48, 0x71],
    ...[0x0d, 0, 0x0b],
    ...[0x0c, 0, 0x0b],
    // Never here.
    ...[0x00, 0x0b],
  ];
  return [
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    // A type: of a number a number.
    ...section(1, 1, 0x60, 1, i32, 1, i32),
    ...section(3, 1, 0),
    ...section(5, 1, 0x01, ...size(pages), ...size(pages)),
    // `m`, the memory, and `e`, the function.
    ...section(7, 2, 1, 0x6d, 0x02, 0, 1, 0x65, 0x00, 0),
    ...section(10, 1, ...size(body.length), ...body),
  ];
};
