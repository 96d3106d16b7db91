import { randomUUID } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Client, Container, File, Secret } from "@dagger.io/dagger";
import { platformPaths } from "@atelier/contract";
import { labels } from "@atelier/domain";
import type { ChainBuilder, ChainStep, ChainWork } from "../chain/chain-builder.ts";
import { commandFailed, tailLines } from "../chain/command-failed.ts";
import { commandLine, environmentOf } from "../chain/command-line.ts";
import { trustEnvironment, trustInput, trustScript } from "../chain/extra-trust.ts";
import { type CommandIdentity, rootIdentity } from "../chain/identity.ts";
import { groupLayers, inputOf, type LayerGroup, wantedChain } from "../chain/layer-groups.ts";
import { packFiles } from "../chain/packed-files.ts";
import { plainLines } from "../chain/plain-lines.ts";
import { studentsFolders, tarEntriesOf } from "../chain/step-files.ts";
import { secretsOf } from "../docker/docker-chain.ts";
import { openFailureShell } from "../docker/failure-shell.ts";
import { digestOf } from "../docker/image-cache.ts";
import { type EngineImage, readImage } from "../image/engine-image.ts";
import type { LayerFile } from "../image/layer-file.ts";
import { loadImages } from "../image/load-images.ts";
import type { DaggerHost } from "./dagger-host.ts";
import { withDagger } from "./dagger-session.ts";
import { exportLayers } from "./export-layers.ts";
import { groundArchive } from "./ground-archive.ts";
import { layersAbove } from "./layers-above.ts";

