import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import {
  type ContainerSummary,
  type Engine,
  type ImageSummary,
  recordsPinnedBy,
  type StateDirectory,
  type WorkspaceStatus,
} from "@atelier/backend-docker";
import { isAlive } from "@atelier/build";
import { type BuildRecord, labels } from "@atelier/domain";
import { builtServices, serviceImageIds } from "./images-of-record.ts";
import { platformsOf } from "./push-record.ts";
import { layoutsIn, makerOf } from "./save-layout.ts";

/** What `clean` may take away. */
export interface Leftovers {
  /** Records that are neither the newest of their workshop nor pinned by a workspace. */
  readonly builds: readonly {
    readonly digest: string;
    readonly workshop: string;
    readonly version: string;
    /** ISO 8601. */
    readonly savedAt: string;
  }[];
  /** Images of those alone, and of their services as far as nobody else has a name for them. */
  readonly images: readonly { readonly id: string; readonly tags: readonly string[]; readonly size: number }[];
  /** Names of workspaces whose making was interrupted, before anything was in them. */
  readonly unfinished: readonly string[];
  /** Untagged images that only make the next build faster. */
  readonly cache: readonly { readonly id: string; readonly size: number }[];
  /** Folders of this machine that only make the next command faster, and files in them. */
  readonly cacheFolders: readonly string[];
  /** Folders that a killed push or bundle left. */
  readonly folders: readonly string[];
}

export interface LeftoverSources {
  readonly engine: Pick<Engine, "listImages" | "inspectImage" | "listContainers">;
  readonly state: Pick<StateDirectory, "path" | "listRecords" | "readStanding">;
  readonly workspaces: readonly WorkspaceStatus[];
  /** In ms since 1970. */
  readonly now: number;
  /** Processes that build now: they may stand on anything that was ever built, and nothing says so yet. */
  readonly building: readonly number[];
  /** Where Node keeps what it compiled of the CLI. */
  readonly compiled: string;
}

/** Finds what nobody needs. Nothing that a workspace, running or not, could still want is among it. */
export const findLeftovers = async ({
  engine,
  state,
  workspaces,
  compiled,
  now,
  building,
}: LeftoverSources): Promise<Leftovers> => {
  const records = state.listRecords();
  const containers = await engine.listContainers([]);
  const kept = new Set([
    ...workspaces.flatMap(({ id, settings }) =>
      [settings?.record, state.readStanding(id)?.record].filter((each) => each !== undefined),
    ),
    ...containers.flatMap(({ Labels }) => recordsPinnedBy(Labels)),
    ...newestOf(records),
  ]);
  // Whoever's container it is. One that stands on an image may go on to the others of the same build.
  const used = new Set(containers.map(({ ImageID }) => ImageID));
  const isInUse = (each: (typeof records)[number]): boolean => !idsOf([each]).isDisjointFrom(used);
  const isBuilding = building.length > 0;
  const old = isBuilding ? [] : records.filter((each) => !kept.has(each.digest) && !isInUse(each));
  const others = records.filter((each) => !old.includes(each));
  const needed = idsOf(others);
  const wanted = idsOf(old).difference(needed);
  const services = serviceIdsOf(old).difference(serviceIdsOf(others).union(needed).union(used));
  const images = new Map<string, Leftovers["images"][number]>();
  for (const id of wanted.union(services)) {
    const image = await engine.inspectImage(id);
    if (image && (wanted.has(id) || image.RepoTags.every(isOfService)))
      images.set(id, { id, tags: image.RepoTags, size: image.Size });
  }
  const layouts = layoutsIn(state.path);
  return {
    builds: old.map(({ digest, record, savedAt }) => ({
      digest,
      workshop: record.workshop,
      version: record.version,
      savedAt: new Date(savedAt).toISOString(),
    })),
    images: [...images.values()],
    // One that has lived once holds the student's work in its volume, whatever became of its container. One that is
    // young may be in the making at this moment.
    unfinished: workspaces
      .filter(
        ({ id, state: is, settings }) =>
          is === "incomplete" && state.readStanding(id) === undefined && isOld(settings?.createdAt, now),
      )
      .map(({ name }) => name),
    cache: unusedLayers(isBuilding || containers.some(isOfBuild) ? [] : await engine.listImages([labels.layerDigest]), {
      needed: new Set([...needed, ...images.keys()]),
      used,
    }),
    cacheFolders: [compiled, ...(isBuilding ? [] : [join(state.path, "cache")])].filter((folder) => existsSync(folder)),
    folders: existsSync(layouts)
      ? readdirSync(layouts)
          .filter((name) => !isAlive(makerOf(name)))
          .map((name) => join(layouts, name))
      : [],
  };
};

