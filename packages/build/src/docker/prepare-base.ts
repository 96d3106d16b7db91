import type { Engine } from "@atelier/backend-docker";
import { AppError, addStudent, type ImagePlan } from "@atelier/domain";
import { type AppBundle, appEntries } from "../platform/app-bundle.ts";
import type { RuntimeLayer } from "../platform/runtime-layer.ts";
import { makeTar, type TarEntry } from "../tar/make-tar.ts";
import { buildLabels } from "./build-labels.ts";
import type { LayerCache, LayerImage } from "./layer-cache.ts";
import { readInContainer, statInContainer } from "./read-container.ts";
import type { CommandIdentity } from "./run-command.ts";

export interface PrepareBaseOptions {
  readonly engine: Engine;
  readonly cache: LayerCache;
  readonly base: { readonly id: string; readonly name: string };
  readonly runtime: RuntimeLayer;
  readonly app: AppBundle;
  readonly student: ImagePlan["student"];
  readonly stateId: string;
  readonly signal: AbortSignal;
}

export interface PreparedBase extends LayerImage {
  readonly student: CommandIdentity;
  readonly isCached: boolean;
}

/**
 * Puts the platform layer and the student on a base. Works on files alone: the base's own programs are
 * not started. Throws `AppError` `base-without-shell`.
 */
export const prepareBase = async (options: PrepareBaseOptions): Promise<PreparedBase> => {
  const { engine, cache, base, runtime, app, signal } = options;
  const { student, files } = await planStudent(options);
  const ground: LayerImage = { id: base.id, digest: base.id };
  const withRuntime = await cache.layer({
    parent: ground,
    input: ["runtime", runtime.digest],
    fill: async (container) => {
      const source = await engine.createContainer(undefined, {
        Image: runtime.image,
        Labels: buildLabels(options.stateId),
      });
      try {
        await engine.putArchive(container, { path: "/", tar: await engine.getArchive(source, "/opt", signal), signal });
      } finally {
        await engine.removeContainer(source);
      }
    },
  });
  const withApp = await cache.layer({
    parent: withRuntime,
    input: ["app", app.digest],
    fill: async (container) => engine.putArchive(container, { path: "/", tar: makeTar(await appEntries(app)), signal }),
  });
  const withStudent = await cache.layer({
    parent: withApp,
    input: ["student", options.student, student, files.map(({ name, content }) => [name, String(content ?? "")])],
    config: { User: "0:0" },
    fill: (container) => engine.putArchive(container, { path: "/", tar: makeTar(files), signal }),
  });
  return { ...withStudent, student, isCached: withRuntime.isCached && withApp.isCached && withStudent.isCached };
};

const planStudent = async ({
  engine,
  base,
  student: wanted,
  stateId,
}: PrepareBaseOptions): Promise<{ student: CommandIdentity; files: readonly TarEntry[] }> => {
  const probe = await engine.createContainer(undefined, {
    Image: base.id,
    Entrypoint: ["/nothing"],
    Cmd: [],
    Labels: buildLabels(stateId),
  });
  try {
    if (!(await statInContainer(engine, probe, "/bin/sh")))
      throw new AppError(
        "base-without-shell",
        `The base ${base.name} has no /bin/sh, which commands and terminals need.`,
        {
          hint: "Choose a base with a shell, or add one in a base.containerFile (a static busybox is enough).",
        },
      );
    const [passwd, group, shadow] = await Promise.all(
      ["/etc/passwd", "/etc/group", "/etc/shadow"].map((path) => readInContainer(engine, probe, path)),
    );
    const hasBash = (await statInContainer(engine, probe, "/bin/bash")) !== undefined;
    const text = (file: { content: Buffer } | undefined): string => file?.content.toString("utf8") ?? "";
    const added = addStudent(
      { passwd: text(passwd), group: text(group), shadow: text(shadow) },
      hasBash ? "/bin/bash" : "/bin/sh",
    );
    const identity: CommandIdentity = {
      name: "student",
      uid: added.uid,
      gid: added.gid,
      groups: added.groups,
      home: added.home,
    };
    const root = { uid: 0, gid: 0 };
    const own = { uid: added.uid, gid: added.gid };
    const files: TarEntry[] = [];
    if (!added.isAdopted) {
      files.push({ name: "etc/passwd", type: "file", mode: 0o644, ...root, content: added.passwd });
      files.push({ name: "etc/group", type: "file", mode: 0o644, ...root, content: added.group });
      if (shadow)
        files.push({
          name: "etc/shadow",
          type: "file",
          mode: (shadow.header.mode ?? 0o640) & 0o777,
          uid: shadow.header.uid ?? 0,
          gid: shadow.header.gid ?? 0,
          content: added.shadow,
        });
    }
    const home = added.home.slice(1);
    if (!(await statInContainer(engine, probe, added.home))) {
      files.push({ name: home, type: "folder", mode: 0o755, ...own });
      for (const name of [".profile", ".bashrc", ".bash_logout"]) {
        const skeleton = await readInContainer(engine, probe, `/etc/skel/${name}`);
        if (skeleton)
          files.push({ name: `${home}/${name}`, type: "file", mode: 0o644, ...own, content: skeleton.content });
      }
    }
    if (wanted.sudo)
      files.push({
        name: "etc/sudoers.d/atelier-student",
        type: "file",
        mode: 0o440,
        ...root,
        content: "student ALL=(ALL:ALL) NOPASSWD: ALL\n",
      });
    return { student: identity, files };
  } finally {
    await engine.removeContainer(probe);
  }
};
