import { createHash, createHmac, randomBytes } from "node:crypto";
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Role } from "@atelier/contract";
import { type BuildRecord, buildRecordSchema } from "@atelier/domain";
import { z } from "zod";

/** What only this machine may know of a workspace: it never becomes a label. */
const privateSchema = z.object({
  v: z.literal(1),
  secrets: z.record(z.string(), z.string()),
  helpKey: z.string().optional(),
});

/**
 * The folder that belongs to one set of local workspaces. Everything in the engine carries its `id`, so
 * that two of them on one engine never touch each other's things.
 */
export interface StateDirectory {
  readonly path: string;
  readonly id: string;
  /** Token of a workspace's surface: derived, so that the same link works after every restart. */
  token(workspaceId: string, role: Role): string;
  /** SHA-256 of the record, under which it is kept. */
  saveRecord(record: BuildRecord, how?: SavedAs): string;
  readRecord(digest: string): BuildRecord | undefined;
  /** Newest first, as they were saved. */
  listRecords(): readonly SavedRecord[];
  removeRecord(digest: string): void;
  /** `helpKey`: key of the provider that answers questions. */
  saveSecrets(workspaceId: string, secrets: Readonly<Record<string, string>>, helpKey?: string): void;
  readHelpKey(workspaceId: string): string | undefined;
  readSecrets(workspaceId: string): Readonly<Record<string, string>>;
  /** The supervisor's port on 127.0.0.1, part of every link; undefined until one ran. */
  readPort(): number | undefined;
  savePort(port: number): void;
  /** End of a workspace's running time, in ms since 1970, when it was given one since it started. */
  readDeadline(workspaceId: string): number | undefined;
  saveDeadline(workspaceId: string, deadline: number | undefined): void;
  /** How long the machine had slept altogether when a supervisor last looked, in ms; undefined: none ever did. */
  readAsleep(): number | undefined;
  saveAsleep(ms: number): void;
  /** When the deletion of a stopped workspace was announced, in ms since 1970. */
  readAnnouncement(workspaceId: string): number | undefined;
  saveAnnouncement(workspaceId: string, at: number): void;
  /** Where the student stood last, for the case that somebody removes the container that says so. */
  readStanding(workspaceId: string): Standing | undefined;
  saveStanding(workspaceId: string, standing: Standing): void;
  /** Of the workspace's own cluster. */
  saveKubeconfig(workspaceId: string, text: string): void;
  readKubeconfig(workspaceId: string): string | undefined;
  forget(workspaceId: string): void;
}

export interface SavedAs {
  /** In ms since 1970; default: now. */
  readonly savedAt?: number;
  /** It came with a bundle or an image. What was built here stays so, and as old as it was. */
  readonly isBrought?: boolean;
}

export interface SavedRecord {
  readonly digest: string;
  readonly record: BuildRecord;
  readonly savedAt: number;
  readonly isBrought: boolean;
}

const standingSchema = z.object({
  image: z.string(),
  step: z.string().optional(),
  record: z.string(),
  container: z.string().optional(),
});
/** Image and step of a student, the build they are of, and the container that they were in. */
export type Standing = z.infer<typeof standingSchema>;

/** `ATELIER_STATE_DIR`, else `$XDG_STATE_HOME/atelier`, else `~/.local/state/atelier`. */
export const stateDirectoryPath = (env: Readonly<Record<string, string | undefined>>): string =>
  env.ATELIER_STATE_DIR || join(env.XDG_STATE_HOME || join(homedir(), ".local/state"), "atelier");

