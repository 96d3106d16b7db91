import { removeLeftovers } from "@atelier/build";
import { labels } from "@atelier/domain";
import { confirm } from "../confirm.ts";
import type { Context } from "../context.ts";

const mebibytes = (bytes: number): string => `${Math.round(bytes / 1024 ** 2)} MiB`;

/** Builds that are neither the newest of their workshop nor pinned by a workspace, and what was left over. */
export default async (
  context: Context,
  _args: readonly string[],
  options: { readonly yes?: boolean; readonly json?: boolean },
): Promise<number> => {
  const { reporter } = context;
  const [engine, workspaces, state] = [await context.engine(), await context.workspaces(), await context.state()];
  const all = await workspaces.list();
  const pinned = new Set(all.map(({ settings }) => settings?.record));
  const newest = new Set<string>();
  const seen = new Set<string>();
  for (const { digest, record } of state.listRecords()) {
    if (!seen.has(record.workshop)) newest.add(digest);
    seen.add(record.workshop);
  }
  const old = state.listRecords().filter(({ digest }) => !pinned.has(digest) && !newest.has(digest));
  const kept = new Set(
    state
      .listRecords()
      .filter((entry) => !old.includes(entry))
      .flatMap(({ record }) => record.steps.flatMap(({ images }) => images.map(({ configDigest }) => configDigest))),
  );
  const images = new Map<string, { tags: readonly string[]; size: number }>();
  for (const { record } of old)
    for (const { images: built } of record.steps)
      for (const { configDigest } of built) {
        const image = kept.has(configDigest) ? undefined : await engine.inspectImage(configDigest);
        if (image) images.set(configDigest, { tags: image.RepoTags, size: image.Size });
      }
  const incomplete = all.filter((status) => status.state === "incomplete");
  if (options.json && options.yes !== true) {
    reporter.json({
      builds: old.map(({ digest, record }) => ({ digest, workshop: record.workshop, version: record.version })),
      images: [...images.keys()],
      incomplete: incomplete.map(({ name }) => name),
    });
    return 0;
  }
  for (const { record } of old) reporter.result(`old build      ${record.workshop} ${record.version}`);
  for (const [id, { tags, size }] of images)
    reporter.result(`image          ${tags[0] ?? id.slice(0, 19)} (${mebibytes(size)}, shared layers included)`);
  for (const { name } of incomplete) reporter.result(`unfinished     ${name}`);
  await removeLeftovers(engine, state.id);
  if (old.length + images.size + incomplete.length === 0) {
    reporter.info("Nothing to clean up.");
    return 0;
  }
  if (options.yes !== true && !(await confirm(context, "Remove these?"))) return 0;
  for (const { name } of incomplete) await workspaces.remove(name);
  for (const [id, { tags }] of images)
    for (const reference of tags.length > 0 ? tags : [id]) await engine.removeImage(reference, true);
  for (const { digest } of old) state.removeRecord(digest);
  reporter.info(
    `Removed. What is pinned by a workspace or is the newest build was kept; \`docker images -f label=${labels.workshop}\` shows it.`,
  );
  return 0;
};
