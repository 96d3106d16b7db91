import { dirname } from "node:path";
import { AppError, type CarryOverPlan, type ManifestEntry, planCarryOver, sameEntry, unitOf } from "@atelier/domain";
import type {
  CheckpointMeta,
  CheckpointReason,
  CheckpointStore,
  ManifestRecord,
  StoredCheckpoint,
} from "./checkpoint-store.ts";
import { isBelow } from "./choose-entries.ts";
import { defaultCheckpointLimits } from "./limits.ts";
import type { FileWorker } from "./file-worker.ts";
import { isRebuildable } from "./rebuildable.ts";
import { type FreshLayer, scanRoots, type SkippedPath } from "./scan-roots.ts";
import {
  compareAnswerSchema,
  restoreAnswerSchema,
  type ScanAnswer,
  type Side,
  saveAnswerSchema,
  scanReplySchema,
} from "./worker/orders.ts";

export interface CheckpointsOptions {
  readonly store: CheckpointStore;
  /** Home, workdir and the author's `keep[]`, absolute. */
  readonly roots: readonly string[];
  readonly keep: readonly string[];
  /** Works on the student's files with their rights. */
  readonly worker: FileWorker;
  readonly image: { readonly step: string; readonly planDigest: string };
  readonly now: () => Date;
  readonly newId: () => string;
  /** Checkpoints that somebody is going to ask for, besides the newest. */
  readonly needed?: () => Iterable<string>;
}

/** What the student did to one path since the layer was fresh. */
export interface FileChange {
  readonly path: string;
  readonly change: "new" | "changed" | "deleted";
}

export interface ChangesReport {
  readonly changed: readonly FileChange[];
  readonly skipped: CheckpointMeta["skipped"];
}

export type RestoreKind = "exact" | "carry-over";

export interface RestoreReport {
  readonly applied: number;
  readonly removed: number;
  readonly skipped: readonly { readonly path: string; readonly why: string }[];
  readonly conflicts: CarryOverPlan["conflicts"];
}

export type Replaced = readonly {
  readonly conflict: CarryOverPlan["conflicts"][number];
  readonly files: readonly {
    readonly path: string;
    readonly mine: Side | undefined;
    readonly image: Side | undefined;
  }[];
}[];

/** Saves and brings back the student's changes. Every touch of their files happens with their rights. */
export interface Checkpoints {
  /**
   * Answers what was saved last when nothing has changed since, with `isNew` false; an automatic one then
   * answers undefined.
   */
  save(
    reason: CheckpointReason,
    signal?: AbortSignal,
  ): Promise<(CheckpointMeta & { readonly isNew: boolean }) | undefined>;
  restore(id: string, kind: RestoreKind, signal?: AbortSignal): Promise<RestoreReport>;
  list(): Promise<readonly CheckpointMeta[]>;
  /** What a carry-over of this checkpoint left at the image's version, and how the two differ. */
  replaced(id: string): Promise<Replaced>;
  /** Puts the student's version of a unit in place. */
  take(id: string, unit: string): Promise<RestoreReport>;
  /** Whether anything below the roots changed since the last save: cheap, no hashing of old files. */
  hasChanges(signal?: AbortSignal): Promise<boolean>;
  /** How much the last look found. */
  readonly seen: number;
  /** What differs from the fresh layer, files and links only, by path; and what no checkpoint can hold. */
  changes(signal?: AbortSignal): Promise<ChangesReport>;
}

/** Of one unit. */
const shownFiles = 40;
const kept = { automatic: 3, others: 10 } as const;

/** What stood below the roots when a layer was fresh, before any student and any `onStart`. */
export interface Baseline {
  readonly entries: ManifestRecord;
  /** Files of the image that no checkpoint would hold, with their stamps: the next container has them, too. */
  readonly tooBig: Readonly<Record<string, string>>;
  /** Layers of earlier versions have none. */
  readonly layer?: FreshLayer | undefined;
}

