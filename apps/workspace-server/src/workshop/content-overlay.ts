import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type LoadedWorkshop, loadWorkshop } from "./load-workshop.ts";

/** Replaced texts by path below `/workshop`, pictures as base64, and paths that are gone. */
export interface OverlayContent {
  readonly files: Readonly<Record<string, string>>;
  readonly assets?: Readonly<Record<string, string>> | undefined;
  readonly removed: readonly string[];
}

/**
 * Puts an author's newest texts into this container and into everything that holds the loaded workshop.
 * What the image says of itself and what the server records stay out of reach. Throws when a path leads
 * elsewhere or what was sent is no workshop; then the old texts go on to count.
 */
export const applyOverlay = async (loaded: LoadedWorkshop, overlay: OverlayContent): Promise<void> => {
  const contents: [string, Buffer][] = [
    ...Object.entries(overlay.files).map(([path, text]): [string, Buffer] => [path, Buffer.from(text)]),
    ...Object.entries(overlay.assets ?? {}).map(([path, text]): [string, Buffer] => [
      path,
      Buffer.from(text, "base64"),
    ]),
  ];
  for (const path of [...contents.map(([name]) => name), ...overlay.removed])
    if (!isContentPath(path)) throw new Error(`"${path}" is no place for content`);
  for (const [path, bytes] of contents) {
    const file = join(loaded.folder, path);
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(`${file}.new`, bytes, { mode: 0o600 });
    await rename(`${file}.new`, file);
  }
  for (const path of overlay.removed) await rm(join(loaded.folder, path), { force: true });
  const fresh = await loadWorkshop(loaded.folder);
  // Everybody holds the same objects: their content changes, not they.
  replaceKeys(loaded.workshop, fresh.workshop);
  for (const step of loaded.steps) {
    const newer = fresh.steps.find(({ id }) => id === step.id);
    if (newer) replaceKeys(step, newer);
  }
};

const isContentPath = (path: string): boolean =>
  /^(workshop\.json|intro\.md|finish\.md|(prompts|assets|steps)\/.+)$/.test(path) &&
  !/[\0\\]/.test(path) &&
  path.split("/").every((part) => part !== "" && part !== "." && part !== "..");

const replaceKeys = (target: object, source: object): void => {
  for (const key of Object.keys(target)) if (!(key in source)) Reflect.deleteProperty(target, key);
  Object.assign(target, source);
};