type Builds = ReturnType<LeftoverSources["state"]["listRecords"]>;

const idsOf = (builds: Builds): Set<string> =>
  new Set(
    builds.flatMap(({ record }) => record.steps.flatMap(({ images }) => images.map((image) => image.configDigest))),
  );

const serviceIdsOf = (builds: Builds): Set<string> =>
  new Set(builds.flatMap(({ record }) => record.services.filter(isBuilt).flatMap(serviceImageIds)));

/** One that is only pulled is anybody's: an image without a tag may have been pulled by its digest. */
const isBuilt = ({ source }: BuildRecord["services"][number]): boolean => source.kind === "containerFile";

/** One that anybody gave a name of their own is theirs as well. */
const isOfService = (tag: string): boolean => tag.startsWith(`${builtServices}/`) || tag === noName;

/** What of a list that was shown nobody needs even now. */
export const stillLeft = (shown: Leftovers, now: Leftovers): Leftovers => {
  const images = new Set(shown.images.map(({ id }) => id));
  const builds = new Set(now.builds.map(({ digest }) => digest));
  const cache = new Set(now.cache.map(({ id }) => id));
  return {
    builds: shown.builds.filter(({ digest }) => builds.has(digest)),
    // By the names that they have now: a build that ended meanwhile may have taken one for its own.
    images: now.images.filter(({ id }) => images.has(id)),
    unfinished: shown.unfinished.filter((name) => now.unfinished.includes(name)),
    cache: shown.cache.filter(({ id }) => cache.has(id)),
    cacheFolders: shown.cacheFolders,
    folders: shown.folders.filter((folder) => now.folders.includes(folder)),
  };
};

/**
 * Of every workshop and platform the newest build of this machine, and the newest of what came with bundles and
 * images: neither makes the other an old one, nor does a build for a foreign platform one that runs here.
 */
const newestOf = (records: Builds): ReadonlySet<string> => {
  const newest = new Map<string, string>();
  for (const { digest, record, isBrought } of records)
    for (const platform of platformsOf(record)) {
      const of = JSON.stringify([record.workshop, platform, isBrought]);
      if (!newest.has(of)) newest.set(of, digest);
    }
  return new Set(newest.values());
};

const makingTakes = 15 * 60 * 1000;

/** What says nothing of its age is of a version before it did. */
const isOld = (createdAt: string | undefined, now: number): boolean =>
  createdAt === undefined || !(now - Date.parse(createdAt) < makingTakes);

/** A command of a build runs in it, whoever's: layers in the engine are everybody's. */
const isOfBuild = ({ Labels, State }: ContainerSummary): boolean =>
  Labels[labels.role] === "build" && State === "running";

/** Images of layers that no tag, record or container stands on, those above before those below. */
const unusedLayers = (
  all: readonly ImageSummary[],
  { needed, used }: { readonly needed: ReadonlySet<string>; readonly used: ReadonlySet<string> },
): Leftovers["cache"] => {
  const byId = new Map(all.map((image) => [image.Id, image]));
  const standing = new Set<string>();
  for (const image of all) {
    if (!hasName(image) && !needed.has(image.Id) && !used.has(image.Id)) continue;
    for (let at: ImageSummary | undefined = image; at && !standing.has(at.Id); at = byId.get(at.ParentId ?? ""))
      standing.add(at.Id);
  }
  return all
    .filter(({ Id }) => !standing.has(Id))
    .toSorted((a, b) => b.Created - a.Created)
    .map(({ Id, Size }) => ({ id: Id, size: Size }));
};

const noName = "<none>:<none>";
const hasName = ({ RepoTags }: ImageSummary): boolean => RepoTags.some((tag) => tag !== noName);
