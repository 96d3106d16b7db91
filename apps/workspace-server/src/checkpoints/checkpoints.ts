import { type CarryOverPlan, type ManifestEntry, planCarryOver, sameEntry } from "@atelier/domain";
import { z } from "zod";
import type { Identity } from "../identity/identity.ts";
import type { CheckpointMeta, CheckpointReason, CheckpointStore, ManifestRecord } from "./checkpoint-store.ts";
import { defaultCheckpointLimits } from "./limits.ts";
import { runWorker, type WorkerOptions } from "./run-worker.ts";
import { type ScanResult, scanRoots } from "./scan-roots.ts";

export interface CheckpointsOptions {
  readonly store: CheckpointStore;
  /** Home, workdir and the author's `keep[]`, absolute. */
  readonly roots: readonly string[];
  readonly keep: readonly string[];
  readonly identity: Identity;
  readonly worker: readonly string[];
  readonly image: { readonly step: string; readonly planDigest: string };
  readonly now: () => Date;
  readonly newId: () => string;
  readonly asIdentity?: WorkerOptions["asIdentity"];
}

export type RestoreKind = "exact" | "carry-over";

export interface RestoreReport {
  readonly applied: number;
  readonly removed: number;
  readonly skipped: readonly { readonly path: string; readonly why: string }[];
  readonly conflicts: CarryOverPlan["conflicts"];
}

/** Saves and brings back the student's changes. Every touch of their files happens with their rights. */
export interface Checkpoints {
  /** Answers undefined when nothing differs from the newest checkpoint. */
  save(reason: CheckpointReason, signal?: AbortSignal): Promise<CheckpointMeta | undefined>;
  restore(id: string, kind: RestoreKind, signal?: AbortSignal): Promise<RestoreReport>;
  list(): Promise<readonly CheckpointMeta[]>;
  /** Whether anything below the roots changed since the last save: cheap, no hashing of old files. */
  hasChanges(signal?: AbortSignal): Promise<boolean>;
}

const deadlineMs = 60_000;
const kept = 10;

const pathReasons = z.array(z.object({ path: z.string(), why: z.string() }));
const saveAnswer = z.object({ files: z.int(), bytes: z.number(), skipped: pathReasons });
const restoreAnswer = z.object({ applied: z.int(), removed: z.int(), skipped: pathReasons });

/**
 * @param baseline what stood below the roots when this layer was fresh, before any student and any
 *   `onStart`: see {@link takeBaseline}.
 */
export const createCheckpoints = (options: CheckpointsOptions, baseline: ManifestRecord): Checkpoints => {
  const { store, roots, identity, worker } = options;
  let lastScan: ScanResult | undefined;
  let lastSaved: { readonly id: string; readonly entries: ManifestRecord } | undefined;

  const work = (
    verb: WorkerOptions["verb"],
    order: unknown,
    streams: Pick<WorkerOptions, "input" | "output" | "signal">,
  ): Promise<unknown> =>
    runWorker({
      identity,
      worker,
      verb,
      order,
      deadlineMs,
      ...streams,
      ...(options.asIdentity ? { asIdentity: options.asIdentity } : {}),
    });

  const scan = async (signal?: AbortSignal): Promise<ScanResult> => {
    const known = lastScan ? { signatures: lastScan.signatures, entries: lastScan.entries } : undefined;
    lastScan = (await work("scan", { roots, known }, signal ? { signal } : {})) as ScanResult;
    return lastScan;
  };

  return {
    list: () => store.list(),
    hasChanges: async (signal) => !sameTree((await scan(signal)).entries, lastSaved?.entries ?? baseline),
    save: async (reason, signal) => {
      const found = await scan(signal);
      const mine = found.entries;
      if (lastSaved && sameTree(mine, lastSaved.entries) && reason === "auto") return undefined;
      const changed = Object.keys(mine)
        .filter((path) => !sameEntry(baseline[path], mine[path]))
        .sort();
      const deleted = Object.keys(baseline)
        .filter((path) => mine[path] === undefined)
        .sort();
      const id = options.newId();
      const draft: CheckpointMeta = {
        v: 1,
        id,
        at: options.now().toISOString(),
        ...options.image,
        reason,
        files: 0,
        bytes: 0,
        skipped: [],
        deleted,
      };
      const meta = await store.write({ meta: draft, base: baseline, mine }, async (output) => {
        const answer = saveAnswer.parse(
          await work("save", { paths: changed }, { output, ...(signal ? { signal } : {}) }),
        );
        return { ...draft, files: answer.files, bytes: answer.bytes, skipped: [...found.skipped, ...answer.skipped] };
      });
      lastSaved = { id, entries: mine };
      await store.prune(kept, new Set([id]));
      return meta;
    },
    restore: async (id, kind, signal) => {
      const stored = await store.read(id);
      if (stored === undefined) throw new Error(`checkpoint ${id} is not on this volume`);
      // What could not be saved is not "deleted by the student" and must not be treated as such.
      const mine = new Map(Object.entries(stored.mine));
      for (const { path } of stored.meta.skipped) {
        const before = stored.base[path];
        if (before !== undefined) mine.set(path, before);
      }
      const plan =
        kind === "exact"
          ? exactPlan(mine, (await scan(signal)).entries)
          : planCarryOver({
              base: new Map(Object.entries(stored.base)),
              mine,
              target: new Map(Object.entries(baseline)),
              keep: options.keep,
            });
      const answer = restoreAnswer.parse(
        await work(
          "restore",
          { roots, apply: plan.apply, remove: plan.remove },
          { input: store.openArchive(id), ...(signal ? { signal } : {}) },
        ),
      );
      return { ...answer, conflicts: plan.conflicts };
    },
  };
};

/**
 * The baseline of a fresh layer. Read by this process itself, since nobody else has run yet and the
 * image's author is trusted; a worker would cost the boot another process.
 */
export const takeBaseline = async (roots: readonly string[]): Promise<ManifestRecord> =>
  (await scanRoots({ roots, limits: defaultCheckpointLimits })).entries;

const sameTree = (a: Readonly<Record<string, ManifestEntry>>, b: Readonly<Record<string, ManifestEntry>>): boolean => {
  const paths = Object.keys(a);
  return paths.length === Object.keys(b).length && paths.every((path) => sameEntry(a[path], b[path]));
};

/** Makes `present` equal to `mine`, whoever changed what. */
const exactPlan = (
  mine: ReadonlyMap<string, ManifestEntry>,
  present: Readonly<Record<string, ManifestEntry>>,
): CarryOverPlan => ({
  conflicts: [],
  apply: [...mine]
    .filter(([path, entry]) => !sameEntry(entry, present[path]))
    .map(([path]) => path)
    .sort(),
  remove: Object.keys(present)
    .filter((path) => !mine.has(path))
    .sort()
    .toReversed(),
});
