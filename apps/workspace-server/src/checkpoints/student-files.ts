import { existsSync, readFileSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import {
  type Arrival,
  type CheckpointView,
  layerPaths,
  type ReplacedView,
  type RestoreOrder,
  runtimeFileNames,
} from "@atelier/contract";
import type { EventLog } from "../events/event-log.ts";
import { type CheckpointReason, type ManifestRecord, openCheckpointStore } from "./checkpoint-store.ts";
import {
  type Baseline,
  type Checkpoints,
  type CheckpointsOptions,
  type ChangesReport,
  createCheckpoints,
  takeBaseline,
} from "./checkpoints.ts";
import { replacedUnit } from "./replaced-unit.ts";

export interface StudentFilesOptions extends Omit<CheckpointsOptions, "store"> {
  readonly runtimeFolder: string;
  readonly events: EventLog;
  /** When somebody or something of theirs last worked, in ms of {@link performance.now}. */
  readonly activeAt: () => number;
  readonly onError: (error: unknown) => void;
}

/** The container's own layer: what it was when it was fresh, and whether it has lived. */
export interface Layer {
  /** No student has worked in it yet. */
  readonly isFresh: boolean;
  readonly baseline: Baseline;
  /** From now on it has lived: nothing is restored into it by itself any more. */
  markLived(): Promise<void>;
}

/** Changes of the student's files are looked for this often while somebody works. */
const lookEveryMs = 20_000;
/** From so many entries on it costs the server more to tell a new worker what there was than to keep the old one. */
const bigHome = 2000;
/** A swap that is announced usually comes within this time. */
const readyMs = 10 * 60_000;

/**
 * Looks at the layer before anything of the workshop's runs. The baseline is kept in the layer itself,
 * root-only, so that it comes back with `docker start` and never with another image.
 */
export const openLayer = async (folder: string, roots: readonly string[], at: number): Promise<Layer> => {
  const path = join(folder, basename(layerPaths.record));
  const known = existsSync(path)
    ? (JSON.parse(readFileSync(path, "utf8")) as {
        readonly lived: boolean;
        readonly baseline: ManifestRecord;
        /** Layers of earlier versions have none. */
        readonly tooBig?: Baseline["tooBig"];
        readonly layer?: Baseline["layer"];
      })
    : undefined;
  const baseline = known
    ? { entries: known.baseline, tooBig: known.tooBig ?? {}, layer: known.layer }
    : takeBaseline(roots, at);
  const write = async (lived: boolean): Promise<void> => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(
      `${path}.new`,
      JSON.stringify({ v: 1, lived, baseline: baseline.entries, tooBig: baseline.tooBig, layer: baseline.layer }),
      { mode: 0o600 },
    );
    await rename(`${path}.new`, path);
  };
  if (known === undefined) await write(false);
  return { isFresh: known?.lived !== true, baseline, markLived: () => write(true) };
};

/** The student's files over the lives of containers: saved while they work, brought back afterwards. */
export interface StudentFiles extends Disposable {
  /** Files may have changed by other ways than programs, by the page's editor say: the next look is worth it. */
  touched(): void;
  /** Answers the checkpoint's id; undefined when there was nothing new to save. */
  save(reason: CheckpointReason): Promise<string | undefined>;
  /**
   * A swap is likely, or on its way: saves what there is by now, so that {@link save} finds little to do.
   * Never throws; what goes wrong shows when it is saved in earnest.
   */
  prepare(): Promise<void>;
  /** Brings a checkpoint's files into this container; nothing when there is none. */
  restore(order: RestoreOrder): Promise<void>;
  list(): Promise<readonly CheckpointView[]>;
  /** What the student made of the files that their image brought. */
  changes(): Promise<ChangesReport>;
  /** What the last swap replaced, side by side with the student's version. */
  replaced(arrival: Arrival | undefined, taken: ReadonlySet<string>): Promise<ReplacedView>;
  take(checkpoint: string, unit: string): Promise<void>;
}

