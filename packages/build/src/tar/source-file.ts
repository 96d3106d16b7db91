import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { AppError } from "@atelier/domain";

/** A file of this machine, as it was when it was looked at. */
export interface SourceFile {
  readonly file: string;
  readonly size: number;
  /** `sha256:<hex>`, where what it holds is part of a key. */
  readonly digest?: string;
}

/**
 * The bytes of a file. Throws `AppError` `source-changed`, at the end at the latest, when they are others than were
 * looked at: under the old key they would be found for ever.
 */
export async function* bytesOfSource({ file, size, digest }: SourceFile): AsyncGenerator<Buffer> {
  const hash = createHash("sha256");
  let read = 0;
  const stream = createReadStream(file);
  // Of what is thrown below, this is the source's; a full disk where the bytes go is somebody else's.
  let failure: NodeJS.ErrnoException | undefined;
  stream.once("error", (error) => {
    failure = error;
  });
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      read += chunk.length;
      // Nobody is to get more than was announced.
      if (read > size) break;
      if (digest !== undefined) hash.update(chunk);
      yield chunk;
    }
  } catch (error) {
    throw error === failure ? changed(file, `cannot be read any more (${failure?.code})`, error) : error;
  }
  if (read !== size || (digest !== undefined && digest !== `sha256:${hash.digest("hex")}`))
    throw changed(file, "was changed while it was taken");
}

const changed = (file: string, how: string, cause?: unknown): AppError =>
  new AppError("source-changed", `${file} ${how}.`, {
    hint: "Build again when it is what it shall be.",
    ...(cause === undefined ? {} : { cause }),
  });
