import { AppError, acceptedPlatformContracts, labels } from "@atelier/domain";
import type { Engine } from "../engine/engine.ts";

/** An image of another architecture or platform contract is refused with words, not with "exec format error". */
export const refuseForeignImage = async (
  engine: Engine,
  image: NonNullable<Awaited<ReturnType<Engine["inspectImage"]>>>,
): Promise<void> => {
  const names: Readonly<Record<string, string>> = { x86_64: "amd64", aarch64: "arm64" };
  const { Architecture } = await engine.info();
  const engineArchitecture = names[Architecture] ?? Architecture;
  if (image.Architecture !== engineArchitecture)
    throw new AppError(
      "wrong-architecture",
      `The image is built for ${image.Architecture}, but this engine runs on ${engineArchitecture}.`,
      {
        hint: "Build the workshop on this machine, or publish it for both architectures.",
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
