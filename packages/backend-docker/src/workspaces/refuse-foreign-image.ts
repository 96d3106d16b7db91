import { platformPaths } from "@atelier/contract";
import { AppError, acceptedPlatformContracts, isAppError, labels } from "@atelier/domain";
import type { Engine } from "../engine/engine.ts";

type Image = NonNullable<Awaited<ReturnType<Engine["inspectImage"]>>>;
type ProbingEngine = Pick<Engine, "info" | "createContainer" | "startContainer" | "waitContainer" | "removeContainer">;

/** Architectures that an engine was seen to run besides its own: a server looks once. */
const emulated = new WeakMap<ProbingEngine, Map<string, Promise<boolean>>>();

/**
 * An image of another architecture that the engine does not run, or of another platform contract, is refused
 * with words, not with "exec format error". What an emulator runs is let through. Throws `AppError`
 * `wrong-architecture`, `wrong-contract`.
 */
export const refuseForeignImage = async (engine: ProbingEngine, image: Image): Promise<void> => {
  const names: Readonly<Record<string, string>> = { x86_64: "amd64", aarch64: "arm64" };
  const { Architecture } = await engine.info();
  const engineArchitecture = names[Architecture] ?? Architecture;
  if (image.Architecture !== engineArchitecture && !(await runsEmulated(engine, image)))
    throw new AppError(
      "wrong-architecture",
      `The image is built for ${image.Architecture}, but this engine runs on ${engineArchitecture} and has no emulator for it.`,
      {
        hint: `Build the workshop on this machine, or publish it for both architectures (\`atelier build --platform linux/amd64,linux/arm64\`), or register an emulator (qemu-user-static with binfmt).`,
      },
    );
  const contract = Number(image.Config?.Labels[labels.platformContract]);
  if (!acceptedPlatformContracts.includes(contract))
    throw new AppError(
      "wrong-contract",
      `The image was built with platform contract ${Number.isNaN(contract) ? "unknown" : contract}; this version works with ${acceptedPlatformContracts.join(" and ")}.`,
      {
        hint: "Build the workshop again with this version of atelier.",
      },
    );
};

const runsEmulated = (engine: ProbingEngine, image: Image): Promise<boolean> => {
  const known = emulated.get(engine) ?? new Map<string, Promise<boolean>>();
  emulated.set(engine, known);
  const answer = known.get(image.Architecture) ?? tryImage(engine, image.Id);
  known.set(image.Architecture, answer);
  // A try that failed by itself says nothing.
  answer.catch(() => known.delete(image.Architecture));
  return answer;
};

/** Whether the engine runs the Node that an image brings. */
const tryImage = async (engine: ProbingEngine, image: string): Promise<boolean> => {
  const container = await engine.createContainer(undefined, {
    Image: image,
    Entrypoint: [platformPaths.node, "--version"],
    Cmd: [],
    Labels: { [labels.role]: "build" },
    HostConfig: { NetworkMode: "none" },
  });
  try {
    await engine.startContainer(container);
    return (await engine.waitContainer(container)) === 0;
  } catch (error) {
    // What the kernel does not know how to start.
    if (isAppError(error) && error.code === "docker-failed") return false;
    throw error;
  } finally {
    await engine.removeContainer(container);
  }
};
