import { createWriteStream } from "node:fs";
import { open } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { TarEntry } from "../tar/make-tar.ts";
import { bytesOfSource } from "../tar/source-file.ts";

/** An entry of a pack; contents follow the header in the same order. */
export interface PackedEntry {
  readonly name: string;
  readonly type: TarEntry["type"];
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly target?: string;
}

export interface Packing {
  readonly entries: readonly PackedEntry[];
  /** Where the contents begin. */
  readonly offset: number;
  /** Folders that are the student's if they have to be made. */
  readonly students: { readonly uid: number; readonly gid: number; readonly folders: readonly string[] };
}

const sizeOf = ({ content = "" }: TarEntry): number =>
  typeof content === "string"
    ? Buffer.byteLength(content)
    : content instanceof Uint8Array
      ? content.length
      : content.size;

/**
 * Writes entries as one file: a line of JSON, then all contents one after the other. Unlike an archive it
 * can be read with nothing but Node, and the same entries are the same bytes.
 */
export const packFiles = async (
  file: string,
  entries: readonly TarEntry[],
  students: Packing["students"],
): Promise<void> => {
  const packed = entries.map(
    (entry): PackedEntry => ({
      name: entry.name,
      type: entry.type,
      mode: entry.mode,
      uid: entry.uid,
      gid: entry.gid,
      size: sizeOf(entry),
      ...(entry.target === undefined ? {} : { target: entry.target }),
    }),
  );
  const bytes = async function* (): AsyncGenerator<Buffer | Uint8Array> {
    yield Buffer.from(`${JSON.stringify({ entries: packed, students })}\n`);
    for (const { content = "" } of entries) {
      if (typeof content === "string") yield Buffer.from(content);
      else if (content instanceof Uint8Array) yield content;
      else yield* bytesOfSource(content);
    }
  };
  await pipeline(Readable.from(bytes()), createWriteStream(file));
};

/** The header of a pack. */
export const readPacking = async (file: string): Promise<Packing> => {
  await using handle = await open(file);
  const chunks: Buffer[] = [];
  for (;;) {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(65536), 0, 65536);
    if (bytesRead === 0) throw new Error(`${file} is no pack: it has no header.`);
    const chunk = buffer.subarray(0, bytesRead);
    const end = chunk.indexOf(10);
    chunks.push(end === -1 ? chunk : chunk.subarray(0, end));
    if (end === -1) continue;
    const header = Buffer.concat(chunks);
    // Written by `packFiles` of the same version a moment ago.
    return { ...(JSON.parse(header.toString("utf8")) as Omit<Packing, "offset">), offset: header.length + 1 };
  }
};
