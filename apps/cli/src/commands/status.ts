import { planImages } from "@atelier/domain";
import { type Context, sha256 } from "../context.ts";
import { requireWorkshop } from "../load-workshop.ts";
import { table } from "../reporter/table.ts";
import { type FoundImage, stepStatus } from "../share/step-status.ts";

export default async (
  context: Context,
  [folder = "."]: readonly string[],
  options: { readonly json?: boolean },
): Promise<number> => {
  const { reporter } = context;
  const { workshop, tree } = await requireWorkshop(context, folder);
  const plan = planImages(workshop, tree, sha256);
  const records = (await context.state()).listRecords().filter(({ record }) => record.workshop === workshop.name);
  // The build of just this folder, however many came after it; else the newest.
  const record = (records.find(({ record: { planDigest } }) => planDigest === plan.digest) ?? records[0])?.record;
  const engine = await context.engine();
  const images = new Map<string, FoundImage>();
  for (const { configDigest } of record?.steps.flatMap((step) => step.images) ?? []) {
    const image = await engine.inspectImage(configDigest);
    if (image) images.set(configDigest, { id: image.Id, labels: image.Config?.Labels ?? {} });
  }
  const steps = stepStatus(plan, record, (id) => images.get(id));
  if (options.json) {
    reporter.json({ workshop: workshop.name, version: workshop.version, steps });
    return 0;
  }
  const { paintResult: paint } = reporter;
  const marks = { built: paint.green("built"), stale: paint.yellow("stale"), missing: paint.red("missing") };
  reporter.result(
    table(
      ["STEP", "STATE", "WHY", "FOR", "PUSHED TO"],
      steps.map(({ step, state, why = "", platforms, pushed }) => [
        step,
        marks[state],
        why,
        platforms.join(", "),
        pushed.join(", ") || "nowhere",
      ]),
    ),
  );
  reporter.info(
    steps.every(({ state }) => state === "built")
      ? `All images of ${workshop.name} ${workshop.version} are as the folder says.`
      : `Bring them up to date: atelier build ${folder}`,
  );
  return 0;
};
