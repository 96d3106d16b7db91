import { platformPaths } from "@atelier/contract";
import { AppError } from "@atelier/domain";
import type { ChainWork } from "../chain/chain-builder.ts";
import { asIdentity, environmentOf } from "../chain/command-line.ts";
import { trustEnvironment, trustInput, trustScript } from "../chain/extra-trust.ts";
import { rootIdentity } from "../chain/identity.ts";
import type { LayerGroup } from "../chain/layer-groups.ts";
import { layerOf } from "../chain/step-files.ts";
import { headerInContainer } from "../ground/read-container.ts";
import { mergeEnv } from "../image/engine-image.ts";
import { makeTar, type TarEntry } from "../tar/make-tar.ts";
import { buildLabels } from "./build-labels.ts";

/** bash where there is one; else what the command would have had. */
const shell = 'cd "$1" 2>/dev/null || cd /; if [ -x /bin/bash ]; then exec /bin/bash -i; fi; exec /bin/sh -i';

const trustPath = "/opt/atelier/.extra-ca";

/** A container that nothing is ever made of may have it in its own layer: it is removed with the shell. */
const trustEntry = (trust: Uint8Array): TarEntry => ({
  name: trustPath.slice(1),
  type: "file",
  mode: 0o600,
  uid: 0,
  gid: 0,
  content: trustInput(trust),
});

/**
 * Opens a shell where a command failed: on the image below it, with the files that were put for it. What is
 * done there is gone afterwards. Does nothing unless somebody asked for it.
 */
export const openFailureShell = async (
  work: ChainWork,
  { image, group, step, error }: { image: string; group: LayerGroup; step: string; error: unknown },
): Promise<void> => {
  const { engine, ground, request, stateId, trust } = work;
  const { command } = group;
  if (!request.onFailedCommand || !command || !(error instanceof AppError) || error.code !== "command-failed") return;
  const identity = command.user === "student" ? ground.student : rootIdentity;
  const container = await engine.createContainer(undefined, {
    Image: image,
    Entrypoint: [
      platformPaths.tini,
      "--",
      ...(trust ? ["/bin/sh", "-c", `(${trustScript}) < ${trustPath}; exec "$@"`, "atelier"] : []),
      ...asIdentity(identity),
      "/bin/sh",
      "-c",
      shell,
      "atelier",
      command.cwd,
    ],
    Cmd: [],
    Env: mergeEnv(ground.image.config.Env ?? [], {
      ...group.env,
      ...environmentOf(identity),
      ...work.proxies,
      ...(trust ? trustEnvironment : {}),
      TERM: "xterm-256color",
      TERMINFO: platformPaths.terminfo,
    }),
    User: "0:0",
    WorkingDir: "/",
    Hostname: step.slice(0, 60),
    Tty: true,
    OpenStdin: true,
    StdinOnce: true,
    Labels: buildLabels(stateId),
  });
  try {
    if (group.files.length > 0) {
      const entries = await layerOf(group.files, ground.student, {
        tree: request.tree,
        folder: request.folder,
        workdir: request.workshop.workdir,
        readHeader: (path) => headerInContainer(engine, container, path),
      });
      await engine.putArchive(container, { path: "/", tar: makeTar(entries) });
    }
    if (trust) await engine.putArchive(container, { path: "/", tar: makeTar([trustEntry(trust)]) });
    await request.onFailedCommand({ step, container, error });
  } finally {
    await engine.removeContainer(container);
  }
};
