import { serviceLabel } from "@atelier/backend-docker";
import type { LayoutImage } from "@atelier/build";
import { type BuildRecord, labels } from "@atelier/domain";

/**
 * Tags of a step's image (architecture.md, "Images"): the immutable one, and the movable ones that point
 * at the newest version.
 */
export const tagsOfStep = (record: BuildRecord, step: BuildRecord["steps"][number]): readonly string[] => [
  step.tag,
  ...new Set([`${record.version}-${step.step}`, step.step]),
];

/** Every step's image of a record, for each platform, named for a repository. */
export const stepImages = (record: BuildRecord, repository: string): readonly LayoutImage[] =>
  record.steps.flatMap((step) =>
    step.images.map(({ configDigest }) => ({
      id: configDigest,
      repository,
      tags: tagsOfStep(record, step),
      annotations: { [labels.step]: step.step },
    })),
  );

/** Ids of a service's own image for each platform; of one that is the workshop itself there are none. */
export const serviceImageIds = ({ source, imageId, images }: Service): readonly string[] =>
  source.kind === "workshop" ? [] : (images?.map((image) => image.imageId) ?? (imageId === undefined ? [] : [imageId]));

/** Images that run beside the student and are not the workshop's own. */
export const serviceImages = (record: BuildRecord): readonly LayoutImage[] =>
  record.services.flatMap((service) =>
    serviceImageIds(service).map((id) => ({
      id,
      ...nameOfService(record, service),
      annotations: { [serviceLabel]: service.name },
    })),
  );

/** Tag of a service's image beside the steps'; a step's id has no dot. */
export const serviceTag = (version: string, service: string): string => `${version}-service.${service}`;

/** Below which the engine has all services that were built from container files. */
export const builtServices = "atelier-service";

/** Under which the engine has a service that was built from a container file. */
export const builtServiceName = (workshop: string, service: string): string =>
  `${builtServices}/${workshop}-${service}`;

type Service = BuildRecord["services"][number];

/** The name under which a workspace looks its service's image up. */
const nameOfService = (record: BuildRecord, service: Service): { repository: string; tags: readonly string[] } => {
  if (service.source.kind !== "image")
    return { repository: builtServiceName(record.workshop, service.name), tags: ["latest"] };
  const [, repository = service.source.image, tag = "latest"] =
    /^(.+?)(?::([\w][\w.-]*))?$/.exec(service.source.image) ?? [];
  // A digest is no name that an engine would take for a loaded image; its id is enough then.
  return service.source.image.includes("@")
    ? { repository: service.source.image, tags: [] }
    : { repository, tags: [tag] };
};
