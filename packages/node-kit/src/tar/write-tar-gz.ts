import { once } from "node:events";
import { pipeline, type Readable } from "node:stream";
import { createGzip } from "node:zlib";
import { type Header, pack } from "tar-stream";

export type TarHeader = Partial<Header> & Pick<Header, "name">;

/** What fills a tar, an entry after the other. */
export interface TarWriter {
  /** Fires when nobody reads any more: what an entry is read from has to be let go. */
  readonly signal: AbortSignal;
  /**
   * Adds an entry of exactly `header.size` bytes, of text or bytes as many as there are. Resolves when all
   * of it was taken; rejects when whoever reads has gone, or when it is not as long as it should be.
   */
  add(header: TarHeader, body?: AsyncIterable<Uint8Array> | Uint8Array | string): Promise<void>;
}

/**
 * A tar.gz that is made while it is read. When `fill` fails, the stream is destroyed with its error, so
 * that nobody takes a part for the whole. When the stream is destroyed, `fill` sees its signal fire and its
 * writing rejected, and nothing of that is thrown anywhere else.
 */
export const writeTarGz = (fill: (tar: TarWriter) => Promise<void>): Readable => {
  const ending = new AbortController();
  const { signal } = ending;
  const archive = pack();
  const zipped = createGzip();
  // `pipeline` passes errors on both ways; unheard at its first stream they would end the process.
  archive.on("error", () => {});
  pipeline(archive, zipped, () => ending.abort(new Error("nobody reads the archive any more")));

  const add: TarWriter["add"] = async (header, body = "") => {
    signal.throwIfAborted();
    const { promise: taken, resolve, reject } = Promise.withResolvers<void>();
    // With an entry the archive is destroyed and the other way round, at any moment, also while nobody waits.
    const broken = (error: Error): void => {
      ending.abort(error);
      reject(error);
    };
    const bytes = typeof body === "string" ? Buffer.from(body) : body;
    const size = bytes instanceof Uint8Array ? bytes.length : header.size;
    const entry = archive.entry({ ...header, ...(size === undefined ? {} : { size }) }, (error) =>
      error ? broken(error) : resolve(),
    );
    entry.on("error", broken);
    taken.catch(() => {});
    for await (const chunk of bytes instanceof Uint8Array ? (bytes.length > 0 ? [bytes] : []) : bytes) {
      signal.throwIfAborted();
      if (!entry.write(chunk)) await once(entry, "drain", { signal });
    }
    entry.end(Buffer.alloc(0));
    await taken;
  };
  fill({ signal, add }).then(
    () => archive.finalize(),
    (error: Error) => zipped.destroy(error),
  );
  return zipped;
};
