import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { OverlayOrder } from "@atelier/contract";
import type { ImagePlan, SourceTree } from "@atelier/domain";

/** What stands below `/workshop` in every image, by path, each with what tells whether it changed. */
export type MetadataFiles = ReadonlyMap<
  string,
  { readonly text: string } | { readonly source: string; readonly digest: string }
>;

const prefix = "/workshop/";

export const metadataFiles = ({ published }: ImagePlan): MetadataFiles =>
  new Map(
    (published[0]?.metadata ?? []).flatMap((file) =>
      file.kind === "folder" || !file.target.startsWith(prefix)
        ? []
        : [
            [
              file.target.slice(prefix.length),
              file.kind === "text" ? { text: file.text } : { source: file.source, digest: file.digest },
            ],
          ],
    ),
  );

/** The build recipe of a plan: everything but the texts that lie on top. */
export const recipeOf = ({ base, student, chain, serviceFiles }: ImagePlan, tree: SourceTree): string =>
  JSON.stringify({
    base,
    // A container file is copied by the engine: its folder is part of the recipe.
    baseFiles: base.kind === "image" ? [] : [...tree.entries].filter(([path]) => isBesides(path, base.containerFile)),
    student,
    serviceFiles,
    chain: chain.map(({ step, digest }) => [step, digest]),
  });

const isBesides = (path: string, containerFile: string): boolean =>
  path.startsWith(containerFile.slice(0, containerFile.lastIndexOf("/") + 1));

/** Texts that changed from one plan to the next, ready to be sent; undefined when none did. */
export const changedContent = async (
  before: MetadataFiles,
  after: MetadataFiles,
  folder: string,
): Promise<Omit<OverlayOrder, "diagnostics"> | undefined> => {
  const files: Record<string, string> = {};
  const assets: Record<string, string> = {};
  for (const [path, file] of after) {
    const old = before.get(path);
    if (old !== undefined && JSON.stringify(old) === JSON.stringify(file)) continue;
    if ("text" in file) files[path] = file.text;
    else assets[path] = (await readFile(join(folder, file.source))).toString("base64");
  }
  const removed = [...before.keys()].filter((path) => !after.has(path));
  const isNothing = Object.keys(files).length + Object.keys(assets).length + removed.length === 0;
  return isNothing ? undefined : { files, assets, removed };
};
