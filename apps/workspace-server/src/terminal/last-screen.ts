import { constants, existsSync } from "node:fs";
import { open, readlink } from "node:fs/promises";
import { join } from "node:path";
import { nextRecordingFileName, runtimeFileNames } from "@atelier/contract";
import { createScreenMirror } from "./screen-mirror.ts";

const tailBytes = 256 * 1024;

/**
 * What a terminal showed last, read from the end of its recording: for the scrollback after a restart of
 * the container. Undefined when there is no recording.
 * @param noted file name of a part of it; without one the first terminal's, where `session.cast` points
 */
export const readLastScreen = async (runtimeFolder: string, noted?: string): Promise<string | undefined> => {
  try {
    const name = lastPart(
      runtimeFolder,
      noted ?? (await readlink(join(runtimeFolder, runtimeFileNames.currentRecording))),
    );
    if (name.includes("/")) return undefined;
    await using file = await open(join(runtimeFolder, name), constants.O_RDONLY | constants.O_NOFOLLOW);
    const { size } = await file.stat();
    const read = async (from: number, length: number): Promise<string> => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, from);
      return buffer.subarray(0, bytesRead).toString("utf8");
    };
    const header = JSON.parse((await read(0, Math.min(size, 4096))).split("\n", 1)[0] ?? "") as {
      width: number;
      height: number;
    };
    const start = Math.max(0, size - tailBytes);
    const lines = (await read(start, size - start)).split("\n");
    // The first piece is the header or half a line; the last one may be torn.
    const mirror = await createScreenMirror({ cols: header.width, rows: header.height });
    try {
      for (const line of lines.slice(1)) {
        const event = parseEvent(line);
        if (event?.[1] === "o") await mirror.force(Buffer.from(event[2]));
        const resized = event?.[1] === "r" ? /^(\d+)x(\d+)$/.exec(event[2]) : null;
        if (resized) mirror.resize(Number(resized[1]), Number(resized[2]));
      }
      return mirror.snapshot();
    } finally {
      mirror.dispose();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT" || error instanceof SyntaxError) return undefined;
    throw error;
  }
};

/** The note may be older than the newest part. */
const lastPart = (runtimeFolder: string, name: string): string => {
  const next = nextRecordingFileName(name);
  return next !== undefined && existsSync(join(runtimeFolder, next)) ? lastPart(runtimeFolder, next) : name;
};

const parseEvent = (line: string): [number, string, string] | undefined => {
  try {
    const value: unknown = JSON.parse(line);
    return Array.isArray(value) && typeof value[1] === "string" && typeof value[2] === "string"
      ? (value as [number, string, string])
      : undefined;
  } catch {
    return undefined;
  }
};
