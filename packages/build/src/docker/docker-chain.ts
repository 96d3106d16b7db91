import { labels } from "@atelier/domain";
import type { ChainBuilder, ChainStep, ChainWork } from "../chain/chain-builder.ts";
import { requireSecrets, secretsOf } from "../chain/command-secrets.ts";
import { orEngineFull, temporaryPlace, withRoom } from "../disk-full.ts";
import { rootIdentity } from "../chain/identity.ts";
import {
  groupLayers,
  inputOf,
  type LayerGroup,
  type StepGroups,
  stepsAgain,
  wantedChain,
} from "../chain/layer-groups.ts";
import { placeOfGroup } from "../chain/place-of-group.ts";
import { layerOf } from "../chain/step-files.ts";
import { headerInContainer } from "../ground/read-container.ts";
import { type EngineImage, mergeEnv, readImage } from "../image/engine-image.ts";
import { writeLayer } from "../image/layer-file.ts";
import { loadImages } from "../image/load-images.ts";
import { makeTar, type TarEntry } from "../tar/make-tar.ts";
import { blankBuildLabels, buildLabels } from "./build-labels.ts";
import { openFailureShell } from "./failure-shell.ts";
import { digestOf } from "./image-cache.ts";
import { containerFor, runCommand } from "./run-command.ts";

interface Link {
  readonly id: string;
  readonly digest: string;
}

/**
 * Makes chain images with the Docker engine alone: create, fill, run, commit; one container per command.
 * It needs no BuildKit, and keeps secrets and proxies out of every image's configuration.
 */
export const dockerChain: ChainBuilder = async (work) => {
  const { request, ground, engine, now } = work;
  const steps: ChainStep[] = [];
  let below: Link = { id: ground.image.id, digest: ground.digest };
  const planned = groupLayers(wantedChain(request.plan.chain, request.only));
  forgetFrom(work);
  requireSecrets(request, await secretGroups(work));
  for (const [index, { step, groups, env }] of planned.entries()) {
    const started = now();
    request.onProgress({ kind: "step-started", step, number: index + 1, of: planned.length });
    const made = await buildStep(work, { step, groups, env }, below);
    below = made;
    steps.push({
      step,
      env,
      id: made.id,
      image: async () => (made.id === ground.image.id ? ground.image : readImage(engine, made.id)),
    });
    request.onProgress({ kind: "step-finished", step, cached: made.isCached, ms: now() - started });
  }
  return steps;
};

/** Keys of every group's image, in order, without making anything. */
const groupDigests = ({
  ground,
  request,
}: ChainWork): readonly (readonly [step: string, digest: string, group: LayerGroup])[] => {
  let digest = ground.digest;
  return groupLayers(wantedChain(request.plan.chain, request.only)).flatMap(({ step, groups }) =>
    groups.map((group) => {
      digest = groupDigest({ ground, request }, digest, group);
      return [step, digest, group] as const;
    }),
  );
};

/** What somebody wants to see run again is made again. */
const forgetFrom = (work: ChainWork): void => {
  const { request, cache } = work;
  const again = new Set(stepsAgain(wantedChain(request.plan.chain, request.only), request.fromStep));
  for (const [step, digest] of groupDigests(work)) if (again.has(step)) cache.forget(digest);
};

/** Groups that are to be made and whose commands need secrets. */
const secretGroups = async (work: ChainWork): Promise<readonly LayerGroup[]> => {
  const withSecrets = groupDigests(work).filter(([, , { command }]) => (command?.secrets.length ?? 0) > 0);
  const asked = withSecrets.map(async ([, digest, group]) => ((await work.cache.find(digest)) ? [] : [group]));
  return (await Promise.all(asked)).flat();
};

/** Whether everything that the recipes ask for was made by this builder before. */
export const isMadeByDocker = async (work: ChainWork): Promise<boolean> =>
  work.request.fromStep === undefined &&
  (await Promise.all(groupDigests(work).map(([, digest]) => work.cache.find(digest)))).every(
    (image) => image !== undefined,
  );

