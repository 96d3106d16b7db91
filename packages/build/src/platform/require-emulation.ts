import type { Engine } from "@atelier/backend-docker";
import { platformPaths } from "@atelier/contract";
import { AppError, type ImagePlan } from "@atelier/domain";
import { buildLabels } from "../docker/build-labels.ts";
import type { Platform } from "./platform-versions.ts";

export interface EmulationOptions {
  readonly engine: Engine;
  readonly stateId: string;
  readonly platform: Platform;
  readonly native: Platform;
  /** Image of the platform layer for the foreign platform. */
  readonly runtime: string;
  readonly plan: ImagePlan;
  readonly signal: AbortSignal;
}

/**
 * Tries whether the engine runs programs of another architecture, with our own Node. Throws `AppError`
 * `platform-unsupported` that names the steps whose commands would have to.
 */
export const requireEmulation = async (options: EmulationOptions): Promise<void> => {
  const { engine, stateId, platform, native, runtime, plan, signal } = options;
  const container = await engine.createContainer(undefined, {
    Image: runtime,
    Entrypoint: [platformPaths.node, "--version"],
    Cmd: [],
    Labels: buildLabels(stateId),
    HostConfig: { NetworkMode: "none" },
  });
  try {
    await engine.startContainer(container, signal);
    if ((await engine.waitContainer(container, signal)) === 0) return;
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof AppError) || error.code !== "docker-failed") throw error;
  } finally {
    await engine.removeContainer(container);
  }
  const steps = plan.chain.flatMap(({ step, layers }) => (layers.some(({ kind }) => kind === "command") ? [step] : []));
  throw new AppError(
    "platform-unsupported",
    `This engine (${native}) does not run programs for ${platform}, which the commands of ${steps.map((step) => `"${step}"`).join(", ")} need.`,
    {
      hint: `Register an emulator (qemu-user-static with binfmt; \`docker run --privileged --rm tonistiigi/binfmt --install ${platform.split("/")[1]}\` does it), or build for ${platform} on a machine of that kind. Files, pages and environment alone need none.`,
    },
  );
};
