import { pipeline, type Readable } from "node:stream";
import type { TarEntry } from "@atelier/node-kit";
import { extract } from "tar-stream";

/**
 * The entries of an archive, each to be read or let go by before the next; throws what its source throws. As
 * node-kit's `readTar`, which would bring a second of loading into a process that starts often.
 */
export const entriesOf = (archive: Readable): AsyncIterable<TarEntry> =>
  pipeline(archive, extract(), () => undefined) as AsyncIterable<TarEntry>;
