import { createWriteStream } from "node:fs";

/** The beginning says why something failed; the volume is the student's, and a process may go on for days. */
const mostBytes = 1024 ** 2;

/** What a process in the background says, up to a mebibyte; a last line says that there was more. */
export interface StartLog {
  write(text: string): void;
}

export const openStartLog = (path: string): StartLog => {
  const file = createWriteStream(path, { mode: 0o600 });
  let left = mostBytes;
  // A full disk must not end the server; the process goes on without its log.
  file.on("error", () => {
    left = 0;
  });
  return {
    write: (text) => {
      if (left === 0 || text === "") return;
      const bytes = Buffer.from(text);
      file.write(bytes.subarray(0, left));
      left = Math.max(0, left - bytes.length);
      if (left === 0) file.end("\n[No more is kept: this log has reached 1 MiB.]\n");
    },
  };
};
