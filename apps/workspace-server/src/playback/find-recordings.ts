import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open, readdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { type CastHeader, parseCastHeader, parseRecordingFileName, type RecordingView } from "@atelier/contract";

/** One part as the folder holds it. `name` never comes from a request. */
interface Part {
  readonly name: string;
  readonly stem: string;
  readonly terminal: string;
  readonly bytes: number;
  readonly startedAt: Date;
  readonly part: number;
}

export interface FoundRecording extends Omit<RecordingView, "live"> {
  /** Names of the parts' files, in order. */
  readonly files: readonly string[];
}

const headerBytes = 4096;

/** Recordings of the runtime folder, newest first. What is no regular file, or has no header, is none. */
export const findRecordings = async (folder: string): Promise<readonly FoundRecording[]> => {
  const names = await readdir(folder).catch(() => []);
  const parts = (await Promise.all(names.map((name) => readPart(folder, name)))).filter((part) => part !== undefined);
  return [...Map.groupBy(parts, ({ stem }) => stem)]
    .map(([stem, own]): FoundRecording => {
      const ordered = own.toSorted((a, b) => a.part - b.part);
      return {
        id: createHash("sha256").update(stem).digest("base64url").slice(0, 16),
        terminal: ordered[0]?.terminal ?? "",
        startedAt: ordered[0]?.startedAt.toISOString() ?? "",
        parts: ordered.map(({ bytes, startedAt }) => ({ bytes, startedAt: startedAt.toISOString() })),
        bytes: ordered.reduce((sum, { bytes }) => sum + bytes, 0),
        files: ordered.map(({ name }) => name),
      };
    })
    .sort((a, b) =>
      a.startedAt < b.startedAt ? 1 : a.startedAt > b.startedAt ? -1 : a.terminal < b.terminal ? -1 : 1,
    );
};

const readPart = async (folder: string, name: string): Promise<Part | undefined> => {
  const guess = parseRecordingFileName(name);
  if (guess === undefined) return undefined;
  await using file = await openPart(folder, name);
  if (file === undefined) return undefined;
  const { buffer, bytesRead } = await file.read(Buffer.alloc(headerBytes), 0, headerBytes, 0);
  const header = headerOf(buffer.subarray(0, bytesRead).toString("utf8").split("\n", 1)[0] ?? "");
  // `web-2` may be the second part of `web` or the first of a terminal of that name: the header knows.
  const { terminal, part } = header?.atelier ?? guess;
  if (header?.timestamp === undefined) return undefined;
  const { size } = await file.stat();
  return {
    name,
    stem: `${guess.start}-${terminal}`,
    terminal,
    part,
    bytes: size,
    startedAt: new Date(header.timestamp * 1000),
  };
};

const headerOf = (line: string): CastHeader | undefined => {
  try {
    return parseCastHeader(JSON.parse(line));
  } catch {
    return undefined;
  }
};

/** A part's file, opened without following a link out of the folder; undefined when it is not a regular file. */
export const openPart = async (folder: string, name: string): Promise<FileHandle | undefined> => {
  try {
    const path = join(await realpath(folder), name);
    if ((await realpath(path)) !== path) return undefined;
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    if ((await file.stat()).isFile()) return file;
    await file.close();
  } catch {
    // Gone, or nothing that may be opened: the same for who asks.
  }
  return undefined;
};
