import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Engine } from "@atelier/backend-docker";
import { aboutKeeper, endKeeper, removeDeadDrafts, removeLeftovers, runningBuilds } from "@atelier/build";
import { isAppError, labels } from "@atelier/domain";
import { compiledFolder } from "../compiled-folder.ts";
import { confirm } from "../confirm.ts";
import type { Context } from "../context.ts";
import { findLeftovers, type Leftovers, stillLeft } from "../share/leftovers.ts";

const mebibytes = (bytes: number): string => `${Math.round(bytes / 1024 ** 2)} MiB`;

/** Builds that are neither the newest of their workshop nor pinned by a workspace, and what was left over. */
export default async (
  context: Context,
  _args: readonly string[],
  options: { readonly yes?: boolean; readonly cache?: boolean; readonly json?: boolean },
): Promise<number> => {
  const { reporter } = context;
  const [engine, workspaces, state] = [await context.engine(), await context.workspaces(), await context.state()];
  const cacheFolder = join(state.path, "cache");
  const find = async (): Promise<Leftovers> =>
    findLeftovers({
      engine,
      state,
      workspaces: await workspaces.list(),
      now: context.now().getTime(),
      compiled: compiledFolder(context.env),
      building: runningBuilds(cacheFolder),
    });
  const all = await find();
  const building = runningBuilds(cacheFolder);
  if (building.length > 0)
    reporter.warn(
      `${reporter.paint.yellow("!")} A build is running (process ${building.join(", ")}): builds, images and caches are left alone until it has ended.`,
    );
  const session = options.cache === true ? await aboutKeeper(cacheFolder) : undefined;
  const found = options.cache === true ? all : { ...all, cache: [], cacheFolders: [] };
  if (options.json && options.yes !== true) {
    reporter.json({
      builds: found.builds,
      images: found.images.map(({ id }) => id),
      incomplete: found.unfinished,
      cache: found.cache.map(({ id }) => id),
      cacheFolders: found.cacheFolders,
      folders: found.folders,
      ...(session ? { daggerSession: session.pid } : {}),
    });
    return 0;
  }
  for (const { workshop, version, savedAt } of found.builds)
    reporter.result(`old build      ${workshop} ${version} of ${savedAt.slice(0, 16).replace("T", " ")} UTC`);
  for (const { id, tags, size } of found.images)
    reporter.result(`image          ${tags[0] ?? id.slice(0, 19)} (${mebibytes(size)}, shared layers included)`);
  for (const name of found.unfinished) reporter.result(`unfinished     ${name}`);
  for (const folder of found.folders) reporter.result(`left over      ${folder}`);
  if (found.cache.length > 0)
    reporter.result(`build cache    ${found.cache.length} images; the next build makes anew what it needs of them`);
  for (const folder of found.cacheFolders) reporter.result(`cache          ${folder}; made anew when it is needed`);
  if (session)
    reporter.result(
      `session        with the Dagger engine, kept by process ${session.pid}; the next build opens another`,
    );
  await removeLeftovers(engine, state.id);
  await removeDeadDrafts(cacheFolder);
  if (
    session === undefined &&
    [found.builds, found.images, found.unfinished, found.folders, found.cache, found.cacheFolders].every(
      (list) => list.length === 0,
    )
  ) {
    reporter.info(
      all.cache.length > 0
        ? `Nothing to clean up but ${all.cache.length} images that make builds faster: \`atelier clean --cache\` lists them too.`
        : "Nothing to clean up.",
    );
    return 0;
  }
  if (options.yes !== true && !(await confirm(context, "Remove these?"))) return 0;
  // Somebody may have come to want something of it while the question stood there.
  const { folders, cacheFolders, ...left } = stillLeft(found, await find());
  for (const name of left.unfinished) await workspaces.remove(name);
  const inUse: string[] = [];
  for (const { id, tags } of left.images)
    for (const reference of tags.length > 0 ? tags : [id])
      if (!(await removeUnused(engine, reference))) inUse.push(reference);
  // Where something else came to stand on one, it is no leftover.
  for (const { id } of left.cache) await removeUnused(engine, id);
  // Before its socket goes with the folder.
  if (session) await endKeeper(cacheFolder);
  for (const folder of [...folders, ...cacheFolders]) rmSync(folder, { recursive: true, force: true });
  if (inUse.length > 0) reporter.warn(`In use and kept, with their builds: ${inUse.join(", ")}`);
  else for (const { digest } of left.builds) state.removeRecord(digest);
  reporter.info(
    `Removed. What is pinned by a workspace or is the newest build was kept; \`docker images -f label=${labels.workshop}\` shows it.`,
  );
  return 0;
};

/** False where something stands on it. By force it would go from below a container that is stopped. */
const removeUnused = async (engine: Engine, reference: string): Promise<boolean> => {
  try {
    await engine.removeImage(reference);
    return true;
  } catch (error) {
    if (!isAppError(error) || error.code !== "docker-conflict") throw error;
    return false;
  }
};
