import type { BuildRecord, Step, Workshop } from "@atelier/domain";
import type { Context } from "../context.ts";
import { observeCheck } from "./observe-check.ts";
import type { TestConditions } from "./test-conditions.ts";
import { judge, type Observation, type StepProof } from "./verdict.ts";
import { type FreshImage, withFreshWorkspace } from "./with-fresh-workspace.ts";

export interface ProveOptions {
  readonly workshop: Workshop;
  readonly record: BuildRecord;
  readonly digest: string;
  readonly conditions: TestConditions;
  /** Only these; empty: all. */
  readonly only: readonly string[];
  /** How many images are tried at once. */
  readonly concurrency: number;
  readonly onProof: (proof: StepProof) => void;
}

const hasCheck = ({ check, quizzes }: Step): boolean => check !== undefined || quizzes !== undefined;

/** Proves every check in fresh containers. Each image is started once, and asked all it can answer. */
export const proveSteps = async (context: Context, options: ProveOptions): Promise<readonly StepProof[]> => {
  const { workshop, record } = options;
  const wanted = workshop.steps.filter(({ id }) => options.only.length === 0 || options.only.includes(id));
  const images = ["start", ...workshop.steps.map(({ id }) => id as string)];
  const asked = new Map<string, string[]>();
  for (const step of wanted) {
    if (!hasCheck(step)) continue;
    for (const image of [images[images.indexOf(step.id) - 1] ?? "start", step.id as string])
      asked.set(image, [...(asked.get(image) ?? []), step.id]);
  }
  const observed = new Map<string, { readonly observation: Observation; readonly ms: number }>();
  const proofs = new Map<string, StepProof>();
  const conclude = (): void => {
    for (const step of wanted) {
      const { id } = step;
      if (proofs.has(id)) continue;
      const before = observed.get(`${images[images.indexOf(id) - 1] ?? "start"} ${id}`);
      const after = observed.get(`${id} ${id}`);
      if (!hasCheck(step) || (before && after)) {
        const proof: StepProof =
          !before || !after
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
      for (const [step, result] of await observe(
        context,
        { record, digest: options.digest, image, conditions: options.conditions },
        workshop.steps.filter(({ id }) => steps.includes(id)),
      ))
        observed.set(`${image} ${step}`, result);
      conclude();
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, worker));
  conclude();
  return wanted.flatMap(({ id }) => proofs.get(id) ?? []);
};

const observe = (
  context: Context,
  fresh: FreshImage,
  steps: readonly Step[],
): Promise<ReadonlyMap<string, { observation: Observation; ms: number }>> =>
  withFreshWorkspace(context, fresh, async (workspace) => {
    const results = new Map<string, { observation: Observation; ms: number }>();
    for (const step of steps) {
      const started = performance.now();
      const observation: Observation = workspace.isReady
        ? await observeCheck(workspace, step, fresh.image === step.id ? "right" : "wrong")
        : { outcome: "not-started", cause: workspace.cause, assertions: [] };
      results.set(step.id, { observation, ms: Math.round(performance.now() - started) });
    }
    return results;
  });
