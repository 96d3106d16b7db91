import { constants, existsSync } from "node:fs";
import { open, readlink } from "node:fs/promises";
import { join } from "node:path";
import { nextRecordingFileName, runtimeFileNames } from "@atelier/contract";
import type { Size } from "./active-viewer.ts";
import { createScreenMirror } from "./screen-mirror.ts";
import { SizeHistory } from "./size-history.ts";

const tailBytes = 256 * 1024;

export interface LastScreen {
  /** Paints it on a cleared terminal of that size, sets no mode and ends in an empty row below it. */
  readonly text: string;
  readonly size: Size;
}

/**
 * What a terminal showed last, read from the end of its recording: for the scrollback after a restart of
 * the container. Undefined when there is no recording, or nothing to read in it.
 * @param noted file name of a part of it; without one the first terminal's, where `session.cast` points
 */
export const readLastScreen = async (runtimeFolder: string, noted?: string): Promise<LastScreen | undefined> => {
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
    const first = (await lastSize(read, start)) ?? { cols: header.width, rows: header.height };
    const mirror = await createScreenMirror(new SizeHistory(first));
    try {
      for (const line of lines.slice(1)) {
        const event = parseEvent(line);
        if (event?.[1] === "o") await mirror.force(Buffer.from(event[2]));
        const resized = event?.[1] === "r" ? /^(\d+)x(\d+)$/.exec(event[2]) : null;
        if (resized) mirror.resize(Number(resized[1]), Number(resized[2]));
      }
      await mirror.leave();
      return mirror.isBlank ? undefined : { text: mirror.snapshot(), size: mirror.size };
    } finally {
      mirror.dispose();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT" || error instanceof SyntaxError) return undefined;
    throw error;
  }
};

/** The size that the terminal took last before that place. */
const lastSize = async (
  read: (from: number, length: number) => Promise<string>,
  before: number,
): Promise<Size | undefined> => {
  for (let end = before; end > 0; end -= tailBytes) {
    const from = Math.max(0, end - tailBytes);
    // A quote in what was printed stands behind a backslash.
    const [, cols, rows] = [...(await read(from, end - from + longestSizeEvent)).matchAll(sizeEvent)].at(-1) ?? [];
    if (cols !== undefined) return { cols: Number(cols), rows: Number(rows) };
  }
  return undefined;
};
const sizeEvent = /,"r","(\d{1,4})x(\d{1,4})"\]/g;
const longestSizeEvent = 32;

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