export interface DaggerChainOptions {
  /** Asked on first need. */
  readonly host: () => Promise<DaggerHost>;
  /** Keeps what Dagger is to be sent only once. */
  readonly cacheFolder: string;
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
export const isMadeByDagger = (work: ChainWork): boolean =>
  work.request.fromStep === undefined &&
  planSteps(work).every(({ digest }) => digest === work.ground.digest || work.cache.find(digest) !== undefined);

/**
 * Makes chain images in a Dagger engine: one execution per command, cached there by content, and the new
 * layers loaded into the Docker engine. Nothing is asked of Dagger as long as every image is there.
 */
export const daggerChain =
  (options: DaggerChainOptions): ChainBuilder =>
  async (work) => {
    const { request, engine, ground, cache } = work;
    const steps = planSteps(work);
    const again = request.fromStep === undefined ? -1 : steps.findIndex(({ step }) => step === request.fromStep);
    if (again !== -1) for (const { digest } of steps.slice(again)) cache.forget(digest);
    const isThere = ({ digest }: PlannedStep): boolean => digest === ground.digest || cache.find(digest) !== undefined;
    const first = steps.findIndex((step) => !isThere(step));
    for (const [index, { step }] of steps.slice(0, first === -1 ? steps.length : first).entries()) {
      request.onProgress({ kind: "step-started", step, number: index + 1, of: steps.length });
      request.onProgress({ kind: "step-finished", step, cached: true, ms: 0 });
    }
    if (first !== -1)
      await makeSteps(work, { steps, first, isAgain: again !== -1 || request.isTrial === true, options });
    return steps.map(({ step, env, digest }): ChainStep => {
      const id = cache.find(digest)?.id ?? ground.image.id;
      return { step, env, id, image: async () => (id === ground.image.id ? ground.image : readImage(engine, id)) };
    });
  };

const makeSteps = async (
  work: ChainWork,
  {
    steps,
    first,
    isAgain,
    options,
  }: {
    steps: readonly PlannedStep[];
    first: number;
    /** Dagger is to find nothing again from the first step on. */
    isAgain: boolean;
    options: DaggerChainOptions;
  },
): Promise<void> => {
  const { request, ground, now } = work;
  const { signal, onProgress } = request;
  // Asked for before anything runs: all that are missing together.
  for (const { groups } of steps.slice(first))
    for (const { command } of groups) if (command) secretsOf(request, command.secrets);
  const archive = await groundArchive({ ...work, image: ground.image, cacheFolder: options.cacheFolder, signal });
  await withDagger(await options.host(), signal, async (client) => {
    const groundContainer = client
      .container({ platform: work.platform as never })
      .import_(client.host().file(archive))
      .withUser("0:0")
      .withWorkdir("/");
    const packs = await sendPacks(work, client, steps);
    const trust = work.trust && (await sendTrust(client, work.trust));
    let container = groundContainer;
    for (const [index, { step, groups }] of steps.entries()) {
      const started = now();
      const isNew = index >= first;
      if (isNew) onProgress({ kind: "step-started", step, number: index + 1, of: steps.length });
      for (const group of groups) {
        const begun = now();
        const salt = isNew && isAgain ? randomUUID() : "";
        const before = container;
        container = withGroup(work, { client, container, group, pack: packs.get(group), trust, salt });
        if (!isNew) continue;
        try {
          container = await runGroup(work, { container, group, step });
        } catch (error) {
          if (request.onFailedCommand) {
            const [image] = await loadLayers(work, {
              container: before,
              groundContainer,
              images: (layers) => [{ layers, digest: "" }],
            });
            if (image) await openFailureShell(work, { image: image.id, group, step, error });
          }
          throw error;
        }
        onProgress({ kind: "layer", step, label: group.label, cached: false, ms: now() - begun });
      }
      if (isNew) onProgress({ kind: "step-finished", step, cached: false, ms: now() - started });
    }
    await loadSteps(work, { steps, first, container, groundContainer });
  });
};

const identityOf = ({ command }: LayerGroup, work: ChainWork): CommandIdentity =>
  command?.user === "student" ? work.ground.student : rootIdentity;

/** Puts the files, then becomes the command; its user's variables come as arguments and stay out of the image. */
const script =
  'if [ -n "$1" ]; then "$2" "$3" "$1" || exit; fi; shift 3; while [ "$1" != -- ]; do export "$1"; shift; done; shift; exec "$@"';

const packPath = "/opt/atelier/.files";
const trustPath = "/opt/atelier/.extra-ca";

/**
 * Gives Dagger the files of every group, and answers by what it knows them. All at once: the SDK would ask for
 * one after the other, each in a request of its own.
 */
const sendPacks = async (
  work: ChainWork,
  client: Client,
  steps: readonly PlannedStep[],
): Promise<ReadonlyMap<LayerGroup, File>> => {
  const { request, ground } = work;
  const folder = join(work.scratch, "packs");
  await mkdir(folder, { recursive: true });
  const withFiles = steps.flatMap(({ groups }) => groups.filter(({ files }) => files.length > 0));
  const sent = withFiles.map(async (group, index) => {
    const pack = join(folder, String(index));
    await packFiles(pack, tarEntriesOf(group.files, ground.student, request), {
      uid: ground.student.uid,
      gid: ground.student.gid,
      folders: studentsFolders(group.files, ground.student.home, request.workshop.workdir),
    });
    // An id is what the SDK makes of a file that is an argument, and takes in its place.
    return [group, (await client.host().file(pack).id()) as unknown as File] as const;
  });
  return new Map(await Promise.all(sent));
};

/** As with packs: the id in the place of what it is of. */
const sendTrust = async (client: Client, pem: Uint8Array): Promise<Secret> =>
  (await client.setSecret("atelier-extra-ca", trustInput(pem).toString("utf8")).id()) as unknown as Secret;

const withGroup = (
  work: ChainWork,
  {
    client,
    container,
    group,
    pack,
    trust,
    salt,
  }: {
    client: Client;
    container: Container;
    group: LayerGroup;
    /** Its files, when it has any. */
    pack: File | undefined;
    trust: Secret | undefined;
    /** Makes the execution another one than any before. */
    salt: string;
  },
): Container => {
  const { request } = work;
  const { command } = group;
  const identity = identityOf(group, work);
  let made = container;
  for (const [key, value] of Object.entries(group.env)) made = made.withEnvVariable(key, value);
  if (pack) made = made.withMountedFile(packPath, pack);
  for (const [variable, value] of Object.entries(work.proxies))
    made = made.withSecretVariable(variable, client.setSecret(`atelier-proxy-${variable}`, value));
  if (trust) made = made.withMountedSecret(trustPath, trust, { mode: 0o600 });
  for (const secret of command?.secrets ?? [])
    made = made.withMountedSecret(
      `/run/secrets/${secret}`,
      client.setSecret(`atelier-secret-${secret}`, Buffer.from(request.secrets[secret] ?? "").toString("utf8")),
      { owner: `${identity.uid}:${identity.gid}`, mode: 0o600 },
    );
  made = made.withExec([
    "/bin/sh",
    "-c",
    work.trust ? `(${trustScript}) < ${trustPath}; ${script}` : script,
    `atelier${salt}`,
    pack ? packPath : "",
    platformPaths.node,
    `${platformPaths.root}/server/place-files.mjs`,
    ...Object.entries({ ...(work.trust ? trustEnvironment : {}), ...environmentOf(identity) }).map(
      ([key, value]) => `${key}=${value}`,
    ),
    "--",
    ...(command ? commandLine(command, identity) : ["/bin/sh", "-c", ":"]),
  ]);
  // The next command sees neither mounts nor secrets of this one.
  if (pack) made = made.withoutMount(packPath);
  if (work.trust) made = made.withoutMount(trustPath);
  for (const variable of Object.keys(work.proxies)) made = made.withoutSecretVariable(variable);
  for (const secret of command?.secrets ?? []) made = made.withoutMount(`/run/secrets/${secret}`);
  return made;
};

/** Has the engine run it, and passes on what it said. Throws `AppError` `command-failed`. */
const runGroup = async (
  work: ChainWork,
  { container, group, step }: { container: Container; group: LayerGroup; step: string },
): Promise<Container> => {
  const { onProgress } = work.request;
  const lines: string[] = [];
  const output = plainLines((line) => {
    onProgress({ kind: "output", step, line });
    lines.push(line);
  });
  const take = (text: string): void => {
    output.take(Buffer.from(text));
    output.end();
  };
  try {
    const done = await container.sync();
    take(await done.stdout());
    return done;
  } catch (error) {
    const { exitCode, stdout, stderr } = error as { exitCode?: number; stdout?: string; stderr?: string };
    if (exitCode === undefined || exitCode < 0 || group.command === undefined) throw error;
    take(`${stdout ?? ""}${stderr ?? ""}`);
    throw commandFailed({
      step,
      command: group.command,
      exitCode,
      tail: lines.slice(-tailLines),
      identity: identityOf(group, work),
    });
  }
};

/** Loads the images of all steps that are new, from the archive of the last one: it holds the layers of all. */
const loadSteps = async (
  work: ChainWork,
  {
    steps,
    first,
    container,
    groundContainer,
  }: { steps: readonly PlannedStep[]; first: number; container: Container; groundContainer: Container },
): Promise<void> => {
  const { ground, cache } = work;
  const executions = steps.map(({ groups }) => groups.length);
  const expected = executions.reduce((sum, count) => sum + count, 0);
  const digests: string[] = [];
  const images = await loadLayers(work, {
    container,
    groundContainer,
    images: (layers) => {
      if (layers.length !== expected) throw new Error(`Dagger made ${layers.length} layers of ${expected} executions`);
      let end = 0;
      return steps.flatMap(({ digest }, index) => {
        end += executions[index] ?? 0;
        const isWanted = index >= first && digest !== ground.digest && !cache.find(digest) && !digests.includes(digest);
        if (!isWanted) return [];
        digests.push(digest);
        return [{ layers: layers.slice(0, end), digest }];
      });
    },
  });
  for (const [index, digest] of digests.entries())
    cache.remember(digest, { id: images[index]?.id ?? "", labels: {}, tags: [] });
};

/** Loads images of the layers of a container that are above the ground. */
const loadLayers = async (
  { ground, engine, request, scratch }: ChainWork,
  {
    container,
    groundContainer,
    images,
  }: {
    container: Container;
    groundContainer: Container;
    images: (
      layers: readonly LayerFile[],
    ) => readonly { readonly layers: readonly LayerFile[]; readonly digest: string }[];
  },
): Promise<readonly EngineImage[]> => {
  const file = join(scratch, `${randomUUID()}.tar`);
  await exportLayers(container, { ground: groundContainer, known: ground.image.layers.length, file });
  try {
    const layers = await layersAbove(file, { ground: ground.image.layers, folder: scratch });
    return await loadImages(
      engine,
      images(layers).map(({ layers: own, digest }) => ({
        parent: ground.image,
        layers: own,
        config: { ...ground.image.config, Labels: { ...ground.image.config.Labels, [labels.layerDigest]: digest } },
        comment: "steps",
      })),
      request.signal,
    );
  } finally {
    await rm(file, { force: true });
  }
};
