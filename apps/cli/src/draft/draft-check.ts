import type { CheckView } from "@atelier/contract";
import { AppError, type BuildRecord, studentHome, studentUser, type Workshop } from "@atelier/domain";
import { stringify } from "yaml";
import type { Context } from "../context.ts";
import { judge } from "../oracle/verdict.ts";
import type { TestConditions } from "../oracle/test-conditions.ts";
import { type FreshWorkspace, withFreshWorkspace } from "../oracle/with-fresh-workspace.ts";
import { changedPaths } from "./changed-paths.ts";
import { type GossDraft, settingsOfResources } from "./goss-draft.ts";
import { keepDiscriminating } from "./keep-discriminating.ts";
import { observeMachine, readTexts } from "./observe-machine.ts";
import { propose } from "./propose.ts";

export interface DraftOptions {
  readonly workshop: Workshop;
  readonly record: BuildRecord;
  readonly digest: string;
  readonly conditions: TestConditions;
  readonly step: string;
  readonly onPhase: (text: string) => void;
}

export interface DraftedCheck {
  /** Text of a `goss.yaml`; absent: nothing was found that tells the images apart. */
  readonly goss?: string;
  /** How many assertions were proposed, and how many of them were proved. */
  readonly proposed: number;
  readonly proved: number;
}

/**
 * Drafts a check from what a step changes: compares fresh containers of the image before it and of its own,
 * tries every proposal in both, and proves what is left in two more, which also sorts out what is different
 * every time. Throws `AppError` `draft-impossible` when one of the images cannot be started.
 */
export const draftCheck = async (context: Context, options: DraftOptions): Promise<DraftedCheck> => {
  const { step } = options;
  options.onPhase("Comparing the step's image with the one before it");
  const tried = await inBoth(context, options, async (before, after) => {
    const draft = await proposeFor(context, options, { before, after });
    return { draft, ...(await checkBoth(draft, step, { before, after })) };
  });
  const proposed = countOf(tried.draft);
  const kept = keepDiscriminating(tried.draft, tried.before.assertions, tried.after.assertions);
  if (countOf(kept) === 0) return { proposed, proved: 0 };
  options.onPhase("Proving the draft in fresh containers");
  const again = await inBoth(context, options, (before, after) => checkBoth(kept, step, { before, after }));
  const draft = keepDiscriminating(kept, again.before.assertions, again.after.assertions);
  if (countOf(draft) === 0) return { proposed, proved: 0 };
  // What had to go took nothing with it that the rest needs: a whole draft is judged as `atelier test` does.
  const isProved =
    countOf(draft) === countOf(kept)
      ? judge(again.before, again.after).verdict === "proved"
      : await inBoth(context, options, async (before, after) => {
          const last = await checkBoth(draft, step, { before, after });
          return judge(last.before, last.after).verdict === "proved";
        });
  return isProved ? { goss: textOf(draft), proposed, proved: countOf(draft) } : { proposed, proved: 0 };
};

type Ready = Extract<FreshWorkspace, { isReady: true }>;
interface Both {
  readonly before: Ready;
  readonly after: Ready;
}

/** Fresh containers of the two images, for as long as the work takes. */
const inBoth = <T>(
  context: Context,
  { workshop, record, digest, conditions, step }: DraftOptions,
  work: (before: Ready, after: Ready) => Promise<T>,
): Promise<T> => {
  const ids = ["start", ...workshop.steps.map(({ id }) => id as string)];
  const image = ids[ids.indexOf(step) - 1] ?? "start";
  return withFreshWorkspace(context, { record, digest, conditions, image }, (before) =>
    withFreshWorkspace(context, { record, digest, conditions, image: step }, (after) =>
      work(ready(before, image), ready(after, step)),
    ),
  );
};

const ready = (workspace: FreshWorkspace, image: string): Ready => {
  if (workspace.isReady) return workspace;
  throw new AppError("draft-impossible", `The image "${image}" cannot be looked at: ${workspace.cause}`, {
    hint: "Try it: atelier run <folder> --step <id>",
  });
};

const checkBoth = async (
  draft: GossDraft,
  step: string,
  { before, after }: Both,
): Promise<{ readonly before: CheckView; readonly after: CheckView }> => {
  const goss = textOf(draft);
  return { before: await before.control.check(step, goss), after: await after.control.check(step, goss) };
};

/** More files than this are no step. */
const mostTexts = 400;

const proposeFor = async (context: Context, { workshop }: DraftOptions, both: Both): Promise<GossDraft> => {
  const engine = await context.engine();
  const place = { before: { engine, ...both.before }, after: { engine, ...both.after } };
  const [before, after] = await Promise.all([observeMachine(place.before), observeMachine(place.after)]);
  const student = workshop.user === "root" ? { name: "root", home: "/root" } : { name: studentUser, home: studentHome };
  const changed = changedPaths(before, after, [student.home, workshop.workdir]);
  const [textsBefore, textsAfter] = await Promise.all([
    readTexts(place.before, changed.touched.slice(0, mostTexts)),
    readTexts(place.after, [...changed.added, ...changed.touched].slice(0, mostTexts)),
  ]);
  return propose({ before, after, changed, textsBefore, textsAfter, student });
};

const countOf = (draft: GossDraft): number =>
  Object.values(draft)
    .flatMap((resources) => Object.values(resources))
    .flatMap((resource) => Object.keys(resource))
    .filter((name) => !settingsOfResources.has(name)).length;

const header = `# Drafted by \`atelier checks draft\` from what the step changes; every assertion fails before the step and
# passes after it. Remove what is not the point of the step: there may be other right ways.
`;

const textOf = (draft: GossDraft): string => `${header}${stringify(draft, { lineWidth: 0 })}`;
