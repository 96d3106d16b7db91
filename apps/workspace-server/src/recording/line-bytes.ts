import { write } from "node:fs";

/** `latin1`: each character stands for one byte of UTF-8. */
export type LineEncoding = "utf8" | "latin1";

/** Most bytes that the pieces can be. */
export const roomFor = (pieces: readonly string[], encoding: LineEncoding): number =>
  pieces.reduce((sum, { length }) => sum + length, 0) * (encoding === "latin1" ? 1 : 3);

/** Answers how many bytes of `target` the pieces are. */
export const putTogether = (pieces: readonly string[], target: Buffer, encoding: LineEncoding): number => {
  let length = 0;
  for (const piece of pieces) length += target.write(piece, length, encoding);
  return length;
};

/** Appends all of it, in another thread; `bytes` stay as they are until then. */
export const writeWhole = (file: number, bytes: Buffer, done: (error: Error | null) => void): void => {
  write(file, bytes, 0, bytes.length, null, (error, written) => {
    if (error !== null || written === bytes.length) done(error);
    else writeWhole(file, bytes.subarray(written), done);
  });
};
