import { constants } from "node:fs";
import { open, realpath } from "node:fs/promises";
import { extname, join, sep } from "node:path";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".gif": "image/gif",
  ".webp": "image/webp",
  ".avif": "image/avif",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".txt": "text/plain; charset=utf-8",
  ".md": "text/plain; charset=utf-8",
  ".map": "application/json; charset=utf-8",
};

/** What a client takes, best first, with the ending of the file that a build laid beside the plain one. */
const encodings = [
  ["br", ".br"],
  ["gzip", ".gz"],
] as const;

/**
 * A file of the static bundle in the smallest form that the client takes. The forms were made when the
 * bundle was built: compressing on each request would cost what it saves.
 */
export const readBundled = async (
  folder: string,
  urlPath: string,
  acceptEncoding: string | undefined,
): Promise<(ServedFile & { readonly encoding?: string }) | undefined> => {
  const accepted = new Set(
    (acceptEncoding ?? "")
      .split(",")
      .filter((part) => !/;\s*q=0(?:\.0+)?\s*$/.test(part))
      .map((part) => part.split(";", 1)[0]?.trim()),
  );
  for (const [encoding, ending] of encodings) {
    if (!accepted.has(encoding)) continue;
    const file = await readBelow(folder, `${urlPath}${ending}`);
    if (file) return { ...file, type: typeOf(decodeURIComponent(urlPath)), encoding };
  }
  return readBelow(folder, urlPath);
};

const typeOf = (path: string): string => types[extname(path).toLowerCase()] ?? "application/octet-stream";

export interface ServedFile {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly type: string;
}

/**
 * A file below a folder, by its URL path. Links inside the folder may lead only to places inside it;
 * `..`, NUL, backslashes and anything that is no regular file are "not found", which is all a caller
 * learns.
 */
export const readBelow = async (folder: string, urlPath: string): Promise<ServedFile | undefined> => {
  let path: string;
  try {
    path = decodeURIComponent(urlPath);
  } catch {
    return undefined;
  }
  if (path.includes("\0") || path.includes("\\") || path.split("/").some((part) => part === ".." || part === "."))
    return undefined;
  try {
    const root = await realpath(folder);
    const real = await realpath(join(root, path));
    if (!real.startsWith(root + sep)) return undefined;
    await using handle = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    if (!(await handle.stat()).isFile()) return undefined;
    return {
      body: new Uint8Array(await handle.readFile()),
      type: typeOf(real),
    };
  } catch {
    return undefined;
  }
};
