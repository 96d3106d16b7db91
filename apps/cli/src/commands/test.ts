import { writeFileSync } from "node:fs";
import { AppError } from "@atelier/domain";
import { buildWorkshop } from "../build-workshop.ts";
import type { Context } from "../context.ts";
import { requireWorkshop } from "../load-workshop.ts";
import { junitOf } from "../oracle/junit.ts";
import { proveSteps } from "../oracle/prove-steps.ts";
import { type ConditionOptions, testConditions } from "../oracle/test-conditions.ts";
import { type StepWalk, type WalkOptions, walkSteps } from "../walk/walk-steps.ts";
import type { StepProof } from "../oracle/verdict.ts";

interface TestOptions extends ConditionOptions {
  readonly step?: readonly string[];
  readonly concurrency: string;
  readonly junit?: string;
  readonly walk?: boolean;
  readonly keepRecordings?: string;
  readonly json?: boolean;
}

export default async (context: Context, [folder = "."]: readonly string[], options: TestOptions): Promise<number> => {
  const { reporter } = context;
  const concurrency = Number(options.concurrency);
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > 16)
    throw new AppError("usage", `--concurrency ${options.concurrency}: expected a number from 1 to 16.`);
  const read = await requireWorkshop(context, folder);
  for (const step of options.step ?? [])
    if (!read.workshop.steps.some(({ id }) => id === step))
      throw new AppError("no-such-step", `There is no step "${step}".`, {
        hint: `Steps: ${read.workshop.steps.map(({ id }) => id).join(", ")}`,
      });
  const conditions = await testConditions(context, read.workshop, options);
  const { record, digest } = await buildWorkshop(context, read, { secrets: conditions.buildSecrets });
  const { paintResult: paint } = reporter;
  const marks = {
    proved: paint.green("✓"),
    vacuous: paint.red("✗"),
    broken: paint.red("✗"),
    missing: paint.yellow("–"),
  };
  const show = ({ step, verdict, reason, failures }: StepProof): void => {
    if (options.json) return;
    reporter.result(`${marks[verdict]} ${step} ${verdict === "proved" ? paint.dim(reason) : `${verdict}: ${reason}`}`);
    for (const failure of failures) reporter.result(`    ${failure}`);
  };
  const proofs = await proveSteps(context, {
    workshop: read.workshop,
    record,
    digest,
    conditions,
    only: options.step ?? [],
    concurrency,
    onProof: show,
  });
  const walks = options.walk
    ? await walk(context, { workshop: read.workshop, record, digest, conditions }, { options, concurrency })
    : [];
  if (options.junit !== undefined) writeFileSync(context.path(options.junit), junitOf(record.workshop, proofs));
  if (options.json)
    reporter.json({
      workshop: record.workshop,
      version: record.version,
      steps: proofs,
      ...(options.walk ? { walks } : {}),
    });
  const wrong = proofs.filter(({ verdict }) => verdict === "vacuous" || verdict === "broken").length;
  const missing = proofs.filter(({ verdict }) => verdict === "missing").length;
  reporter.info(
    wrong === 0
      ? `Every check fails before its step and passes after it.${missing > 0 ? ` ${missing} step${missing === 1 ? " has" : "s have"} no check.` : ""}`
      : `${wrong} of ${proofs.length} checks prove nothing or do not pass.`,
  );
  const stuck = walks.filter(({ verdict }) => verdict === "stuck").length;
  if (options.walk) reporter.info(walkSummary(walks));
  return wrong === 0 && stuck === 0 ? 0 : 1;
};

const walk = async (
  context: Context,
  built: Pick<WalkOptions, "workshop" | "record" | "digest" | "conditions">,
  { options, concurrency }: { readonly options: TestOptions; readonly concurrency: number },
): Promise<readonly StepWalk[]> => {
  const { reporter } = context;
  const { paintResult: paint } = reporter;
  const marks = {
    walked: paint.green("✓"),
    solved: paint.green("✓"),
    unchecked: paint.yellow("–"),
    nothing: paint.yellow("–"),
    stuck: paint.red("✗"),
  };
  if (!options.json) reporter.result(paint.dim("Each step done by its own text, on the image before it:"));
  return walkSteps(context, {
    ...built,
    only: options.step ?? [],
    concurrency,
    ...(options.keepRecordings === undefined ? {} : { keepRecordings: context.path(options.keepRecordings) }),
    onWalk: ({ step, verdict, reason, failures }) => {
      if (options.json) return;
      reporter.result(`${marks[verdict]} ${step} ${verdict === "stuck" ? `stuck: ${reason}` : paint.dim(reason)}`);
      for (const failure of failures) reporter.result(`    ${failure}`);
    },
  });
};

const walkSummary = (walks: readonly StepWalk[]): string => {
  const by = (...verdicts: StepWalk["verdict"][]): readonly StepWalk[] =>
    walks.filter(({ verdict }) => verdicts.includes(verdict));
  const names = (some: readonly StepWalk[]): string => some.map(({ step }) => step).join(", ");
  const parts = [
    `${by("walked", "solved").length} of ${walks.length} steps can be done by their own text.`,
    ...(by("stuck").length > 0 ? [`Stuck: ${names(by("stuck"))}.`] : []),
    ...(by("nothing").length > 0 ? [`Nothing to run or save: ${names(by("nothing"))}.`] : []),
    ...(by("unchecked").length > 0 ? [`Without a check: ${names(by("unchecked"))}.`] : []),
  ];
  return parts.join(" ");
};
