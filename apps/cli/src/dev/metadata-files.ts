import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { OverlayOrder } from "@atelier/contract";
import { AppError, type ImagePlan, labels, type SourceTree, type Workshop } from "@atelier/domain";

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

/** Everything of a plan that makes images or what runs beside them, so all but the texts that lie on top. */
export const recipeOf = (
  { base, student, chain, published, serviceFiles }: ImagePlan,
  { infrastructure }: Pick<Workshop, "infrastructure">,
): string =>
  JSON.stringify({
    base,
    // Of a workshop whose steps make nothing too.
    ground: published[0]?.labels[labels.recipeDigest],
    student,
    serviceFiles,
    infrastructure,
    chain: chain.map(({ step, digest }) => [step, digest]),
  });

/**
 * Texts that changed from one plan to the next, ready to be sent; undefined when none did. Throws `AppError`
 * `source-changed` when a large file of the tree is not there any more.
 */
export const changedContent = async (
  before: MetadataFiles,
  after: MetadataFiles,
  { folder, tree }: { readonly folder: string; readonly tree: SourceTree },
): Promise<Omit<OverlayOrder, "diagnostics"> | undefined> => {
  const files: Record<string, string> = {};
  const assets: Record<string, string> = {};
  for (const [path, file] of after) {
    const old = before.get(path);
    if (old !== undefined && JSON.stringify(old) === JSON.stringify(file)) continue;
    if ("text" in file) files[path] = file.text;
    else assets[path] = Buffer.from(await bytesOf(file.source, { folder, tree })).toString("base64");
  }
  const removed = [...before.keys()].filter((path) => !after.has(path));
  const isNothing = Object.keys(files).length + Object.keys(assets).length + removed.length === 0;
  return isNothing ? undefined : { files, assets, removed };
};

/** As the tree has it: the folder itself may be another by now. Only a large file is not in the tree. */
const bytesOf = async (
  source: string,
  { folder, tree }: { readonly folder: string; readonly tree: SourceTree },
): Promise<Uint8Array> => {
  const entry = tree.entries.get(source);
  if (entry?.kind === "file" && !entry.truncated) return entry.bytes;
  return readFile(join(folder, source)).catch((cause: Error) => {
    throw new AppError("source-changed", `${source} could not be read any more: ${cause.message}`, {
      hint: "Its next change is taken up again.",
      cause,
    });
  });
};
