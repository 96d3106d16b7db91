import { chmod, mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { RuntimeFiles } from "@atelier/contract";

/**
 * Fills the runtime folder. Every file appears by rename; `config.json` last, since its arrival is what
 * the server waits for. Names are relative and may not climb.
 */
export const writeRuntimeFiles = async (folder: string, files: RuntimeFiles): Promise<void> => {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  const names = Object.keys(files).sort((a, b) => Number(a === "config.json") - Number(b === "config.json"));
  for (const name of names) {
    if (name.startsWith("/") || name.split("/").some((part) => part === "" || part === "." || part === ".."))
      throw new Error(`"${name}" is not a name below ${folder}`);
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    // Two may fill it at once, each on its own way.
    const draft = `${path}.${process.pid}.new`;
    await writeFile(draft, files[name] ?? "", { mode: 0o600 });
    await rename(draft, path);
  }
  // A second filling replaces the first: tokens and keys that are not named any more must not stay.
  for (const name of await readdir(folder))
    if (/\.(token|key)$/.test(name) && !(name in files)) await rm(join(folder, name));
};