/** @param fresh see {@link takeBaseline} */
export const createCheckpoints = (options: CheckpointsOptions, fresh: Baseline): Checkpoints => {
  const baseline = fresh.entries;
  const { store, roots, worker } = options;
  let lastScan: ScanAnswer | undefined;
  let lastSaved: { readonly meta: CheckpointMeta; readonly entries: ManifestRecord } | undefined;
  const signalOf = (signal: AbortSignal | undefined): { signal?: AbortSignal } => (signal ? { signal } : {});
  const scan = async (signal?: AbortSignal): Promise<ScanAnswer> => {
    const known = lastScan && !worker.isSame ? lastScan : undefined;
    const reply = scanReplySchema.parse(
      await worker.run(
        { verb: "scan", roots, ...(known ? { known } : {}), ...(fresh.layer ? { fresh: fresh.layer } : {}) },
        signalOf(signal),
      ),
    );
    if (!("unchanged" in reply)) lastScan = reply;
    else if (lastScan === undefined) throw new Error("the worker compares with a scan that nobody has");
    return lastScan;
  };

  /** What goes with the container; not what its image brought and nobody touched. */
  const lost = (skipped: readonly SkippedPath[]): CheckpointMeta["skipped"] =>
    skipped
      .filter(({ path, stamp }) => stamp === undefined || fresh.tooBig[path] !== stamp)
      .map(({ path, why }) => ({ path, why }));

  const open = async (
    id: string,
  ): Promise<{ readonly stored: StoredCheckpoint; readonly mine: Map<string, ManifestEntry> }> => {
    const stored = await store.read(id);
    if (stored === undefined)
      throw new AppError("checkpoint-gone", `The checkpoint ${id} is not on this volume (any more).`);
    // What could not be saved is not "deleted by the student" and must not be treated as such.
    const mine = new Map(Object.entries(stored.mine));
    const { skipped, unseen = [], isCut = false } = stored.meta;
    const isUnknown = isCut ? () => true : unknownTo(skipped, unseen);
    for (const [path, before] of Object.entries(stored.base))
      if (!mine.has(path) && isUnknown(path)) mine.set(path, before);
    return { stored, mine };
  };
  const carryOver = (stored: StoredCheckpoint, mine: Map<string, ManifestEntry>): CarryOverPlan =>
    planCarryOver({
      base: new Map(Object.entries(stored.base)),
      mine,
      target: new Map(Object.entries(baseline)),
      keep: options.keep,
    });

  return {
    replaced: async (id) => {
      const { stored, mine } = await open(id);
      const { conflicts } = carryOver(stored, mine);
      const shown = conflicts.flatMap(({ paths }) => paths.slice(0, shownFiles)).slice(0, shownFiles * 5);
      const { archive, present } = compareAnswerSchema.parse(
        await worker.run({ verb: "compare", paths: shown }, { input: store.openArchive(id) }),
      );
      return conflicts.map((conflict) => ({
        conflict,
        files: conflict.paths
          .filter((path) => shown.includes(path))
          .map((path) => ({ path, mine: archive[path], image: present[path] })),
      }));
    },
    take: async (id, unit) => {
      const { stored, mine } = await open(id);
      const { entries } = await scan();
      const present = new Map(Object.entries(entries));
      const unitFor = unitOf([new Map(Object.entries(stored.base)), mine, present], options.keep);
      const isMember = (path: string): boolean => unitFor(path) === unit;
      const apply = [...mine].filter(([path, entry]) => isMember(path) && !sameEntry(entry, present.get(path)));
      const remove = [...present.keys()].filter((path) => isMember(path) && !mine.has(path));
      const order = {
        verb: "restore",
        roots,
        apply: apply.map(([path]) => path),
        remove: remove.sort().toReversed(),
      } as const;
      const answer = restoreAnswerSchema.parse(await worker.run(order, { input: store.openArchive(id) }));
      return { ...answer, conflicts: [] };
    },
    list: () => store.list(),
    get seen() {
      return Object.keys(lastScan?.entries ?? {}).length;
    },
    hasChanges: async (signal) => !sameTree((await scan(signal)).entries, lastSaved?.entries ?? baseline),
    changes: async (signal) => {
      const { entries: mine, skipped, unseen } = await scan(signal);
      const isUnknown = unknownTo(skipped, unseen);
      const found = Object.entries(mine).flatMap(([path, entry]): FileChange[] =>
        entry.kind === "folder" || sameEntry(baseline[path], entry)
          ? []
          : [{ path, change: baseline[path] === undefined ? "new" : "changed" }],
      );
      const deleted = Object.entries(baseline).flatMap(([path, entry]): FileChange[] =>
        entry.kind === "folder" || mine[path] !== undefined || isUnknown(path) ? [] : [{ path, change: "deleted" }],
      );
      return { changed: [...found, ...deleted].sort((a, b) => (a.path < b.path ? -1 : 1)), skipped: lost(skipped) };
    },
    save: async (reason, signal) => {
      const found = await scan(signal);
      const mine = found.entries;
      if (lastSaved && sameTree(mine, lastSaved.entries) && reason !== "manual")
        return reason === "auto" ? undefined : { ...lastSaved.meta, isNew: false };
      const changed = rebuildableLast(changedWithUnits(baseline, mine, options.keep), roots);
      const isUnknown = unknownTo(found.skipped, found.unseen);
      const deleted = Object.keys(baseline)
        .filter((path) => mine[path] === undefined && !isUnknown(path))
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
        ...(found.unseen.length > 0 ? { unseen: found.unseen } : {}),
        deleted,
      };
      const meta = await store.write({ meta: draft, base: baseline, mine }, async (output) => {
        const answer = saveAnswerSchema.parse(
          await worker.run({ verb: "save", paths: changed }, { output, ...signalOf(signal) }),
        );
        const skipped = [...lost(found.skipped), ...answer.skipped];
        return { ...draft, files: answer.files, bytes: answer.bytes, skipped };
      });
      lastSaved = { meta, entries: mine };
      await store.prune(kept, new Set([id, ...(options.needed?.() ?? [])]));
      return { ...meta, isNew: true };
    },
    restore: async (id, kind, signal) => {
      const { stored, mine } = await open(id);
      const plan = kind === "exact" ? exactPlan(mine, (await scan(signal)).entries) : carryOver(stored, mine);
      const answer = restoreAnswerSchema.parse(
        await worker.run(
          { verb: "restore", roots, apply: plan.apply, remove: plan.remove },
          { input: store.openArchive(id), ...signalOf(signal) },
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
export const takeBaseline = (roots: readonly string[], at: number): Baseline => {
  const { entries, skipped, unseen } = scanRoots({ roots, limits: defaultCheckpointLimits });
  const tooBig = skipped.flatMap(({ path, stamp }) => (stamp === undefined ? [] : [[path, stamp] as const]));
  const isPartly = new Set(unseen);
  // Which of them a later scan would choose is chance: it tells only what changed there.
  const whole = Object.entries(entries).filter(([path]) => !isBelow(dirname(path), isPartly));
  return { entries: Object.fromEntries(whole), tooBig: Object.fromEntries(tooBig), layer: { at, unseen } };
};

/** Whether nothing is known of a path, so that its absence is no deletion: there was no room, or no way to look there. */
const unknownTo = (
  skipped: readonly { readonly path: string }[],
  unseen: readonly string[],
): ((path: string) => boolean) => {
  const folders = new Set([...unseen, ...skipped.map(({ path }) => path)]);
  return (path) => isBelow(path, folders);
};

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

/** Where an archive becomes too big, it is what can be built anew that it goes without. */
const rebuildableLast = (paths: readonly string[], roots: readonly string[]): readonly string[] => {
  const isLast = (path: string): boolean => isRebuildable(path, roots);
  return [...paths.filter((path) => !isLast(path)), ...paths.filter(isLast)];
};

/**
 * What the archive has to hold: every path that differs from the image, and the rest of a unit in which one
 * does. A repository can be brought back into another image only as a whole.
 */
const changedWithUnits = (base: ManifestRecord, mine: ManifestRecord, keep: readonly string[]): readonly string[] => {
  const unitFor = unitOf([new Map(Object.entries(base)), new Map(Object.entries(mine))], keep);
  const isTouched = (path: string): boolean => !sameEntry(base[path], mine[path]);
  const touched = new Set([...Object.keys(base), ...Object.keys(mine)].filter(isTouched).map(unitFor));
  return Object.keys(mine)
    .filter((path) => isTouched(path) || (unitFor(path) !== path && touched.has(unitFor(path))))
    .sort();
};
