import type { Engine, ImageInspect, SavedRecord } from "@atelier/backend-docker";
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

export interface ImageWorkshop {
  readonly record: BuildRecord;
  readonly workshop: CompiledWorkshop;
  /** Step that the image shows solved; `start` before all. */
  readonly step: string;
}

/**
 * Rebuilds the record of a workshop from an image alone: the compiled workshop inside it, and the other
 * steps' images found by their tags in the same repository. Those tags move: where they have gone on to
 * another build, the image's own is looked for among the records of this machine.
 * Throws `AppError` `not-a-workshop-image`, and `image-missing` when steps of it are not here.
 */
export const recordOfImage = async (
  engine: Pick<Engine, "inspectImage" | "listImages" | "createContainer" | "getArchive" | "removeContainer">,
  reference: string,
  records: readonly Pick<SavedRecord, "record">[],
): Promise<ImageWorkshop> => {
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
  // A copy under another name is a workshop of its own, beside the original that is here perhaps.
  const repositories = [repositoryOf(reference), workshop.image].map(nameInEngine);
  const siblings = await engine.listImages([
    `${labels.workshop}=${workshop.name}`,
    `${labels.version}=${workshop.version}`,
  ]);
  const platform = `${image.Os}/${image.Architecture}`;
  const ownStep = own[labels.step] ?? "start";
  const idOf = (step: string): string | undefined =>
    repositories
      .map((repository) =>
        siblings.find(({ RepoTags }) => RepoTags.includes(`${repository}:${workshop.version}-${step}`)),
      )
      .find((sibling) => sibling !== undefined)?.Id;
  const all = ["start", ...workshop.steps];
  if ((idOf(ownStep) ?? image.Id) !== image.Id) {
    const here = new Set(siblings.map(({ Id }) => Id));
    const known = records.find(
      ({ record }) => isWhole(record, here) && record.steps.some((entry) => idsOf(entry).includes(image.Id)),
    );
    if (known) return { record: known.record, workshop, step: ownStep };
    throw new AppError(
      "image-missing",
      `${reference} is of another build than what "${workshop.version}-${ownStep}" names now, and so are the images of its other steps.`,
      { hint: `Run the newest: atelier run ${repositoryOf(reference)}:${workshop.version}-${ownStep}` },
    );
  }
  const found = all.map((step) => ({ step, id: step === ownStep ? image.Id : idOf(step) }));
  const missing = found.filter(({ id }) => id === undefined).map(({ step }) => step);
  if (missing.length > 0)
    throw new AppError(
      "image-missing",
      `Of ${workshop.name} ${workshop.version} the images of these steps are not here: ${missing.join(", ")}.`,
      {
        hint: "A student moves between the images of all steps. Build the whole workshop (without --only), or pull them all.",
      },
    );
  const steps = found.map(({ step, id = "" }) => ({
    step,
    tag: `${workshop.version}-${step}`,
    images: [{ platform, configDigest: id, layers: [], pushed: [] }],
  }));
  const start = steps.find(({ step }) => step === "start")?.images[0]?.configDigest;
  return {
    workshop,
    step: ownStep,
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

const idsOf = ({ images }: BuildRecord["steps"][number]): readonly string[] =>
  images.map(({ configDigest }) => configDigest);

/** Whether every step of a record has one of its images here. */
const isWhole = ({ steps }: BuildRecord, here: ReadonlySet<string>): boolean =>
  steps.every((entry) => idsOf(entry).some((id) => here.has(id)));

/** The image of a tag in the repository that was named; what goes by an id alone has none. */
const broughtAlong = async (
  engine: Pick<Engine, "inspectImage">,
  reference: string,
  tag: string,
): Promise<ImageInspect | undefined> =>
  reference.startsWith("sha256:") ? undefined : engine.inspectImage(`${repositoryOf(reference)}:${tag}`);

/** A reference without its tag or digest. */
export const repositoryOf = (reference: string): string =>
  reference.replace(/@sha256:[0-9a-f]+$/, "").replace(/:[\w][\w.-]*$/, "");

/** `workshop.json` out of an image, without starting it. */
export const readCompiled = async (
  engine: Pick<Engine, "createContainer" | "getArchive" | "removeContainer">,
  id: string,
  reference: string,
): Promise<CompiledWorkshop> => {
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
