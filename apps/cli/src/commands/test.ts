import { writeFileSync } from "node:fs";
import { AppError } from "@atelier/domain";
import { buildWorkshop } from "../build-workshop.ts";
import type { Context } from "../context.ts";
import { requireWorkshop } from "../load-workshop.ts";
import { junitOf } from "../oracle/junit.ts";
import { proveSteps } from "../oracle/prove-steps.ts";
import type { StepProof } from "../oracle/verdict.ts";

interface TestOptions {
  readonly step?: readonly string[];
  readonly concurrency: string;
  readonly junit?: string;
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
  const { record, digest } = await buildWorkshop(context, read, {});
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
    only: options.step ?? [],
    concurrency,
    onProof: show,
  });
  if (options.junit !== undefined) writeFileSync(context.path(options.junit), junitOf(record.workshop, proofs));
  if (options.json) reporter.json({ workshop: record.workshop, version: record.version, steps: proofs });
  const wrong = proofs.filter(({ verdict }) => verdict === "vacuous" || verdict === "broken").length;
  const missing = proofs.filter(({ verdict }) => verdict === "missing").length;
  reporter.info(
    wrong === 0
      ? `Every check fails before its step and passes after it.${missing > 0 ? ` ${missing} step${missing === 1 ? " has" : "s have"} no check.` : ""}`
      : `${wrong} of ${proofs.length} checks prove nothing or do not pass.`,
  );
  return wrong === 0 ? 0 : 1;
};