/** Opens the folder, making it on first use: 0700, with a random id and a secret that never leaves it. */
export const openStateDirectory = (path: string): StateDirectory => {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  chmodSync(path, 0o700);
  for (const name of ["records", "private"]) mkdirSync(join(path, name), { recursive: true, mode: 0o700 });
  const id = once(join(path, "id"), () => randomBytes(6).toString("hex"));
  const secret = once(join(path, "secret"), () => randomBytes(32).toString("hex"));
  const recordPath = (digest: string): string => join(path, "records", `${digest}.json`);
  const broughtPath = (digest: string): string => join(path, "records", `${digest}.brought`);
  const privatePath = (workspaceId: string): string =>
    join(path, "private", `${workspaceId.replace(/[^A-Za-z0-9-]/g, "")}.json`);
  const readPrivate = (workspaceId: string): z.infer<typeof privateSchema> | undefined => {
    const file = privatePath(workspaceId);
    return existsSync(file) ? privateSchema.parse(JSON.parse(readFileSync(file, "utf8"))) : undefined;
  };
  const besides = (workspaceId: string, name: string): string =>
    join(path, "private", `${workspaceId.replace(/[^A-Za-z0-9-]/g, "")}.${name}`);
  const readTime = (file: string): number | undefined => {
    const time = existsSync(file) ? Number(readFileSync(file, "utf8")) : Number.NaN;
    return Number.isFinite(time) ? time : undefined;
  };
  const announcementPath = (workspaceId: string): string => besides(workspaceId, "announced");
  const deadlinePath = (workspaceId: string): string => besides(workspaceId, "deadline");
  const standingPath = (workspaceId: string): string => besides(workspaceId, "standing");
  const readRecord = (digest: string): BuildRecord | undefined => {
    if (!/^[0-9a-f]{64}$/.test(digest) || !existsSync(recordPath(digest))) return undefined;
    return buildRecordSchema.parse(JSON.parse(readFileSync(recordPath(digest), "utf8")));
  };
  return {
    path,
    id,
    token: (workspaceId, role) => createHmac("sha256", secret).update(`${workspaceId}\0${role}`).digest("base64url"),
    saveRecord: (record, { savedAt, isBrought = false } = {}) => {
      const text = JSON.stringify(record, null, 2);
      const digest = createHash("sha256").update(text).digest("hex");
      if (isBrought && existsSync(recordPath(digest)) && !existsSync(broughtPath(digest))) return digest;
      // The mark first: whoever lists meanwhile takes it for a build of this machine at no time.
      if (isBrought) replace(broughtPath(digest), "");
      replace(recordPath(digest), text);
      if (savedAt !== undefined) utimesSync(recordPath(digest), savedAt / 1000, savedAt / 1000);
      if (!isBrought) rmSync(broughtPath(digest), { force: true });
      return digest;
    },
    readRecord,
    listRecords: () =>
      readdirSync(join(path, "records"))
        .filter((name) => name.endsWith(".json"))
        .flatMap((name) => {
          const digest = name.slice(0, -".json".length);
          const record = readRecord(digest);
          const isBrought = existsSync(broughtPath(digest));
          return record ? [{ digest, record, savedAt: modifiedAt(recordPath(digest)), isBrought }] : [];
        })
        .sort((a, b) => b.savedAt - a.savedAt),
    removeRecord: (digest) => {
      for (const file of [recordPath(digest), broughtPath(digest)]) rmSync(file, { force: true });
    },
    saveSecrets: (workspaceId, secrets, helpKey) =>
      replace(privatePath(workspaceId), JSON.stringify({ v: 1, secrets, helpKey })),
    readSecrets: (workspaceId) => readPrivate(workspaceId)?.secrets ?? {},
    readHelpKey: (workspaceId) => readPrivate(workspaceId)?.helpKey,
    readPort: () => {
      const port = existsSync(join(path, "port")) ? Number(readFileSync(join(path, "port"), "utf8")) : Number.NaN;
      return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
    },
    savePort: (port) => replace(join(path, "port"), String(port)),
    readDeadline: (workspaceId) => readTime(deadlinePath(workspaceId)),
    saveDeadline: (workspaceId, deadline) => {
      if (deadline === undefined) rmSync(deadlinePath(workspaceId), { force: true });
      else replace(deadlinePath(workspaceId), String(deadline));
    },
    readAsleep: () => readTime(join(path, "asleep")),
    saveAsleep: (ms) => replace(join(path, "asleep"), String(ms)),
    readAnnouncement: (workspaceId) => readTime(announcementPath(workspaceId)),
    saveAnnouncement: (workspaceId, at) => replace(announcementPath(workspaceId), String(at)),
    readStanding: (workspaceId) => {
      const file = standingPath(workspaceId);
      return existsSync(file) ? standingSchema.parse(JSON.parse(readFileSync(file, "utf8"))) : undefined;
    },
    saveStanding: (workspaceId, standing) => replace(standingPath(workspaceId), JSON.stringify(standing)),
    saveKubeconfig: (workspaceId, text) => replace(besides(workspaceId, "kubeconfig"), text),
    readKubeconfig: (workspaceId) => {
      const file = besides(workspaceId, "kubeconfig");
      return existsSync(file) ? readFileSync(file, "utf8") : undefined;
    },
    forget: (workspaceId) => {
      rmSync(besides(workspaceId, "kubeconfig"), { force: true });
      rmSync(standingPath(workspaceId), { force: true });
      rmSync(privatePath(workspaceId), { force: true });
      rmSync(deadlinePath(workspaceId), { force: true });
      rmSync(announcementPath(workspaceId), { force: true });
    },
  };
};

/** The content of a file that is written once and for all, also when two processes start together. */
const once = (path: string, make: () => string): string => {
  if (!existsSync(path)) {
    const draft = `${path}.${process.pid}`;
    writeFileSync(draft, make(), { mode: 0o600 });
    try {
      // A link, unlike a rename, does not replace what somebody else has just put there.
      linkSync(draft, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    } finally {
      rmSync(draft);
    }
  }
  return readFileSync(path, "utf8").trim();
};

const replace = (path: string, text: string): void => {
  // Two processes that save the same thing must not take each other's draft away.
  const draft = `${path}.new-${process.pid}`;
  writeFileSync(draft, text, { mode: 0o600 });
  renameSync(draft, path);
};

const modifiedAt = (path: string): number => statSync(path).mtimeMs;
