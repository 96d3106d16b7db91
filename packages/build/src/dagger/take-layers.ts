import { closeSync, openSync, readSync, writeSync } from "node:fs";

const block = 512;

interface ArchiveEntry {
  readonly name: string;
  /** Where the header begins. */
  readonly start: number;
  readonly size: number;
}

/**
 * Copies an OCI archive without the layers that its reader has: the lowest `known` ones. Everything else stays
 * as it is. Runs inside a build's container, where there may be no tar, and holds no layer in memory. Answers
 * how many bytes it wrote.
 */
export const takeLayers = (archive: string, target: string, known: number): number => {
  const from = openSync(archive, "r");
  const to = openSync(target, "w");
  try {
    const entries = entriesOf(from);
    const contentOf = ({ start, size }: ArchiveEntry): Buffer => readAt(from, start + block, size);
    const leftOut = new Set(
      layersOf(entries, contentOf)
        .slice(0, known)
        .map((digest) => `blobs/sha256/${digest.replace(/^sha256:/, "")}`),
    );
    let written = 0;
    for (const entry of entries) {
      if (leftOut.has(entry.name)) continue;
      const end = entry.start + block + Math.ceil(entry.size / block) * block;
      for (let at = entry.start; at < end; at += chunk)
        written += write(to, readAt(from, at, Math.min(chunk, end - at)));
    }
    return written + write(to, Buffer.alloc(2 * block));
  } finally {
    closeSync(from);
    closeSync(to);
  }
};

const chunk = 1 << 20;

const write = (file: number, bytes: Buffer): number => {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
  return bytes.length;
};

/** Bytes of a file, fewer at its end. */
const readAt = (file: number, position: number, length: number): Buffer => {
  const bytes = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const read = readSync(file, bytes, done, length - done, position + done);
    if (read === 0) break;
    done += read;
  }
  return bytes.subarray(0, done);
};

const entriesOf = (file: number): readonly ArchiveEntry[] => {
  const entries: ArchiveEntry[] = [];
  for (let start = 0; ; ) {
    const header = readAt(file, start, block);
    if (header.length < block || header.every((byte) => byte === 0)) return entries;
    const size = sizeIn(header.subarray(124, 136));
    entries.push({ name: textIn(header.subarray(0, 100)), start, size });
    start += block + Math.ceil(size / block) * block;
  }
};

const textIn = (field: Buffer): string => {
  const end = field.indexOf(0);
  return field.toString("utf8", 0, end === -1 ? field.length : end);
};

/** Octal digits, or for eight gibibytes and more a number in bytes behind a set bit. */
const sizeIn = (field: Buffer): number => {
  if (((field[0] ?? 0) & 0x80) === 0) return Number.parseInt(textIn(field).trim() || "0", 8);
  return field.subarray(1).reduce((sum, byte) => sum * 256 + byte, 0);
};

/** Digests of the layers of the image, lowest first. */
const layersOf = (entries: readonly ArchiveEntry[], contentOf: (entry: ArchiveEntry) => Buffer): readonly string[] => {
  const documentAt = (name: string): unknown => {
    const entry = entries.find((each) => each.name === name);
    return entry && JSON.parse(contentOf(entry).toString("utf8"));
  };
  const blobOf = (digest: string): string => `blobs/sha256/${digest.replace(/^sha256:/, "")}`;
  // No schema: what is bundled for this must stay small, and the engine wrote the archive a moment ago.
  const index = documentAt("index.json") as { readonly manifests?: readonly { readonly digest: string }[] } | undefined;
  const manifest = documentAt(blobOf(index?.manifests?.[0]?.digest ?? "")) as
    | { readonly layers?: readonly { readonly digest: string }[] }
    | undefined;
  if (manifest?.layers === undefined) throw new Error("the archive holds no manifest");
  return manifest.layers.map(({ digest }) => digest);
};
