import type { Readable } from "node:stream";
import { runtimeFilesSchema } from "@atelier/contract";
import { writeRuntimeFiles } from "./write-runtime-files.ts";

const longest = 4 * 1024 * 1024;

/**
 * Takes the first line of stdin as {@link runtimeFilesSchema} and fills the runtime folder with it: the
 * quickest way for a manager that started this very container. An empty line before it is an order to a
 * shell that did not wait any more. Answers whether there was one; without a line, as after `docker start`,
 * the folder is filled by somebody else.
 */
export const readConfigFromStdin = async (stdin: Readable, folder: string): Promise<boolean> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const part of stdin as AsyncIterable<Buffer>) {
    const chunk = size === 0 && part[0] === 10 ? part.subarray(1) : part;
    const end = chunk.indexOf(10);
    chunks.push(end === -1 ? chunk : chunk.subarray(0, end));
    size += chunk.length;
    if (end !== -1) {
      await writeRuntimeFiles(folder, runtimeFilesSchema.parse(JSON.parse(Buffer.concat(chunks).toString("utf8"))));
      return true;
    }
    if (size > longest) throw new Error(`the configuration on stdin is longer than ${longest} bytes`);
  }
  return false;
};
