import type { Engine } from "@atelier/backend-docker";
import { platformPaths } from "@atelier/contract";
import { AppError, addStudent, type ImagePlan } from "@atelier/domain";
import { type BaseFacts, findInstaller } from "../base/base-facts.ts";
import { foldersAround } from "../chain/folders-around.ts";
import type { CommandIdentity } from "../chain/identity.ts";
import { buildLabels } from "../docker/build-labels.ts";
import type { TarEntry } from "../tar/make-tar.ts";
import {
  type ContainerFile,
  existsInContainer,
  headerInContainer,
  readFolderInContainer,
  readInContainer,
} from "./read-container.ts";

export interface PlanStudentOptions {
  readonly engine: Engine;
  readonly base: { readonly id: string; readonly name: string };
  readonly student: ImagePlan["student"];
  readonly stateId: string;
}

const programFolders = ["/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin"];
/** Where programs look for certificates: Debian and Alpine, Red Hat, and a place that some link to. */
const certificatePlaces = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/cert.pem",
];

export interface PlannedStudent {
  readonly student: CommandIdentity;
  readonly files: readonly TarEntry[];
  readonly facts: BaseFacts;
}

/**
 * What a base needs for the student to live in it. Works on files alone: the base's own programs are not
 * started. Throws `AppError` `base-without-shell`.
 */
export const planStudent = async ({
  engine,
  base,
  student: wanted,
  stateId,
}: PlanStudentOptions): Promise<PlannedStudent> => {
  const probe = await engine.createContainer(undefined, {
    Image: base.id,
    Entrypoint: ["/nothing"],
    Cmd: [],
    Labels: buildLabels(stateId),
  });
  const exists = (path: string): Promise<boolean> => existsInContainer(engine, probe, path);
  try {
    if (!(await exists("/bin/sh")))
      throw new AppError("base-without-shell", `${base.name} has no /bin/sh, which commands and terminals need.`, {
        hint: "Take a base that has a shell, or write a containerFile that copies one in.",
      });
    const [passwd, group, shadow] = await Promise.all(
      ["/etc/passwd", "/etc/group", "/etc/shadow"].map((path) => readInContainer(engine, probe, path)),
    );
    const text = (file: ContainerFile | undefined): string => file?.content.toString("utf8") ?? "";
    const hasProgram = (name: string): Promise<boolean> =>
      existsAny(
        programFolders.map((folder) => `${folder}/${name}`),
        exists,
      );
    const [hasBash, sudo, installer] = await Promise.all([
      exists("/bin/bash"),
      hasProgram("sudo"),
      findInstaller(hasProgram),
    ]);
    const facts: BaseFacts = { bash: hasBash, sudo, ...(installer ? { installer } : {}) };
    const added = addStudent(
      { passwd: text(passwd), group: text(group), shadow: text(shadow) },
      hasBash ? "/bin/bash" : "/bin/sh",
    );
    const { uid, gid, groups, home } = added;
    const account = (name: string, content: string, original: ContainerFile | undefined): TarEntry => ({
      name,
      type: "file",
      mode: (original?.header.mode ?? 0o644) & 0o777,
      uid: original?.header.uid ?? 0,
      gid: original?.header.gid ?? 0,
      content,
    });
    const files: TarEntry[] = [];
    if (!added.isAdopted) {
      files.push(account("etc/passwd", added.passwd, passwd), account("etc/group", added.group, group));
      if (shadow) files.push(account("etc/shadow", added.shadow, shadow));
    }
    const brought = await headerInContainer(engine, probe, home);
    // A folder of that name that a base brings without the user is somebody else's; how open it is remains.
    if (brought === undefined || !added.isAdopted)
      files.push({ name: home.slice(1), type: "folder", mode: (modeOf(brought) ?? 0o750) | 0o700, uid, gid });
    if (brought === undefined)
      files.push(
        ...(await readFolderInContainer(engine, probe, "/etc/skel")).flatMap((file) =>
          skeletonEntry(file, { home, uid, gid }),
        ),
      );
    if (wanted.sudo)
      files.push({
        name: "etc/sudoers.d/atelier-student",
        type: "file",
        mode: 0o440,
        uid: 0,
        gid: 0,
        content: "student ALL=(ALL:ALL) NOPASSWD: ALL\n",
      });
    // Safe to add: a package that brings certificates puts its own file in the link's place.
    if (!(await existsAny(certificatePlaces, exists)))
      files.push({
        name: "etc/ssl/certs/ca-certificates.crt",
        type: "link",
        mode: 0o777,
        uid: 0,
        gid: 0,
        target: platformPaths.caCertificates,
      });
    // Every shell, and much that an author installs, takes these for granted.
    for (const [name, mode] of [
      ["tmp", 0o1777],
      ["var/tmp", 0o1777],
      ["root", 0o700],
    ] as const)
      if (!(await exists(`/${name}`))) files.push({ name, type: "folder", mode, uid: 0, gid: 0 });
    const { folders, realPathOf } = await foldersAround(
      files.map(({ name }) => `/${name}`),
      (path) => headerInContainer(engine, probe, path),
      () => ({ mode: 0o755, uid: 0, gid: 0 }),
    );
    const placed = files.map((file) => ({ ...file, name: realPathOf(`/${file.name}`).slice(1) }));
    const own = new Set(placed.map(({ name }) => name));
    return {
      student: { name: "student", uid, gid, groups, home },
      facts,
      files: [...folders.filter(({ name }) => !own.has(name)), ...placed],
    };
  } finally {
    await engine.removeContainer(probe);
  }
};

/** Of a folder that is there. */
const modeOf = (header: ContainerFile["header"] | undefined): number | undefined =>
  header?.type === "directory" && header.mode !== undefined ? header.mode & 0o7777 : undefined;

const existsAny = async (paths: readonly string[], exists: (path: string) => Promise<boolean>): Promise<boolean> =>
  (await Promise.all(paths.map(exists))).includes(true);

/** What a new user's home starts with, as useradd would copy it. The archive names it `skel/…`. */
const skeletonEntry = (
  { header, content }: ContainerFile,
  { home, uid, gid }: { readonly home: string; readonly uid: number; readonly gid: number },
): readonly TarEntry[] => {
  const path = header.name.replace(/^skel\/?/, "").replace(/\/$/, "");
  const entry = { name: `${home.slice(1)}/${path}`, mode: (header.mode ?? 0o644) & 0o777, uid, gid };
  if (path === "") return [];
  if (header.type === "directory") return [{ ...entry, type: "folder" }];
  if (header.type === "symlink") return [{ ...entry, type: "link", target: header.linkname ?? "" }];
  return header.type === "file" ? [{ ...entry, type: "file", content }] : [];
};
