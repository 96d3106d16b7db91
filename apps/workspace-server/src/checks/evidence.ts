import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { arch, release } from "node:os";
import { join } from "node:path";
import {
  type CheckView,
  type CommandRecord,
  type DisputeView,
  type Evidence,
  evidenceApi,
  runtimeFileNames,
} from "@atelier/contract";
import { AppError } from "@atelier/domain";
import type { EventLog } from "../events/event-log.ts";
import type { LoadedWorkshop } from "../workshop/load-workshop.ts";

/** What students say is wrong with checks, each with the evidence as a file on the volume. */
export interface Disputes {
  /** Throws `AppError` `not-checked` before the step's first check. */
  make(step: string, note: string): Promise<DisputeView>;
  /** The file's text. Throws `AppError` `not-found`. */
  read(id: string): Promise<string>;
}

export interface DisputesOptions {
  readonly loaded: LoadedWorkshop;
  readonly runtimeFolder: string;
  readonly events: EventLog;
  readonly lastCheck: (step: string) => CheckView | undefined;
  readonly recentCommands: () => readonly CommandRecord[];
  readonly workingDirectory: () => string | undefined;
  readonly redact: (text: string) => string;
  readonly imageDigest: string | undefined;
  readonly version: string;
  /** The platform layer's manifest, for the versions in it. */
  readonly manifestFile: string;
  readonly now: () => Date;
  readonly newId: () => string;
}

/** More are not kept: a student may be angry. */
const mostKept = 50;

export const createDisputes = (options: DisputesOptions): Disputes => {
  const { loaded, events, redact } = options;
  const { workshop, image } = loaded;
  const folder = join(options.runtimeFolder, runtimeFileNames.disputes);

  const forgetOldest = async (): Promise<void> => {
    const names = (await readdir(folder)).filter((name) => name.endsWith(".json")).sort();
    for (const name of names.slice(0, Math.max(0, names.length - mostKept))) await rm(join(folder, name));
  };

  return {
    make: async (id, note) => {
      const step = loaded.steps.find((candidate) => candidate.id === id);
      const check = options.lastCheck(id);
      if (step === undefined || check === undefined)
        throw new AppError("not-checked", "There is no result yet that could be wrong.", {
          hint: "Run the check first.",
        });
      const at = options.now().toISOString();
      // Ids sort by time, so that the oldest are found without reading them.
      const dispute = `${at.replaceAll(/[-:.]/g, "")}-${options.newId().slice(0, 8)}`;
      const evidence: Evidence = {
        v: 1,
        kind: "atelier-check-evidence",
        id: dispute,
        at,
        workshop: { name: workshop.name, version: workshop.version, title: workshop.title },
        step: { id, number: step.number, title: step.title },
        note: redact(note),
        check,
        checkDigest: await digestOf(join(loaded.folder, "steps", id, "goss.yaml")),
        commands: options.recentCommands().map(({ command, cwd, exitCode, startedAt, terminal }) => ({
          command: redact(command),
          cwd: redact(cwd),
          ...(exitCode === undefined ? {} : { exitCode }),
          startedAt,
          terminal,
        })),
        ...workingDirectoryOf(options),
        image: {
          step: image.step,
          planDigest: image.planDigest,
          ...(options.imageDigest === undefined ? {} : { digest: options.imageDigest }),
          platformContract: image.platformContract,
        },
        versions: { server: options.version, ...(await gossVersion(options.manifestFile)), node: process.version },
        machine: { system: await systemName(), kernel: release(), architecture: arch() },
      };
      const text = `${JSON.stringify(evidence, null, 2)}\n`;
      const file = join(folder, `${dispute}.json`);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeFile(`${file}.new`, text, { mode: 0o600 });
      await rename(`${file}.new`, file);
      await forgetOldest();
      events.append({
        type: "check-disputed",
        step: id,
        ...(evidence.note === "" ? {} : { note: evidence.note }),
        evidence: dispute,
      });
      return {
        id: dispute,
        path: evidenceApi.evidence.replace(":id", dispute),
        fileName: `${workshop.name}-${id}-${dispute}.json`,
        bytes: Buffer.byteLength(text),
        ...(workshop.feedbackUrl === undefined ? {} : { feedbackUrl: workshop.feedbackUrl }),
      };
    },
    read: async (id) => {
      if (/^[0-9A-Za-z-]+$/.test(id))
        try {
          return await readFile(join(folder, `${id}.json`), "utf8");
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
        }
      throw new AppError("not-found", "There is no such evidence (any more).");
    },
  };
};

const workingDirectoryOf = ({ workingDirectory, redact }: DisputesOptions): { workingDirectory?: string } => {
  const found = workingDirectory();
  return found === undefined ? {} : { workingDirectory: redact(found) };
};

const digestOf = async (path: string): Promise<string> =>
  readFile(path).then(
    (text) => `sha256:${createHash("sha256").update(text).digest("hex")}`,
    () => "none",
  );

const gossVersion = async (manifest: string): Promise<{ goss?: string }> => {
  try {
    const { versions } = JSON.parse(await readFile(manifest, "utf8")) as { versions?: { goss?: unknown } };
    return typeof versions?.goss === "string" ? { goss: versions.goss } : {};
  } catch {
    return {};
  }
};

/** Debian GNU/Linux 12 (bookworm), as the image itself says. */
const systemName = async (): Promise<string> =>
  readFile("/etc/os-release", "utf8").then(
    (text) => /^PRETTY_NAME="?([^"\n]*)/m.exec(text)?.[1] ?? "Linux",
    () => "Linux",
  );
