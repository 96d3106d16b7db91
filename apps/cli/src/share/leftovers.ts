import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Engine, ImageSummary, StateDirectory, WorkspaceStatus } from "@atelier/backend-docker";
import { labels } from "@atelier/domain";

/** What `clean` may take away. */
export interface Leftovers {
  /** Records that are neither the newest of their workshop nor pinned by a workspace. */
  readonly builds: readonly { readonly digest: string; readonly workshop: string; readonly version: string }[];
  /** Images of those alone. */
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
  /** Where Node keeps what it compiled of the CLI. */
  readonly compiled: string;
}

/** Finds what nobody needs. Nothing that a workspace, running or not, could still want is among it. */
export const findLeftovers = async ({ engine, state, workspaces, compiled }: LeftoverSources): Promise<Leftovers> => {
  const records = state.listRecords();
  const kept = new Set(
    workspaces.flatMap(({ id, settings }) =>
      [settings?.record, state.readStanding(id)?.record].filter((each) => each !== undefined),
    ),
  );
  const newest = new Map(records.toReversed().map(({ digest, record }) => [record.workshop, digest]));
  for (const digest of newest.values()) kept.add(digest);
  const old = records.filter(({ digest }) => !kept.has(digest));
  const idsOf = (wanted: typeof records): Set<string> =>
    new Set(
      wanted.flatMap(({ record }) => record.steps.flatMap(({ images }) => images.map((image) => image.configDigest))),
    );
  const needed = idsOf(records.filter(({ digest }) => kept.has(digest)));
  const images = new Map<string, Leftovers["images"][number]>();
  for (const id of idsOf(old)) {
    const image = needed.has(id) ? undefined : await engine.inspectImage(id);
    if (image) images.set(id, { id, tags: image.RepoTags, size: image.Size });
  }
  const layouts = join(state.path, "layouts");
  return {
    builds: old.map(({ digest, record }) => ({ digest, workshop: record.workshop, version: record.version })),
    images: [...images.values()],
    // One that has lived once holds the student's work in its volume, whatever became of its container.
    unfinished: workspaces
      .filter(({ id, state: now }) => now === "incomplete" && state.readStanding(id) === undefined)
      .map(({ name }) => name),
    cache: unusedLayers(await engine.listImages([labels.layerDigest]), {
      needed: new Set([...needed, ...images.keys()]),
      used: new Set((await engine.listContainers([])).map(({ ImageID }) => ImageID)),
    }),
    cacheFolders: [compiled, join(state.path, "cache")].filter((folder) => existsSync(folder)),
    folders: existsSync(layouts) ? readdirSync(layouts).map((name) => join(layouts, name)) : [],
  };
};

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

const hasName = ({ RepoTags }: ImageSummary): boolean => RepoTags.some((tag) => tag !== "<none>:<none>");
