import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Container } from "@dagger.io/dagger";
import { labels } from "@atelier/domain";
import type { ChainBuilder, ChainStep, ChainWork } from "../chain/chain-builder.ts";
import { requireSecrets } from "../chain/command-secrets.ts";
import { groupLayers, inputOf, type LayerGroup, stepsAgain, wantedChain } from "../chain/layer-groups.ts";
import { openFailureShell } from "../docker/failure-shell.ts";
import { digestOf } from "../docker/image-cache.ts";
import { readImage } from "../image/engine-image.ts";
import { describeImage, type ImageToLoad, type LayerToLoad, loadImages } from "../image/load-images.ts";
import type { DaggerHost } from "./dagger-host.ts";
import { type DaggerSession, withDagger } from "./dagger-session.ts";
import { exportLayers } from "./export-layers.ts";
import { groundArchive } from "./ground-archive.ts";
import { layersAbove } from "./layers-above.ts";
import { layersOneByOne, manifestOf } from "./layers-one-by-one.ts";
import { runGroup, withGroup } from "./make-group.ts";
import { hasPassword, nameOf, sendNetwork, sendPacks } from "./send-inputs.ts";
import { QueryFailed } from "./session/query-session.ts";
import { engineError } from "./session/sdk-client.ts";

export interface DaggerChainOptions {
  /** Asked on first need. */
  readonly host: () => Promise<DaggerHost>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Keeps what Dagger is to be sent only once. */
  readonly cacheFolder: string;
  /** argv of a process that keeps the session for the builds to come; absent: it ends with the build. */
  readonly keeper?: readonly [string, ...string[]];
}

interface PlannedStep {
  readonly step: string;
  readonly groups: readonly LayerGroup[];
  readonly env: Readonly<Record<string, string>>;
  readonly digest: string;
}

/** Steps with the keys under which the Docker engine keeps what Dagger made of them. */
export const planSteps = (work: ChainWork): readonly PlannedStep[] => {
  let digest = work.ground.digest;
  return groupLayers(wantedChain(work.request.plan.chain, work.request.only)).map((planned) => {
    if (planned.groups.length > 0)
      digest = digestOf(
        "dagger",
        digest,
        planned.groups.map(inputOf),
        work.ground.student,
        work.request.workshop.workdir,
      );
    return { ...planned, digest };
  });
};

/** Whether everything that the recipes ask for was made by this builder before. */
export const isMadeByDagger = async (work: ChainWork): Promise<boolean> =>
  work.request.fromStep === undefined && (await firstMissing(work, planSteps(work))) === -1;

/** Index of the first step whose image is not there; -1 when all are. */
const firstMissing = async ({ cache, ground }: ChainWork, steps: readonly PlannedStep[]): Promise<number> =>
  (
    await Promise.all(
      steps.map(async ({ digest }) => digest === ground.digest || (await cache.find(digest)) !== undefined),
    )
  ).indexOf(false);

/**
 * Makes chain images in a Dagger engine: one execution per command, cached there by content, and the new
 * layers loaded into the Docker engine. Nothing is asked of Dagger as long as every image is there.
 */
export const daggerChain =
  (options: DaggerChainOptions): ChainBuilder =>
  async (work) => {
    const { request, engine, ground, cache } = work;
    const steps = planSteps(work);
    const again = request.isTrial ? steps.map(({ step }) => step) : stepsAgain(steps, request.fromStep);
    // A step that makes nothing has the image of the one before it, which stays.
    for (const { step, groups, digest } of steps) if (groups.length > 0 && again.includes(step)) cache.forget(digest);
    const first = await firstMissing(work, steps);
    for (const [index, { step }] of steps.slice(0, first === -1 ? steps.length : first).entries()) {
      request.onProgress({ kind: "step-started", step, number: index + 1, of: steps.length });
      request.onProgress({ kind: "step-finished", step, cached: true, ms: 0 });
    }
    const made =
      first === -1
        ? new Map<string, ImageToLoad>()
        : await makeSteps(work, { steps, first, againFrom: steps.length - again.length, options });
    const done = steps.map(async ({ step, env, digest }): Promise<ChainStep> => {
      const load = made.get(digest);
      if (load) {
        const { image } = describeImage(load);
        cache.remember(digest, { id: image.id, labels: {}, tags: [] });
        return { step, env, id: image.id, image: async () => image, load };
      }
      const id = (await cache.find(digest))?.id ?? ground.image.id;
      return { step, env, id, image: async () => (id === ground.image.id ? ground.image : readImage(engine, id)) };
    });
    return Promise.all(done);
  };

