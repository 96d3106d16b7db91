import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CheckView } from "@atelier/contract";
import { type BuildRecord, rightAnswer, type Step, type Workshop } from "@atelier/domain";
import type { Context } from "../context.ts";
import { type FreshWorkspace, withFreshWorkspace } from "../oracle/with-fresh-workspace.ts";
import type { TestConditions } from "../oracle/test-conditions.ts";
import { walkBlocks } from "./page-blocks.ts";
import { createStudent, type Student } from "./student.ts";
import { createTypist, type Typist } from "./typist.ts";

/**
 * What came of doing a step by its own text. `walked`: its blocks alone make the check pass. `solved`: with
 * those of `solve.md`. `stuck`: neither does. `nothing`: there is no block to press. `unchecked`: its blocks
 * ran, and no check says whether that was it.
 */
export interface StepWalk {
  readonly step: string;
  readonly verdict: "walked" | "solved" | "stuck" | "nothing" | "unchecked";
  /** One sentence for people. */
  readonly reason: string;
  readonly failures: readonly string[];
  /** Blocks that were typed and saved. */
  readonly blocks: number;
  readonly ms: number;
}

export interface WalkOptions {
  readonly workshop: Workshop;
  readonly record: BuildRecord;
  readonly digest: string;
  readonly conditions: TestConditions;
  readonly only: readonly string[];
  readonly concurrency: number;
  /** Where recordings are kept: one folder for each step. */
  readonly keepRecordings?: string;
  readonly onWalk: (walk: StepWalk) => void;
}

const blockMs = 120_000;

/** Does each step by its text, in a real terminal, on the image that a student has before it. */
export const walkSteps = async (context: Context, options: WalkOptions): Promise<readonly StepWalk[]> => {
  const { workshop } = options;
  const wanted = workshop.steps.filter(({ id }) => options.only.length === 0 || options.only.includes(id));
  const walks = new Map<string, StepWalk>();
  const queue = [...wanted];
  const worker = async (): Promise<void> => {
    for (let step = queue.shift(); step !== undefined; step = queue.shift()) {
      const started = performance.now();
      const image = workshop.steps[step.number - 2]?.id ?? "start";
      const walked = await withFreshWorkspace(
        context,
        { record: options.record, digest: options.digest, image, conditions: options.conditions, isWalked: true },
        (workspace) => walkStep(context, { step: step as Step, workspace, options }),
      );
      const walk = { step: step.id, ...walked, ms: Math.round(performance.now() - started) };
      walks.set(step.id, walk);
      options.onWalk(walk);
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, worker));
  return wanted.flatMap(({ id }) => walks.get(id) ?? []);
};

type Outcome = Omit<StepWalk, "step" | "ms">;

interface Walking {
  readonly step: Step;
  readonly workspace: FreshWorkspace;
  readonly options: WalkOptions;
}

const walkStep = async (context: Context, { step, workspace, options }: Walking): Promise<Outcome> => {
  if (!workspace.isReady)
    return { verdict: "stuck", reason: "its workspace does not start", failures: [workspace.cause], blocks: 0 };
  const { port, token } = workspace;
  const student = createStudent({ port, token: token("student") });
  using typist = createTypist({ student, signal: context.signal, blockMs });
  const outcome = await doStep(step, student, typist);
  if (options.keepRecordings !== undefined && outcome.blocks > 0) {
    const folder = join(options.keepRecordings, step.id);
    await mkdir(folder, { recursive: true });
    for (const [terminal, text] of await student.recordings(token("instructor")))
      await writeFile(join(folder, `${terminal}.cast`), text);
  }
  return outcome;
};

const doStep = async (step: Step, student: Student, typist: Typist): Promise<Outcome> => {
  const hasCheck = step.check !== undefined || step.quizzes !== undefined;
  await student.enter(step.id);
  let blocks = 0;
  const press = async (page: "content" | "solve", html: string): Promise<string | undefined> => {
    for (const block of walkBlocks(html)) {
      blocks++;
      const where = `block ${block.index + 1} of ${page}.md`;
      try {
        const fault = block.does === "save" ? await student.save(step.id, page, block.index) : await typist.type(block);
        if (typeof fault === "string") return `${where}: ${fault}`;
      } catch (error) {
        return `${where}: ${(error as Error).message}`;
      }
    }
    return undefined;
  };
  const stuck = (reason: string, failures: readonly string[]): Outcome => ({
    verdict: "stuck",
    reason,
    failures,
    blocks,
  });

  for (const quiz of step.quizzes ?? []) {
    const answer = rightAnswer(quiz);
    if (answer !== undefined) await student.answer(step.id, quiz.id, answer);
  }
  const fault = await press("content", await student.page(step.id));
  if (fault !== undefined) return stuck("its text does not go through", [fault]);
  if (!hasCheck)
    return blocks === 0
      ? { verdict: "nothing", reason: "has no check, and nothing to run or save", failures: [], blocks }
      : { verdict: "unchecked", reason: "its blocks ran; it has no check", failures: [], blocks };
  const first = await student.check(step.id);
  if (first.outcome === "passed")
    return blocks === 0 && step.quizzes === undefined
      ? stuck("its check passes before anything was done", [])
      : { verdict: "walked", reason: "its text makes the check pass", failures: [], blocks };
  if (step.help.solve === undefined) {
    if (blocks > 0) return stuck("its text does not make the check pass", failuresOf(first));
    return { verdict: "nothing", reason: "has nothing to run or save, and no solve.md", failures: [], blocks };
  }
  const own = blocks;
  const solveFault = await press("solve", await student.solution(step.id));
  if (solveFault !== undefined) return stuck("its solution does not go through", [solveFault]);
  if (blocks === own && own === 0)
    return { verdict: "nothing", reason: "has nothing to run or save, in its solution neither", failures: [], blocks };
  const second = await student.check(step.id);
  return second.outcome === "passed"
    ? { verdict: "solved", reason: "its text and solve.md make the check pass", failures: [], blocks }
    : stuck("neither its text nor solve.md makes the check pass", failuresOf(second));
};

const failuresOf = ({ assertions, cause, outcome }: CheckView): readonly string[] => [
  ...(outcome === "failed" ? [] : [cause ?? outcome]),
  ...assertions
    .filter(({ status }) => status === "failed" || status === "error")
    .map(({ title, found }) => (found === undefined ? title : `${title}: found ${found}`)),
];
