import { addAbortSignal, pipeline, type Readable } from "node:stream";
import { extract, type Header } from "tar-stream";

/** One entry, its bytes to be read, or let go by with `resume`, before the next one. */
export interface TarEntry extends AsyncIterable<Uint8Array> {
  readonly header: Header;
  resume(): unknown;
}

/**
 * The entries of a tar, each to be read before the next is asked for. Throws what its source throws. The
 * source is destroyed with the last entry, when the loop is left, and when `signal` fires.
 */
export async function* readTar(source: Readable, signal?: AbortSignal): AsyncGenerator<TarEntry> {
  const entries = extract();
  pipeline(signal ? addAbortSignal(signal, source) : source, entries, () => {});
  try {
    yield* entries as AsyncIterable<TarEntry>;
  } finally {
    source.destroy();
  }
}
