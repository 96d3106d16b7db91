import { labels, platformContract } from "../build-record/build-record.ts";
import type { SourceTree } from "../spec/source-tree.ts";
import type { Step, StepFile, Workshop } from "../workshop/workshop.ts";
import { compileMetadata } from "./compile-metadata.ts";
import type { ChainImage, ImagePlan, PlanLayer, PlannedFile, PublishedImage, Sha256 } from "./image-plan.ts";

/** A layer before its digest is known. */
type Undigested<L> = L extends PlanLayer ? Omit<L, "digest"> : never;

/**
 * Plans every image of a workshop. Pure: two calls with equal input give equal plans. Digests of chain
 * images depend only on recipes (files, env, commands), digests of published ones on texts and checks
 * too, which is what lets an edited text run no author command.
 */
export const planImages = (workshop: Workshop, tree: SourceTree, sha256: Sha256): ImagePlan => {
  const digestOf = (value: unknown): string => `sha256:${sha256(JSON.stringify(value))}`;
  const baseDigest = digestOf({
    base: workshop.base,
    baseFile: workshop.base.kind === "containerFile" ? contextDigests(workshop.base.containerFile, tree) : undefined,
    user: workshop.user,
    sudo: workshop.sudo,
  });

  const chain: ChainImage[] = [];
  let below = baseDigest;
  for (const step of workshop.steps) {
    const layers: PlanLayer[] = [];
    for (const layer of layersOf(step, tree)) {
      below = digestOf({ below, layer: withoutPlace(layer) });
      layers.push({ ...layer, digest: below } as PlanLayer);
    }
    below = digestOf({ below, step: step.id });
    chain.push({ step: step.id, layers, digest: below });
  }

  const serviceFiles = workshop.infrastructure.services.flatMap(({ name, source }) =>
    source.kind === "containerFile"
      ? [
          {
            service: name,
            containerFile: source.containerFile,
            digest: digestOf(contextDigests(source.containerFile, tree)),
          },
        ]
      : [],
  );
  const metadata = compileMetadata(workshop, tree);
  const metadataDigest = digestOf(metadata);
  const published = ["start", ...workshop.steps.map(({ id }) => id as string)].map((step, index): PublishedImage => {
    const from = chain[index - 1];
    return {
      step,
      ...(from ? { from: from.step } : {}),
      metadata,
      labels: {
        [labels.workshop]: workshop.name,
        [labels.version]: workshop.version,
        [labels.step]: step,
        [labels.platformContract]: String(platformContract),
        [labels.recipeDigest]: from?.digest ?? baseDigest,
        "org.opencontainers.image.title": workshop.title,
        "org.opencontainers.image.version": workshop.version,
        ...(workshop.description ? { "org.opencontainers.image.description": workshop.description } : {}),
        ...(workshop.license ? { "org.opencontainers.image.licenses": workshop.license } : {}),
      },
      digest: digestOf({ from: from?.digest ?? baseDigest, metadataDigest, step }),
    };
  });

  return {
    v: 1,
    workshop: { name: workshop.name, version: workshop.version },
    image: workshop.image,
    base: workshop.base,
    student: { user: workshop.user, sudo: workshop.sudo },
    chain,
    published,
    serviceFiles,
    digest: digestOf({
      published: published.map(({ digest }) => digest),
      image: workshop.image,
      ...(serviceFiles.length > 0 ? { serviceFiles } : {}),
    }),
  };
};

/** Files first, then env, then commands: what the author lists under one step, in that order. */
const layersOf = (step: Step, tree: SourceTree): readonly Undigested<PlanLayer>[] => [
  ...(step.files.length > 0
    ? [{ kind: "files" as const, files: step.files.flatMap((file) => plannedFiles(file, tree)) }]
    : []),
  ...(Object.keys(step.env).length > 0 ? [{ kind: "env" as const, env: step.env }] : []),
  ...step.commands.map(({ run, user, cwd, secrets, at }) => ({
    kind: "command" as const,
    run,
    user,
    cwd,
    secrets,
    ...(at ? { at } : {}),
  })),
];

/** Where a command stands in its file must not rebuild it. */
const withoutPlace = (layer: Undigested<PlanLayer>): unknown =>
  layer.kind === "command" ? { ...layer, at: undefined } : layer;

const plannedFiles = (file: StepFile, tree: SourceTree): readonly PlannedFile[] => {
  const single = sourceFile(file, file.source, { target: file.target, tree });
  if (single) return [single];
  const prefix = `${file.source}/`;
  return [...tree.entries.keys()]
    .filter((path) => path.startsWith(prefix))
    .sort()
    .flatMap((path): readonly PlannedFile[] => {
      const target = `${file.target.replace(/\/$/, "")}/${path.slice(prefix.length)}`;
      if (tree.entries.get(path)?.kind === "folder")
        return [{ kind: "folder", target, mode: 0o755, owner: file.owner }];
      const planned = sourceFile(file, path, { target, tree });
      return planned ? [planned] : [];
    });
};

const sourceFile = (
  file: StepFile,
  source: string,
  place: { readonly target: string; readonly tree: SourceTree },
): PlannedFile | undefined => {
  const direct = place.tree.entries.get(source);
  const entry =
    direct?.kind === "link" && direct.resolved !== undefined ? place.tree.entries.get(direct.resolved) : direct;
  if (entry?.kind !== "file") return undefined;
  const isScript = entry.bytes[0] === 0x23 && entry.bytes[1] === 0x21;
  return {
    kind: "source",
    source: direct?.kind === "link" && direct.resolved !== undefined ? direct.resolved : source,
    target: place.target,
    mode: file.mode ?? (isScript ? 0o755 : 0o644),
    owner: file.owner,
    digest: entry.digest,
  };
};

/** A container file and everything beside it that it may copy, by path, each with what tells whether it changed. */
export const contextDigests = (containerFile: string, tree: SourceTree): readonly (readonly unknown[])[] =>
  contextOf(containerFile.slice(0, containerFile.lastIndexOf("/") + 1), tree).map((path) => {
    const entry = tree.entries.get(path);
    if (entry?.kind === "file") return [path, entry.digest, entry.executable];
    return [path, entry?.kind === "link" ? entry.target : ""];
  });

/**
 * What the build of a container file may copy: its folder. At the workshop's root that leaves out what
 * is content, since an edited text must not rebuild the base.
 */
export const contextOf = (folder: string, tree: SourceTree): readonly string[] =>
  [...tree.entries.keys()]
    .filter(
      (path) =>
        path.startsWith(folder) &&
        (folder !== "" || !/^(steps|assets|prompts)(\/|$)|\.md$|^workshop\.yaml$/.test(path)),
    )
    .sort();
