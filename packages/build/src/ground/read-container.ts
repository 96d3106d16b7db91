import type { Readable } from "node:stream";
import type { Engine } from "@atelier/backend-docker";
import { isAppError } from "@atelier/domain";
import { readTar } from "@atelier/node-kit";
import type { Header } from "tar-stream";

export interface ContainerFile {
  readonly header: Header;
  /** Empty for what is no file. */
  readonly content: Buffer;
}

const open = async (
  engine: Pick<Engine, "getArchive">,
  container: string,
  path: string,
): Promise<Readable | undefined> => {
  try {
    return await engine.getArchive(container, path);
  } catch (error) {
    if (isAppError(error) && error.code === "docker-not-found") return undefined;
    throw error;
  }
};

/**
 * Header of a path in a container that need not run, the last link not followed; undefined when the path
 * does not exist. It tells the owner, which the engine's own stat does not.
 */
export const headerInContainer = async (
  engine: Pick<Engine, "getArchive">,
  container: string,
  path: string,
): Promise<Header | undefined> => {
  const stream = await open(engine, container, path);
  if (stream === undefined) return undefined;
  try {
    for await (const { header } of readTar(stream)) return header;
    return undefined;
  } finally {
    stream.destroy();
  }
};

/** A file of a container that need not run, with its header; undefined when it does not exist. */
export const readInContainer = async (
  engine: Pick<Engine, "getArchive">,
  container: string,
  path: string,
): Promise<ContainerFile | undefined> => (await readFolderInContainer(engine, container, path))[0];

/** Everything at and below a path of a container that need not run; nothing when it does not exist. */
export const readFolderInContainer = async (
  engine: Pick<Engine, "getArchive">,
  container: string,
  path: string,
): Promise<readonly ContainerFile[]> => {
  const stream = await open(engine, container, path);
  if (stream === undefined) return [];
  const files: ContainerFile[] = [];
  for await (const entry of readTar(stream)) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    files.push({ header: entry.header, content: Buffer.concat(chunks) });
  }
  return files;
};

/** Whether a path exists and leads to something, the container running or not. */
export const existsInContainer = async (
  engine: Pick<Engine, "statPath">,
  container: string,
  path: string,
): Promise<boolean> => {
  const stat = await engine.statPath(container, path);
  if (stat === undefined || stat.linkTarget === "") return stat !== undefined;
  return (await engine.statPath(container, stat.linkTarget)) !== undefined;
};
