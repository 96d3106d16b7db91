import type { Readable } from "node:stream";
import type { Engine } from "@atelier/backend-docker";
import { isAppError } from "@atelier/domain";
import { extract, type Header } from "tar-stream";

const firstEntry = async (
  stream: Readable,
  isContentWanted: boolean,
): Promise<{ readonly header: Header; readonly content: Buffer } | undefined> => {
  try {
    for await (const entry of stream.pipe(extract())) {
      const chunks: Buffer[] = [];
      if (isContentWanted) for await (const chunk of entry) chunks.push(chunk as Buffer);
      return { header: entry.header, content: Buffer.concat(chunks) };
    }
    return undefined;
  } finally {
    stream.destroy();
  }
};

const open = async (engine: Engine, container: string, path: string): Promise<Readable | undefined> => {
  try {
    return await engine.getArchive(container, path);
  } catch (error) {
    if (isAppError(error) && error.code === "docker-not-found") return undefined;
    throw error;
  }
};

/** Header of a path in a container that need not run; undefined when it does not exist. */
export const statInContainer = async (engine: Engine, container: string, path: string): Promise<Header | undefined> => {
  const stream = await open(engine, container, path);
  return stream && (await firstEntry(stream, false))?.header;
};

/** A file of a container that need not run, with its header; undefined when it does not exist. */
export const readInContainer = async (
  engine: Engine,
  container: string,
  path: string,
): Promise<{ readonly header: Header; readonly content: Buffer } | undefined> => {
  const stream = await open(engine, container, path);
  return stream && firstEntry(stream, true);
};
