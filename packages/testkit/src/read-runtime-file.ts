import type { Readable } from "node:stream";
import { createLineDecoder } from "@atelier/contract";
import { extract } from "tar-stream";

/** What is needed of a container engine. */
export interface ArchiveSource {
  getArchive(containerId: string, path: string): Promise<Readable>;
}

/** A file of `/workshop/runtime/` as its owner sees it: from outside, as root. */
export const readRuntimeFile = async (engine: ArchiveSource, containerId: string, name: string): Promise<string> => {
  const archive = (await engine.getArchive(containerId, `/workshop/runtime/${name}`)).pipe(extract());
  const chunks: Buffer[] = [];
  for await (const entry of archive) for await (const chunk of entry) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
};

/** Records of a JSONL file; a line that is none fails the test, a torn last one is being written. */
export const readRecords = async <T>(text: Promise<string>, parse: (value: unknown) => T): Promise<readonly T[]> => {
  const decoder = createLineDecoder(parse);
  const records = decoder.push(await text);
  if (decoder.badLines.length > 0) throw new Error(`bad lines: ${JSON.stringify(decoder.badLines)}`);
  return records;
};
