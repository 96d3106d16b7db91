import { write, writeSync } from "node:fs";

/** Appends all of it at once. Throws what the kernel says. */
export const writeAll = (file: number, bytes: Buffer): void => {
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
};

/** Appends all of it, in another thread; `bytes` stay as they are until then. */
export const writeWhole = (file: number, bytes: Buffer, done: (error: Error | null) => void): void => {
  write(file, bytes, 0, bytes.length, null, (error, written) => {
    if (error !== null || written === bytes.length) done(error);
    else writeWhole(file, bytes.subarray(written), done);
  });
};
