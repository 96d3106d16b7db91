import { createHash } from "node:crypto";
import type { SourceEntry, SourceTree } from "@atelier/domain";

/**
 * A file of a folder that a test describes: its text, or what text cannot say. `null` takes a file of
 * the base away. `size` repeats the text (default `x`) up to that many bytes.
 */
export type DescribedEntry =
  | string
  | null
  | { readonly text: string; readonly executable?: boolean }
  | { readonly base64: string; readonly executable?: boolean }
  | { readonly size: number; readonly text?: string }
  | { readonly link: string; readonly resolved?: string }
  | { readonly kind: "folder" | "special" };

export type DescribedTree = Readonly<Record<string, DescribedEntry>>;

const maxContentBytes = 1024 * 1024;

const file = (content: Uint8Array, executable = false): SourceEntry => {
  const truncated = content.length > maxContentBytes;
  return {
    kind: "file",
    size: content.length,
    executable,
    bytes: truncated ? content.subarray(0, 4096) : content,
    truncated,
    digest: `sha256:${createHash("sha256").update(content).digest("hex")}`,
  };
};

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

const entryOf = (entry: Exclude<DescribedEntry, null>): SourceEntry => {
  if (typeof entry === "string") return file(bytes(entry));
  if ("link" in entry) return { kind: "link", target: entry.link, ...(entry.resolved === undefined ? {} : { resolved: entry.resolved }) };
  if ("kind" in entry) return { kind: entry.kind };
  if ("base64" in entry) return file(new Uint8Array(Buffer.from(entry.base64, "base64")), entry.executable);
  if ("size" in entry) return file(new Uint8Array(Buffer.alloc(entry.size, entry.text ?? "x")));
  return file(bytes(entry.text), entry.executable);
};

/** A source tree as reading such a folder from disk would give it: sorted, with the folders of its files. */
export const sourceTreeOf = (...layers: readonly DescribedTree[]): SourceTree => {
  const entries = new Map<string, SourceEntry>();
  for (const [path, entry] of Object.entries(Object.assign({}, ...layers) as DescribedTree)) {
    if (entry === null) continue;
    entries.set(path, entryOf(entry));
    for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1))
      if (!entries.has(path.slice(0, end))) entries.set(path.slice(0, end), { kind: "folder" });
  }
  return { entries: new Map([...entries].sort(([a], [b]) => (a < b ? -1 : 1))) };
};