const groupDigest = (
  { ground, request }: Pick<ChainWork, "ground" | "request">,
  below: string,
  group: LayerGroup,
): string => digestOf("docker", below, inputOf(group), ground.student, request.workshop.workdir);

const buildStep = async (
  work: ChainWork,
  { step, groups }: StepGroups,
  below: Link,
): Promise<Link & { readonly isCached: boolean }> => {
  let link = below;
  let isCached = true;
  for (const group of groups) {
    const started = work.now();
    const digest = groupDigest(work, link.digest, group);
    const cached = await work.cache.find(digest);
    const id = cached?.id ?? (await buildGroup(work, { step, group, below: link, digest }));
    link = { id, digest };
    isCached &&= cached !== undefined;
    work.request.onProgress({
      kind: "layer",
      step,
      label: group.label,
      cached: cached !== undefined,
      ms: work.now() - started,
    });
  }
  return { ...link, isCached };
};

const buildGroup = async (
  work: ChainWork,
  { step, group, below, digest }: { step: string; group: LayerGroup; below: Link; digest: string },
): Promise<string> => {
  const { engine, request, ground, cache, stateId } = work;
  const { signal, onProgress } = request;
  const { command } = group;
  const doing = `Step "${step}"${placeOfGroup(request, step, group)}`;
  const identity = command?.user === "student" ? ground.student : rootIdentity;
  const secrets = secretsOf(request, group);
  signal.throwIfAborted();
  const container = await engine.createContainer(
    undefined,
    {
      Image: below.id,
      Entrypoint: ["/nothing"],
      Cmd: [],
      Env: mergeEnv(ground.image.config.Env ?? [], group.env),
      ...(command ? containerFor(command, { identity, trust: work.trust }) : {}),
      Labels: buildLabels(stateId),
    },
    signal,
  );
  try {
    const entries = await entriesOf(work, { group, container, below });
    let id: string;
    if (command === undefined) id = (await loadFiles(work, { below, entries, digest, doing })).id;
    else {
      if (entries.length > 0) await engine.putArchive(container, { path: "/", tar: makeTar(entries), signal });
      await runCommand({
        engine,
        container,
        step,
        command,
        identity,
        secrets,
        proxies: work.proxies,
        trust: work.trust,
        onLine: (line) => onProgress({ kind: "output", step, line }),
        signal,
      });
      signal.throwIfAborted();
      id = await engine.commit(container, {
        config: { Labels: { ...blankBuildLabels, [labels.layerDigest]: digest } },
      });
    }
    cache.remember(digest, { id, labels: {}, tags: [] });
    return id;
  } catch (error) {
    await openFailureShell(work, { image: below.id, group, step, error });
    throw orEngineFull(error, doing);
  } finally {
    work.later(() => engine.removeContainer(container));
  }
};

/** A group's files with the folders around them, as they are in the image below. */
const entriesOf = async (
  { engine, ground, request, memory }: ChainWork,
  { group: { files }, container, below }: { group: LayerGroup; container: string; below: Link },
): Promise<readonly TarEntry[]> =>
  files.length === 0
    ? []
    : layerOf(files, ground.student, {
        tree: request.tree,
        folder: request.folder,
        workdir: request.workshop.workdir,
        // What the image below holds at a path, never what its container does: nothing was put into that yet.
        readHeader: (path) => memory.headerIn(below.id, path, () => headerInContainer(engine, container, path)),
      });

/** Files alone are a layer that we write ourselves: the same files, the same bytes. */
const loadFiles = async (
  { engine, scratch, request }: ChainWork,
  { below, entries, digest, doing }: { below: Link; entries: readonly TarEntry[]; digest: string; doing: string },
): Promise<EngineImage> => {
  const parent = await readImage(engine, below.id);
  const layer = await withRoom(() => writeLayer(makeTar(entries), scratch), {
    doing: () => doing,
    ...temporaryPlace(),
  });
  const [image] = await loadImages(
    engine,
    [
      {
        parent,
        layers: [layer],
        config: { ...parent.config, Labels: { ...parent.config.Labels, [labels.layerDigest]: digest } },
        comment: "files",
      },
    ],
    request.signal,
  );
  if (image === undefined) throw new Error("one request makes one image");
  return image;
};
