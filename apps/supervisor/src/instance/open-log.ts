import { appendFileSync, existsSync, renameSync, statSync } from "node:fs";

const largest = 5 * 1024 * 1024;

/** Appends events to a file, one JSON document a line; the file before is kept as `.1`. */
export const openLog = (path: string, now: () => Date): ((event: Readonly<Record<string, unknown>>) => void) => {
  if (existsSync(path) && statSync(path).size > largest) renameSync(path, `${path}.1`);
  return (event) => {
    try {
      appendFileSync(path, `${JSON.stringify({ ts: now().toISOString(), ...event })}\n`, { mode: 0o600 });
    } catch {
      // A full disk or a removed folder must not end the supervisor.
    }
  };
};
