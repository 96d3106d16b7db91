import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type SupervisorFile, supervisorFileSchema } from "@atelier/contract";

const nameOf = (folder: string): string => join(folder, "supervisor.json");

/** Says where this supervisor is. Readable by its owner only: the token is in it. */
export const writeSupervisorFile = (folder: string, file: SupervisorFile): void => {
  const draft = `${nameOf(folder)}.${file.pid}`;
  writeFileSync(draft, JSON.stringify(file), { mode: 0o600 });
  renameSync(draft, nameOf(folder));
};

/** Takes it away again, unless it is another one's by now. */
export const removeSupervisorFile = (folder: string, pid: number): void => {
  try {
    const path = nameOf(folder);
    if (existsSync(path) && supervisorFileSchema.parse(JSON.parse(readFileSync(path, "utf8"))).pid === pid)
      rmSync(path);
  } catch {
    // The whole folder may be gone.
  }
};
