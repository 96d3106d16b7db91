import { existsSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "@atelier/domain";
import { buildWorkshop } from "../build-workshop.ts";
import type { Context } from "../context.ts";
import { draftCheck } from "../draft/draft-check.ts";
import { requireWorkshop } from "../load-workshop.ts";
import { type ConditionOptions, testConditions } from "../oracle/test-conditions.ts";

interface DraftCommandOptions extends ConditionOptions {
  readonly folder: string;
  readonly write?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

export default async (
  context: Context,
  [step = ""]: readonly string[],
  options: DraftCommandOptions,
): Promise<number> => {
  const { reporter } = context;
  const read = await requireWorkshop(context, options.folder);
  if (!read.workshop.steps.some(({ id }) => id === step))
    throw new AppError("no-such-step", `There is no step "${step}".`, {
      hint: `Steps: ${read.workshop.steps.map(({ id }) => id).join(", ")}`,
    });
  const file = join(read.folder, "steps", step, "goss.yaml");
  // Said before anything takes time.
  if (options.write === true && options.force !== true && existsSync(file))
    throw new AppError("file-exists", `${file} is there already; nothing was drafted.`, {
      hint: "Leave --write out to see the draft, or add --force to replace the file.",
    });
  const conditions = await testConditions(context, read.workshop, options);
  const { record, digest } = await buildWorkshop(context, read, { secrets: conditions.buildSecrets });
  const { goss, proposed, proved } = await draftCheck(context, {
    workshop: read.workshop,
    record,
    digest,
    conditions,
    step,
    onPhase: (text) => reporter.progress(text),
  });
  reporter.progressDone();
  if (goss !== undefined && options.write === true) {
    writeFileSync(`${file}.new`, goss);
    renameSync(`${file}.new`, file);
  }
  if (options.json) reporter.json({ step, proposed, proved, goss: goss ?? null });
  else if (goss !== undefined && options.write !== true) reporter.result(goss.trimEnd());
  if (goss === undefined)
    reporter.warn(
      proposed === 0
        ? `The step "${step}" changes nothing that a check could see.`
        : `None of ${proposed} proposals fails before the step and passes after it.`,
    );
  else
    reporter.info(
      `${proved} of ${proposed} proposed assertions fail before the step and pass after it.${options.write === true ? ` Written to ${file}.` : ""}`,
    );
  return goss === undefined ? 1 : 0;
};
