import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

const newline = 0x0a;
/** Nearly always the last byte is a newline, and there are many files to look at. */
const pieceBytes = 16 * 1024;

/** How many of a file's first `size` bytes are whole lines. */
export const endOfLastLine = async (file: FileHandle, size: number): Promise<number> => {
  const memory = Buffer.allocUnsafe(pieceBytes);
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - pieceBytes);
    const { bytesRead } = await file.read(memory, 0, end - start, start);
    const at = memory.subarray(0, bytesRead).lastIndexOf(newline);
    if (at !== -1) return start + at + 1;
    end = start;
  }
  return 0;
};

/** Ends a file with its last whole line. What is no regular file stays as it is. */
export const cutTornLine = async (path: string): Promise<void> => {
  await using file = await open(path, constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  const stat = await file.stat();
  if (!stat.isFile()) return;
  const end = await endOfLastLine(file, stat.size);
  if (end < stat.size) await file.truncate(end);
};
