import { defaultResources, type Workspaces } from "@atelier/backend-docker";
import type { BuildRecord, Workshop } from "@atelier/domain";
import type { Context } from "../context.ts";
import { openControl } from "./control-client.ts";
import { judge, type Observation, type StepProof } from "./verdict.ts";

export interface ProveOptions {
  readonly workshop: Workshop;
  readonly record: BuildRecord;
  readonly digest: string;
  /** Only these; empty: all. */
  readonly only: readonly string[];
  /** How many images are tried at once. */
  readonly concurrency: number;
  readonly onProof: (proof: StepProof) => void;
}

/** Proves every check in fresh containers. Each image is started once, and asked all it can answer. */
export const proveSteps = async (context: Context, options: ProveOptions): Promise<readonly StepProof[]> => {
  const { workshop, record } = options;
  const workspaces = await context.workspaces();
  const wanted = workshop.steps.filter(({ id }) => options.only.length === 0 || options.only.includes(id));
  const images = ["start", ...workshop.steps.map(({ id }) => id as string)];
  const asked = new Map<string, string[]>();
  for (const step of wanted) {
    if (step.check === undefined) continue;
    for (const image of [images[images.indexOf(step.id) - 1] ?? "start", step.id as string])
      asked.set(image, [...(asked.get(image) ?? []), step.id]);
  }
  const observed = new Map<string, { readonly observation: Observation; readonly ms: number }>();
  const proofs = new Map<string, StepProof>();
  const conclude = (): void => {
    for (const { id, check } of wanted) {
      if (proofs.has(id)) continue;
      const before = observed.get(`${images[images.indexOf(id) - 1] ?? "start"} ${id}`);
      const after = observed.get(`${id} ${id}`);
      if (check === undefined || (before && after)) {
        const proof: StepProof =
          check === undefined || !before || !after
            ? { step: id, verdict: "missing", reason: "has no check", failures: [], ms: 0 }
            : { step: id, ...judge(before.observation, after.observation), ms: before.ms + after.ms };
        proofs.set(id, proof);
        options.onProof(proof);
      }
    }
  };
  const queue = [...asked];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [image, steps] = next;
      for (const [step, result] of await observe(context, { workspaces, record, digest: options.digest, image, steps }))
        observed.set(`${image} ${step}`, result);
      conclude();
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, worker));
  conclude();
  return wanted.flatMap(({ id }) => proofs.get(id) ?? []);
};

interface ObserveOptions {
  readonly workspaces: Workspaces;
  readonly record: BuildRecord;
  readonly digest: string;
  readonly image: string;
  readonly steps: readonly string[];
}

const observe = async (
  context: Context,
  { workspaces, record, digest, image, steps }: ObserveOptions,
): Promise<ReadonlyMap<string, { observation: Observation; ms: number }>> => {
  const id = context.newId();
  const name = `test-${id.slice(0, 8)}-${image}`.slice(0, 60).replace(/-+$/, "");
  const results = new Map<string, { observation: Observation; ms: number }>();
  try {
    await workspaces.create({
      record,
      secrets: {},
      settings: {
        v: 1,
        id,
        name,
        workshop: record.workshop,
        version: record.version,
        title: record.title,
        record: digest,
        image,
        port: await workspaces.freePort(),
        managed: false,
        parameters: {},
        secrets: [],
        timezone: "UTC",
        recording: { commands: "off", terminal: "off" },
        webTerminal: false,
        sudo: false,
        resources: { ...defaultResources },
        createdAt: context.now().toISOString(),
      },
    });
    const boot = await workspaces.start(name, { onPhase: () => {}, onBoot: () => {}, signal: context.signal });
    if (boot.phase !== "ready") {
      const observation = {
        outcome: "not-started" as const,
        cause: `onStart failed: ${boot.cause ?? boot.phase}`,
        assertions: [] as const,
      };
      for (const step of steps) results.set(step, { observation, ms: 0 });
      return results;
    }
    using control = await openControl({
      port: (await workspaces.find(name)).publishedAt ?? 0,
      token: (await context.state()).token(id, "control"),
      version: context.version,
    });
    for (const step of steps) {
      const started = performance.now();
      results.set(step, { observation: await control.check(step), ms: Math.round(performance.now() - started) });
    }
    return results;
  } finally {
    await workspaces.remove(name).catch(() => undefined);
  }
};
