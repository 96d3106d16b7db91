/** What an ELF file says of itself, as far as running it somewhere depends on it. */
export interface ElfFile {
  /** `e_machine`: 62 is x86-64, 183 is AArch64. */
  readonly machine: number;
  /** The dynamic loader; absent in libraries and static programs. */
  readonly interpreter?: string;
  readonly runpath?: string;
  /** Names of the libraries it needs. */
  readonly needed: readonly string[];
  readonly soname?: string;
}

const programInterp = 3;
const programLoad = 1;
const programDynamic = 2;
const tagNeeded = 1n;
const tagStrings = 5n;
const tagSoname = 14n;
const tagRpath = 15n;
const tagRunpath = 29n;

export const isElf = (bytes: Buffer): boolean => bytes.length > 64 && bytes.readUInt32BE(0) === 0x7f454c46;

/** Reads a 64-bit little-endian ELF file: every architecture of ours is one. Throws on anything else. */
export const readElf = (bytes: Buffer): ElfFile => {
  if (!isElf(bytes)) throw new Error("no ELF file");
  if (bytes[4] !== 2 || bytes[5] !== 1) throw new Error("not a 64-bit little-endian ELF file");
  const number = (offset: number): number => Number(bytes.readBigUInt64LE(offset));
  const textAt = (offset: number): string => {
    const end = bytes.indexOf(0, offset);
    return bytes.toString("utf8", offset, end);
  };
  const programs = Array.from({ length: bytes.readUInt16LE(56) }, (_, index) => {
    const at = number(32) + index * bytes.readUInt16LE(54);
    return {
      type: bytes.readUInt32LE(at),
      offset: number(at + 8),
      address: number(at + 16),
      size: number(at + 32),
    };
  });
  const interp = programs.find(({ type }) => type === programInterp);
  const dynamic = programs.find(({ type }) => type === programDynamic);
  const entries: (readonly [bigint, number])[] = [];
  if (dynamic)
    for (let at = dynamic.offset; at + 16 <= dynamic.offset + dynamic.size; at += 16) {
      const tag = bytes.readBigUInt64LE(at);
      if (tag === 0n) break;
      entries.push([tag, number(at + 8)]);
    }
  const stringsAddress = entries.find(([tag]) => tag === tagStrings)?.[1];
  const segment = programs.find(
    ({ type, address, size }) =>
      type === programLoad &&
      stringsAddress !== undefined &&
      stringsAddress >= address &&
      stringsAddress < address + size,
  );
  const strings = segment && stringsAddress !== undefined ? segment.offset + stringsAddress - segment.address : 0;
  const textOf = (wanted: bigint): string | undefined => {
    const value = entries.find(([tag]) => tag === wanted)?.[1];
    return value === undefined ? undefined : textAt(strings + value);
  };
  const runpath = textOf(tagRunpath) ?? textOf(tagRpath);
  const soname = textOf(tagSoname);
  return {
    machine: bytes.readUInt16LE(18),
    ...(interp ? { interpreter: textAt(interp.offset) } : {}),
    ...(runpath === undefined ? {} : { runpath }),
    ...(soname === undefined ? {} : { soname }),
    needed: entries.filter(([tag]) => tag === tagNeeded).map(([, value]) => textAt(strings + value)),
  };
};
