import type { Engine, ImageInspect } from "@atelier/backend-docker";
import { nameInEngine } from "@atelier/build";
import {
  AppError,
  type BuildRecord,
  type CompiledWorkshop,
  compiledWorkshopSchema,
  labels,
  platformContract,
} from "@atelier/domain";
import { readTar } from "@atelier/node-kit";
import { builtServiceName, serviceTag } from "./share/images-of-record.ts";

/**
 * Rebuilds the record of a workshop from an image alone: the compiled workshop inside it, and the other
 * steps' images found by their tags in the same repository; with the step of the image itself. Throws `AppError`
 * `not-a-workshop-image`.
 */
export const recordOfImage = async (
  engine: Engine,
  reference: string,
): Promise<{ record: BuildRecord; workshop: CompiledWorkshop; step: string | undefined }> => {
  const image = await engine.inspectImage(reference);
  if (image === undefined)
    throw new AppError("image-missing", `There is neither a folder nor an image "${reference}" here.`, {
      hint: "Name a workshop's folder, or an image that `docker image ls` shows.",
    });
  const own = image.Config?.Labels ?? {};
  if (own[labels.workshop] === undefined || own[labels.version] === undefined)
    throw new AppError("not-a-workshop-image", `${reference} was not built by Atelier.`, {
      hint: "Run a folder, or an image that `atelier build` made.",
    });
  const workshop = await readCompiled(engine, image.Id, reference);
  const repositories = [workshop.image, repositoryOf(reference)].map(nameInEngine);
  const siblings = await engine.listImages([
    `${labels.workshop}=${workshop.name}`,
    `${labels.version}=${workshop.version}`,
  ]);
  const platform = `${image.Os}/${image.Architecture}`;
  const steps = ["start", ...workshop.steps].flatMap((step) => {
    const isOwn = own[labels.step] === step;
    const id = isOwn
      ? image.Id
      : siblings.find(({ RepoTags }) =>
          repositories.some((repository) => RepoTags.includes(`${repository}:${workshop.version}-${step}`)),
        )?.Id;
    return id === undefined
      ? []
      : [
          {
            step,
            tag: `${workshop.version}-${step}`,
            images: [{ platform, configDigest: id, layers: [], pushed: [] }],
          },
        ];
  });
  const start = steps.find(({ step }) => step === "start")?.images[0]?.configDigest;
  return {
    workshop,
    step: own[labels.step],
    record: {
      v: 1,
      workshop: workshop.name,
      version: workshop.version,
      title: workshop.title,
      image: workshop.image,
      navigation: workshop.navigation,
      next: workshop.next,
      platformContract: Number(own[labels.platformContract] ?? platformContract),
      planDigest: own[labels.planDigest] ?? "",
      steps,
      services: await Promise.all(
        workshop.infrastructure.services.map(async (service) => {
          const id =
            service.source.kind === "workshop"
              ? start
              : // What came with the workshop, before what goes by the same name here.
                (
                  (await broughtAlong(engine, reference, serviceTag(workshop.version, service.name))) ??
                  (await engine.inspectImage(
                    service.source.kind === "image"
                      ? service.source.image
                      : builtServiceName(workshop.name, service.name),
                  ))
                )?.Id;
          return { ...service, ...(id === undefined ? {} : { imageId: id }) };
        }),
      ),
      ...(workshop.infrastructure.cluster === undefined ? {} : { cluster: workshop.infrastructure.cluster }),
      requirements:
        workshop.infrastructure.cluster?.provider === undefined
          ? []
          : [
              {
                capability: `nested-cluster-${workshop.infrastructure.cluster.provider}`,
                path: "infrastructure.cluster.provider",
              },
            ],
    },
  };
};

/** The image of a tag in the repository that was named; what goes by an id alone has none. */
const broughtAlong = async (engine: Engine, reference: string, tag: string): Promise<ImageInspect | undefined> =>
  reference.startsWith("sha256:") ? undefined : engine.inspectImage(`${repositoryOf(reference)}:${tag}`);

/** A reference without its tag or digest. */
export const repositoryOf = (reference: string): string =>
  reference.replace(/@sha256:[0-9a-f]+$/, "").replace(/:[\w][\w.-]*$/, "");

/** `workshop.json` out of an image, without starting it. */
export const readCompiled = async (engine: Engine, id: string, reference: string): Promise<CompiledWorkshop> => {
  const container = await engine.createContainer(undefined, { Image: id, Labels: { [labels.role]: "build" } });
  try {
    const stream = await engine.getArchive(container, "/workshop/workshop.json");
    for await (const entry of readTar(stream)) {
      const chunks: Buffer[] = [];
      for await (const chunk of entry) chunks.push(chunk as Buffer);
      return compiledWorkshopSchema.parse(JSON.parse(Buffer.concat(chunks).toString("utf8")));
    }
    throw new Error("it is empty");
  } catch (cause) {
    throw new AppError("not-a-workshop-image", `${reference} holds no readable workshop: ${(cause as Error).message}`, {
      hint: "Build the workshop again.",
      cause,
    });
  } finally {
    await engine.removeContainer(container);
  }
};