/** Only the holder of the lease may. */
export const openStudentFiles = async (options: StudentFilesOptions, layer: Layer): Promise<StudentFiles> => {
  const { events, activeAt, onError } = options;
  const store = await openCheckpointStore(join(options.runtimeFolder, runtimeFileNames.checkpoints), (id, cause) =>
    onError(new Error(`checkpoint ${id} cannot be read`, { cause })),
  );
  const checkpoints: Checkpoints = createCheckpoints({ ...options, store }, layer.baseline);
  // One at a time: a look, a save and a restore all work on the same files.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work, work);
    last = next.catch(() => undefined);
    return next;
  };
  const save = (reason: CheckpointReason): Promise<string | undefined> =>
    inTurn(async () => {
      const meta = await checkpoints.save(reason);
      if (meta === undefined) return undefined;
      const { id, files, bytes, skipped } = meta;
      if (meta.isNew)
        events.append({
          type: "checkpoint",
          id,
          reason,
          files,
          bytes,
          skipped: skipped.slice(0, 100).map(({ path, why }) => `${path}: ${why}`),
        });
      return id;
    });

  let lookedAt = 0;
  let touchedAt = 0;
  let isLooking = false;
  const look = async (): Promise<void> => {
    if (isLooking || Math.max(touchedAt, activeAt()) <= lookedAt) return;
    isLooking = true;
    const begun = performance.now();
    try {
      if (await inTurn(() => checkpoints.hasChanges())) await save("auto");
      // What could not be saved is looked at again, whether or not somebody goes on working.
      lookedAt = begun;
      // It ends when nobody works any more, for then nobody looks.
      if (checkpoints.seen > bigHome && !options.worker.isSame) options.worker.keepWarm(2 * lookEveryMs);
    } catch (error) {
      onError(error);
    } finally {
      isLooking = false;
    }
  };
  const timer = setInterval(() => void look(), lookEveryMs);
  timer.unref();

  const newest = async (): Promise<string | undefined> => (await store.list())[0]?.id;
  return {
    touched: () => {
      touchedAt = performance.now();
    },
    save,
    prepare: () => {
      options.worker.keepWarm(readyMs);
      return save("swap").then(() => undefined, onError);
    },
    restore: async ({ kind, checkpoint }) => {
      const id = kind === "none" ? undefined : (checkpoint ?? (await newest()));
      if (id === undefined || kind === "none") return;
      const report = await inTurn(() => checkpoints.restore(id, kind));
      events.append({
        type: "restored",
        checkpoint: id,
        kind,
        files: report.applied,
        removed: report.removed,
        replaced: report.conflicts.slice(0, 200).map(({ unit }) => unit),
        skipped: report.skipped.slice(0, 100).map(({ path, why }) => `${path}: ${why}`),
      });
    },
    changes: () => inTurn(() => checkpoints.changes()),
    replaced: async (arrival, taken) => {
      if (arrival === undefined || arrival.replaced.length === 0) return { units: [] };
      const found = await inTurn(() => checkpoints.replaced(arrival.checkpoint));
      return { units: found.map((one) => replacedUnit(one, taken)) };
    },
    take: async (checkpoint, unit) => {
      const report = await inTurn(() => checkpoints.take(checkpoint, unit));
      events.append({
        type: "restored",
        checkpoint,
        kind: "exact",
        files: report.applied,
        removed: report.removed,
        replaced: [],
        skipped: report.skipped.slice(0, 100).map(({ path, why }) => `${path}: ${why}`),
        units: [unit],
      });
    },
    list: async () =>
      (await store.list()).map(({ id, at, step, reason, files, bytes, skipped }) => ({
        id,
        at,
        step,
        reason,
        files,
        bytes,
        skipped,
      })),
    [Symbol.dispose]: () => clearInterval(timer),
  };
};
