import { constants, existsSync } from "node:fs";
import { type FileHandle, open, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import {
  type CastEvent,
  type CastHeader,
  parseCastEvent,
  parseCastHeader,
  parseCastSize,
  parseRecordingFileName,
  recordingFileName,
  runtimeFileNames,
} from "@atelier/contract";
import type { Size } from "./active-viewer.ts";

/** The end of one part of a recording. */
export interface RecordingTail {
  readonly name: string;
  /** When its recording began; undefined for a part that goes on with the one before. */
  readonly began: Date | undefined;
  /** At which its first event was printed. */
  readonly size: Size;
  readonly events: readonly CastEvent[];
}

export interface LastRecording {
  /** File name of a part of it that may not be its last; without it what `session.cast` points at. */
  readonly noted?: string | undefined;
  /** Another container takes this one's place, and a student waits for it: only the newest. A restart reads all again. */
  readonly isMove?: boolean;
}

/** A part of a terminal's recording. */
interface Place {
  readonly start: string;
  readonly part: number;
}

const tailBytes = 256 * 1024;
/** Shells that were restarted again and again have printed nothing but prompts. */
const mostParts = 100;
/** A student waits for a move, and each recording costs a few milliseconds. */
const mostPartsInMove = 3;
const longestHeader = 4096;

/**
 * What a terminal's recordings end with, oldest first: parts, and the recordings before on whose last screen
 * each went on, until there is as much as a screen with its scrollback may need.
 */
export const readRecordingTails = async (
  folder: string,
  terminal: string,
  { noted, isMove = false }: LastRecording,
): Promise<readonly RecordingTail[]> => {
  const most = isMove ? mostPartsInMove : mostParts;
  const tails: RecordingTail[] = [];
  const link = noted ?? (await readlink(join(folder, runtimeFileNames.currentRecording)).catch(() => ""));
  const first = placeOf(link, terminal);
  let place = first && lastPart(folder, terminal, first);
  for (let left = tailBytes, tries = 0; place !== undefined && left > 0 && tries < most; tries++) {
    const found = await readTail(join(folder, recordingFileName({ ...place, terminal })), terminal, left);
    if (found !== undefined) {
      tails.unshift({ ...found, name: recordingFileName({ ...place, terminal }) });
      left -= found.bytes;
    }
    place = await placeBefore(place, found?.continues, { folder, terminal, isWhole: found !== undefined });
  }
  return tails;
};

const placeBefore = async (
  { start, part }: Place,
  continues: string | undefined,
  at: { readonly folder: string; readonly terminal: string; readonly isWhole: boolean },
): Promise<Place | undefined> => {
  if (part > 1) return { start, part: part - 1 };
  if (continues !== undefined) return placeOf(continues, at.terminal);
  // A crash has left not even a header: nothing was shown, and what there was before is what counts.
  return at.isWhole ? undefined : await newestBefore(at.folder, at.terminal, start);
};

const newestBefore = async (folder: string, terminal: string, start: string): Promise<Place | undefined> => {
  const places = (await readdir(folder)).flatMap((name) => placeOf(name, terminal) ?? []);
  const [newest] = places
    .filter((place) => place.start < start)
    .sort((a, b) => (a.start === b.start ? b.part - a.part : a.start < b.start ? 1 : -1));
  return newest;
};

/** Undefined for what is no recording of that terminal, as far as its name tells. */
const placeOf = (name: string, terminal: string): Place | undefined => {
  const parsed = parseRecordingFileName(name);
  if (parsed === undefined) return undefined;
  // The number in `web-2` is the terminal's own.
  if (name === recordingFileName({ start: parsed.start, terminal, part: 1 })) return { start: parsed.start, part: 1 };
  return parsed.terminal === terminal ? { start: parsed.start, part: parsed.part } : undefined;
};

/** The note may be older than the newest part. */
const lastPart = (folder: string, terminal: string, { start, part }: Place): Place =>
  existsSync(join(folder, recordingFileName({ start, terminal, part: part + 1 })))
    ? lastPart(folder, terminal, { start, part: part + 1 })
    : { start, part };

/** Undefined for a file that is not there, has no whole header or is another terminal's. */
const readTail = async (
  path: string,
  terminal: string,
  most: number,
): Promise<
  (Omit<RecordingTail, "name"> & { readonly bytes: number; readonly continues?: string | undefined }) | undefined
> => {
  await using file = await openRegular(path);
  if (file === undefined) return undefined;
  const { size } = await file.stat();
  const read: Read = async (from, length) => {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, from);
    return buffer.subarray(0, bytesRead);
  };
  const beginning = await read(0, Math.min(size, longestHeader));
  const firstEvent = beginning.indexOf("\n") + 1;
  const header = firstEvent > 0 ? headerOf(beginning.toString("utf8", 0, firstEvent)) : undefined;
  if (header?.atelier?.terminal !== terminal) return undefined;
  const { from, lines } = await lastLines(read, { firstEvent, size, most });
  const { part, continues } = header.atelier;
  return {
    bytes: size - from,
    continues,
    began: part === 1 ? new Date((header.timestamp ?? 0) * 1000) : undefined,
    size: (from > firstEvent && (await lastSize(read, from))) || { cols: header.width, rows: header.height },
    events: lines.flatMap((line) => eventOf(line) ?? []),
  };
};

type Read = (from: number, length: number) => Promise<Buffer>;

const openRegular = async (path: string): Promise<FileHandle | undefined> => {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
};

/** Whole ones; of a line that is longer than `most` the whole line. */
const lastLines = async (
  read: Read,
  { firstEvent, size, most }: { readonly firstEvent: number; readonly size: number; readonly most: number },
): Promise<{ readonly from: number; readonly lines: readonly string[] }> => {
  const from = Math.max(firstEvent, size - most);
  const lines = (await read(from, size - from)).toString("utf8").split("\n");
  if (from === firstEvent) return { from, lines };
  // The first is half a line, and the last is empty or torn.
  return lines.length > 2 ? { from, lines: lines.slice(1) } : lastLines(read, { firstEvent, size, most: most * 2 });
};

/** The size that the terminal took last before that place. */
const lastSize = async (read: Read, before: number): Promise<Size | undefined> => {
  for (let end = before; end > 0; end -= tailBytes) {
    const from = Math.max(0, end - tailBytes);
    const text = (await read(from, end - from + longestSizeEvent)).toString("utf8");
    // A quote in what was printed stands behind a backslash.
    const [, cols, rows] = [...text.matchAll(sizeEvent)].at(-1) ?? [];
    if (cols !== undefined) return { cols: Number(cols), rows: Number(rows) };
  }
  return undefined;
};
const sizeEvent = /,"r","(\d{1,4})x(\d{1,4})"\]/g;
const longestSizeEvent = 32;

const headerOf = (line: string): CastHeader | undefined => {
  try {
    return parseCastHeader(JSON.parse(line));
  } catch {
    return undefined;
  }
};

const eventOf = (line: string): CastEvent | undefined => {
  try {
    const event = parseCastEvent(JSON.parse(line));
    // A size that is none is passed over.
    return event?.code === "r" && parseCastSize(event.data) === undefined ? undefined : event;
  } catch {
    return undefined;
  }
};