const makeSteps = async (work: ChainWork, wish: Wish): Promise<Map<string, ImageToLoad>> => {
  const { request, now, proxies } = work;
  const { steps, first, againFrom, options } = wish;
  const { signal, onProgress } = request;
  requireSecrets(
    request,
    steps.slice(first).flatMap(({ groups }) => groups),
  );
  const isSecret =
    steps.some(({ groups }) => groups.some(({ command }) => (command?.secrets.length ?? 0) > 0)) ||
    Object.values(proxies).some(hasPassword);
  const { env, keeper } = options;
  const host = await options.host();
  // An engine keeps a secret as long as its session: one that outlives the build gets none.
  const kept = keeper && !isSecret ? { keeper: { folder: options.cacheFolder, command: keeper } } : {};
  return withDagger({ host, env, signal, ...kept }, async (session) => {
    const { client } = session;
    let ground: Promise<Container> | undefined;
    const groundOf = (): Promise<Container> => (ground ??= groundIn(work, session, options.cacheFolder));
    const prefixes = prefixesOf(work, steps);
    const start = await startOf(session, {
      // What is to be run again is not looked for.
      groups: steps.slice(0, againFrom).flatMap(({ groups }) => groups),
      prefixes,
      groundOf,
    });
    const packs = await sendPacks(
      work,
      session,
      steps.flatMap(({ step, groups }) =>
        groups.filter((group) => !start.done.has(group)).map((group) => ({ step, group })),
      ),
    );
    const network = await sendNetwork(work, session);
    const there = await layersBelow(work, steps[first - 1]);
    const last = steps.findLast(({ groups }) => groups.length > 0)?.groups.at(-1);
    let container = start.container;
    let manifest: string | undefined;
    let below: LayerGroup | undefined;
    for (const [index, { step, groups }] of steps.entries()) {
      const started = now();
      const isNew = index >= first;
      if (isNew) onProgress({ kind: "step-started", step, number: index + 1, of: steps.length });
      for (const group of groups) {
        const under = below;
        below = group;
        if (start.done.has(group)) {
          if (isNew) onProgress({ kind: "layer", step, label: group.label, cached: true, ms: 0 });
          continue;
        }
        const begun = now();
        const salt = index >= againFrom ? randomUUID() : "";
        const before = container;
        // Where the next edit most likely begins again.
        if (isNew && under && !start.done.has(under)) await rememberContainer(session, prefixes.get(under), before);
        container = withGroup(work, { client, container, group }, { pack: packs.get(group), ...network, salt });
        if (!isNew) continue;
        try {
          ({ container, manifest } = await runGroup(work, session, { container, group, step, isLast: group === last }));
        } catch (error) {
          if (request.onFailedCommand) {
            const layers = await takeLayers(work, session, { container: before, groundOf, there });
            const [image] = await loadImages(work.engine, [imageOn(work, layers, "")], signal);
            if (image) await openFailureShell(work, { image: image.id, group, step, error });
          }
          throw error;
        }
        onProgress({ kind: "layer", step, label: group.label, cached: false, ms: now() - begun });
      }
      const cached = groups.every((group) => start.done.has(group));
      if (isNew) onProgress({ kind: "step-finished", step, cached, ms: now() - started });
    }
    const [made] = await Promise.all([
      imagesOfSteps(work, session, { steps, first, container, manifest, groundOf, there }),
      below && rememberContainer(session, prefixes.get(below), container),
    ]);
    return made;
  });
};

interface Wish {
  readonly steps: readonly PlannedStep[];
  /** Index of the first step that is to be made. */
  readonly first: number;
  /** Index of the step from which on Dagger is to find nothing again; behind the last one when it may find all. */
  readonly againFrom: number;
  readonly options: DaggerChainOptions;
}

const rememberContainer = async (
  { remember }: DaggerSession,
  name: string | undefined,
  container: Container,
): Promise<void> => {
  if (name !== undefined) remember({ [name]: await container.id() });
};

/** The ground in the engine; imported once in a session. */
const groundIn = async (work: ChainWork, session: DaggerSession, cacheFolder: string): Promise<Container> => {
  const { ground, platform, request } = work;
  const name = `ground ${ground.image.id}`;
  const there = await alive(session, session.known.get(name));
  if (there) return there;
  const { client } = session;
  const archive = await groundArchive({ ...work, image: ground.image, cacheFolder, signal: request.signal });
  const container = client
    .container({ platform: platform as never })
    .import_(client.host().file(archive))
    .withUser("0:0")
    .withWorkdir("/");
  await rememberContainer(session, name, container);
  return container;
};

