import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { once } from "node:events";
import { Readable, type Writable } from "node:stream";
import { manifestEntrySchema } from "@atelier/domain";
import { z } from "zod";

export const checkpointReasons = ["swap", "stop", "auto", "manual", "undo"] as const;
export type CheckpointReason = (typeof checkpointReasons)[number];

const skippedSchema = z.array(z.object({ path: z.string(), why: z.string() }));
const metaSchema = z.object({
  v: z.literal(1),
  id: z.string(),
  at: z.string(),
  /** The image the student stood on: `start` or a step id. */
  step: z.string(),
  planDigest: z.string(),
  reason: z.enum(checkpointReasons),
  files: z.int(),
  bytes: z.number(),
  skipped: skippedSchema,
  /** Folders with more entries than there is room for: what is missing here of them was not necessarily deleted. */
  unseen: z.array(z.string()).optional(),
  /** Of earlier versions: nothing that is missing here was necessarily deleted. */
  isCut: z.boolean().optional(),
  deleted: z.array(z.string()),
});
export type CheckpointMeta = z.infer<typeof metaSchema>;

const manifestSchema = z.record(z.string(), manifestEntrySchema);
export type ManifestRecord = z.infer<typeof manifestSchema>;

export interface StoredCheckpoint {
  readonly meta: CheckpointMeta;
  readonly base: ManifestRecord;
  readonly mine: ManifestRecord;
}

/**
 * Checkpoints on the volume, one folder each: `meta.json`, `base.json`, `mine.json`, `data.tar`. A
 * folder appears under its name only when it is complete and on disk; anything else is a leftover of a
 * crash and goes at the next opening.
 */
export interface CheckpointStore {
  /** Newest first. An unreadable one is passed over and reported through `onBroken`. */
  list(): Promise<readonly CheckpointMeta[]>;
  read(id: string): Promise<StoredCheckpoint | undefined>;
  /** Opens the file when it is first read, which fails when it has been pruned by then. */
  openArchive(id: string): Readable;
  write(checkpoint: StoredCheckpoint, fill: (archive: Writable) => Promise<CheckpointMeta>): Promise<CheckpointMeta>;
  /** Keeps the newest automatic ones and the newest others, so many of each, and those named. */
  prune(counts: { readonly automatic: number; readonly others: number }, needed: ReadonlySet<string>): Promise<void>;
}

export const openCheckpointStore = async (
  folder: string,
  onBroken: (id: string, cause: unknown) => void,
): Promise<CheckpointStore> => {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const name of await readdir(folder)) if (name.startsWith(".")) await rm(join(folder, name), { recursive: true });

  const json = async (id: string, name: string): Promise<unknown> =>
    JSON.parse(await readFile(join(folder, id, name), "utf8"));
  const list = async (): Promise<readonly CheckpointMeta[]> => {
    const metas: CheckpointMeta[] = [];
    for (const id of await readdir(folder)) {
      if (id.startsWith(".")) continue;
      try {
        metas.push(metaSchema.parse(await json(id, "meta.json")));
      } catch (cause) {
        onBroken(id, cause);
      }
    }
    return metas.sort((a, b) => (a.at === b.at ? b.id.localeCompare(a.id) : b.at.localeCompare(a.at)));
  };

  return {
    list,
    read: async (id) => {
      if (!/^[A-Za-z0-9-]+$/.test(id)) return undefined;
      try {
        return {
          meta: metaSchema.parse(await json(id, "meta.json")),
          base: manifestSchema.parse(await json(id, "base.json")),
          mine: manifestSchema.parse(await json(id, "mine.json")),
        };
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code !== "ENOENT") onBroken(id, cause);
        return undefined;
      }
    },
    openArchive: (id) => Readable.from(bytesOf(join(folder, id, "data.tar"))),
    write: async (checkpoint, fill) => {
      const draft = join(folder, `.${checkpoint.meta.id}`);
      try {
        await mkdir(draft, { mode: 0o700 });
        const archive = createWriteStream(join(draft, "data.tar"), { mode: 0o600 });
        // On a full disk it fails right here, long before whoever fills it listens.
        await once(archive, "open");
        const meta = await fill(archive).finally(() => archive.destroy());
        await writeFile(join(draft, "base.json"), JSON.stringify(checkpoint.base), { mode: 0o600 });
        await writeFile(join(draft, "mine.json"), JSON.stringify(checkpoint.mine), { mode: 0o600 });
        await writeFile(join(draft, "meta.json"), JSON.stringify(meta), { mode: 0o600 });
        // Side by side: one commit of the file system's journal serves them all.
        await Promise.all(
          ["data.tar", "base.json", "mine.json", "meta.json"].map((name) => syncPath(join(draft, name))),
        );
        await rename(draft, join(folder, meta.id));
        await syncPath(folder);
        return meta;
      } catch (error) {
        await rm(draft, { recursive: true, force: true });
        throw error;
      }
    },
    prune: async ({ automatic, others }, needed) => {
      const all = await list();
      const isKept = (meta: CheckpointMeta): boolean => {
        const isAutomatic = meta.reason === "auto";
        const alike = all.filter(({ reason }) => (reason === "auto") === isAutomatic);
        return alike.indexOf(meta) < (isAutomatic ? automatic : others) || needed.has(meta.id);
      };
      // Under another name first: a crash in between leaves no half of one behind.
      for (const meta of all)
        if (!isKept(meta)) {
          const doomed = join(folder, `.${meta.id}`);
          await rename(join(folder, meta.id), doomed);
          await rm(doomed, { recursive: true });
        }
    },
  };
};

const syncPath = async (path: string): Promise<void> => {
  await using handle = await open(path, "r");
  await handle.sync();
};

async function* bytesOf(path: string): AsyncGenerator<Uint8Array> {
  yield* createReadStream(path);
}