/** A remembered container; undefined when the engine does not know it any more. */
const alive = async ({ containerOf }: DaggerSession, id: string | undefined): Promise<Container | undefined> => {
  if (id === undefined) return undefined;
  try {
    const container = containerOf(id);
    await container.sync();
    // Not what sync answers: the same object every time, so that the same execution on it is found again.
    return container;
  } catch (error) {
    if (engineError(error) instanceof QueryFailed) return undefined;
    throw error;
  }
};

/** By what name a session remembers the container after each group: everything that it was made with. */
const prefixesOf = (
  { ground, request, trust, proxies }: ChainWork,
  steps: readonly PlannedStep[],
): ReadonlyMap<LayerGroup, string> => {
  let name = digestOf(
    "prefix",
    ground.digest,
    ground.student,
    request.workshop.workdir,
    proxies,
    trust && nameOf(trust),
  );
  return new Map(
    steps.flatMap(({ groups }) =>
      groups.map((group) => {
        name = digestOf(name, inputOf(group));
        return [group, name] as const;
      }),
    ),
  );
};

/** The container to go on from, with what is in it: as much of the groups as the session remembers. */
const startOf = async (
  session: DaggerSession,
  {
    groups,
    prefixes,
    groundOf,
  }: {
    readonly groups: readonly LayerGroup[];
    readonly prefixes: ReadonlyMap<LayerGroup, string>;
    readonly groundOf: () => Promise<Container>;
  },
): Promise<{ readonly container: Container; readonly done: ReadonlySet<LayerGroup> }> => {
  for (let count = groups.length; count > 0; count--) {
    const group = groups[count - 1];
    const container = await alive(session, group && session.known.get(prefixes.get(group) ?? ""));
    if (container) return { container, done: new Set(groups.slice(0, count)) };
  }
  return { container: await groundOf(), done: new Set() };
};

/** The images of all steps that are new, from the last one: it holds the layers of all. */
const imagesOfSteps = async (
  work: ChainWork,
  session: DaggerSession,
  { steps, first, ...containers }: Containers & { readonly steps: readonly PlannedStep[]; readonly first: number },
): Promise<Map<string, ImageToLoad>> => {
  const { ground, cache } = work;
  const executions = steps.map(({ groups }) => groups.length);
  const expected = executions.reduce((sum, count) => sum + count, 0);
  const layers = await takeLayers(work, session, containers);
  if (layers.length !== expected) throw new Error(`Dagger made ${layers.length} layers of ${expected} executions`);
  const made = new Map<string, ImageToLoad>();
  let end = 0;
  for (const [index, { digest }] of steps.entries()) {
    end += executions[index] ?? 0;
    if (index < first || digest === ground.digest || (await cache.find(digest)) || made.has(digest)) continue;
    made.set(digest, imageOn(work, layers.slice(0, end), digest));
  }
  return made;
};

interface Containers {
  readonly container: Container;
  /** Of its image, as far as it is known. */
  readonly manifest?: string | undefined;
  readonly groundOf: () => Promise<Container>;
  /** Diff ids of the image that the first new step stands on, as the Docker engine has it. */
  readonly there: readonly string[];
}

/** What the Docker engine has of the steps before the first that is to be made. */
const layersBelow = async (
  { cache, engine, ground, memory }: ChainWork,
  below: PlannedStep | undefined,
): Promise<readonly string[]> => {
  const id = below && below.digest !== ground.digest ? (await cache.find(below.digest))?.id : undefined;
  if (id === undefined) return ground.image.layers;
  return memory.layersOf(id, async () => (await readImage(engine, id)).layers);
};

/** Layers of a container that are above the ground. */
const takeLayers = async (
  { ground, scratch }: ChainWork,
  session: DaggerSession,
  { container, manifest: told, groundOf, there }: Containers,
): Promise<readonly LayerToLoad[]> => {
  const known = ground.image.layers;
  const id = await container.id();
  const manifest = told ?? (await manifestOf(session, id));
  if (manifest !== undefined)
    return layersOneByOne(session, { id, manifest }, { ground: known, there, folder: scratch });
  const file = join(scratch, `${randomUUID()}.tar`);
  try {
    await exportLayers(container, { ground: await groundOf(), known: known.length, file });
    return await layersAbove(file, { ground: known, folder: scratch });
  } finally {
    await rm(file, { force: true });
  }
};

const imageOn = ({ ground }: ChainWork, layers: readonly LayerToLoad[], digest: string): ImageToLoad => ({
  parent: ground.image,
  layers,
  config: { ...ground.image.config, Labels: { ...ground.image.config.Labels, [labels.layerDigest]: digest } },
  comment: "steps",
});
