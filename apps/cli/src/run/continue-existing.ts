import { setTimeout as sleep } from "node:timers/promises";
import type { WorkspaceSettings, WorkspaceStatus, Workspaces } from "@atelier/backend-docker";
import { AppError, type BuildRecord, planImages } from "@atelier/domain";
import { buildWorkshop, type CheckedFolder } from "../build-workshop.ts";
import { chooseOnEdit, type OnEdit } from "../choose-on-edit.ts";
import { type Context, sha256 } from "../context.ts";
import { followProgress } from "../follow-progress.ts";
import { followStart } from "../follow-start.ts";
import { removeWorkspace } from "../remove-workspace.ts";
import { type GivenValues, type ParameterNeed, secretsBesideBuild } from "../parameters.ts";
import type { ReadyWorkshop } from "./from-image.ts";

/** What was typed beside the workshop, as far as it bears on a workspace that is there already. */
export interface ContinueOptions {
  readonly template?: string;
  readonly step?: string;
  readonly set?: readonly string[];
  readonly secret?: readonly string[];
  readonly ttl?: string;
  readonly onEdit?: OnEdit;
}

/** The workshop that was named, beside what a workspace of that name stands on. */
export interface WantedBuild {
  readonly workshop: string;
  readonly parameters: readonly ParameterNeed[];
  /** What was given with --secret, without what is for the build alone. */
  readonly secrets: GivenValues["secrets"];
  /** Whether a workspace on this build has what was named. */
  isSameAs(record: BuildRecord | undefined): boolean;
  /** Why a workspace stands on something else, as the beginning of a sentence. */
  differsFrom(settings: WorkspaceSettings): string;
  /** Builds it where it is not built. */
  build(): Promise<Omit<ReadyWorkshop, "parameters">>;
}

export const folderToRun = (context: Context, folder: CheckedFolder, secrets: GivenValues["secrets"]): WantedBuild => ({
  workshop: folder.workshop.name,
  parameters: folder.workshop.parameters,
  secrets: secretsBesideBuild(folder.workshop, secrets),
  isSameAs: (record) => record?.planDigest === planImages(folder.workshop, folder.tree, sha256).digest,
  differsFrom: ({ name }) => `The workshop was edited since the workspace "${name}" was made`,
  build: async () => {
    const { record, digest } = await buildWorkshop(context, folder, { secrets });
    const { sudo, user } = folder.workshop;
    return { record, digest, sudo, user, shown: undefined };
  },
});

export const imageToRun = (ready: ReadyWorkshop, secrets: GivenValues["secrets"]): WantedBuild => ({
  workshop: ready.record.workshop,
  parameters: ready.parameters,
  secrets,
  isSameAs: (other) => other !== undefined && standOnTheSame(ready.record, other),
  differsFrom: ({ name, version }) =>
    `The workspace "${name}" stands on another build (version ${version}) than what was named (version ${ready.record.version})`,
  build: async () => ready,
});

/** Whether each step's image of the first is one of the second's; that may know more platforms. */
const standOnTheSame = (record: BuildRecord, other: BuildRecord): boolean =>
  record.steps.length === other.steps.length &&
  record.steps.every(({ step, images }) => {
    const theirs = other.steps.find((each) => each.step === step)?.images.map(({ configDigest }) => configDigest);
    return images.some(({ configDigest }) => theirs?.includes(configDigest));
  });

/** How often, and how often in all, is looked whether what has no container yet gets one. */
const looks = { everyMs: 250, most: 12 } as const;

/**
 * A second run of the same workshop goes on where the first one was. Answers undefined when there is none,
 * or none any more. Throws `AppError` `bad-name` when the name is another's.
 */
export const continueExisting = async (
  context: Context,
  workspaces: Workspaces,
  { name, wanted, options }: { name: string; wanted: WantedBuild; options: ContinueOptions },
): Promise<{ name: string; url: string; phase: string } | undefined> => {
  const state = await context.state();
  const hasStood = ({ id }: WorkspaceStatus): boolean => state.readStanding(id) !== undefined;
  const found = await findMade(workspaces, name, { hasRun: hasStood, signal: context.signal });
  if (found === undefined) return undefined;
  const hasRun = hasStood(found);
  if (found.containerId === undefined && !hasRun) {
    // Its making was interrupted: there is nothing in it yet.
    await removeWorkspace(context, name);
    return undefined;
  }
  const { settings } = found;
  if (settings === undefined)
    throw new AppError(
      "bad-name",
      `The workspace "${name}" was made by another version of Atelier and is not known here.`,
      {
        hint: `Choose another --name. To delete it with everything in it: atelier remove ${name}`,
      },
    );
  if (settings.workshop !== wanted.workshop)
    throw new AppError(
      "bad-name",
      `The workspace "${name}" is one of the workshop "${settings.workshop}", not of "${wanted.workshop}".`,
      {
        hint: "Choose another --name, or say --new.",
      },
    );
  const isSame = wanted.isSameAs(state.readRecord(settings.record));
  const isForNewOnes = options.step !== undefined || (options.set ?? []).length > 0;
  if (found.state === "incomplete" && !hasRun && (isForNewOnes || !isSame)) {
    // It never started, for a service that was not ready perhaps.
    await removeWorkspace(context, name);
    return undefined;
  }
  if (isForNewOnes)
    throw new AppError("usage", `The workspace "${name}" exists already; --step and --set are for new ones.`, {
      hint: `Add --new for another one beside it, or remove it first: atelier remove ${name}`,
    });
  const choice = isSame
    ? "continue"
    : await chooseOnEdit(context, { name, cause: wanted.differsFrom(settings) }, options.onEdit);
  if (choice === "fresh") {
    await removeWorkspace(context, name);
    return undefined;
  }
  tellUnused(context, name, options);
  if (choice === "continue") {
    context.reporter.info(`Going on in the workspace "${name}"; --new makes another one.`);
    return followStart(context, name);
  }
  const { digest } = await wanted.build();
  await followStart(context, name);
  const supervisor = await context.supervisor();
  await supervisor.transition(
    name,
    { order: "move", record: digest },
    { onProgress: followProgress(context), signal: context.signal },
  );
  context.reporter.progressDone();
  context.reporter.info(`The workspace "${name}" was moved to the new build, with its files.`);
  return followStart(context, name);
};

/** The workspace of a name. One that another command is making at this moment is there a moment later. */
const findMade = async (
  workspaces: Workspaces,
  name: string,
  { hasRun, signal }: { readonly hasRun: (status: WorkspaceStatus) => boolean; readonly signal: AbortSignal },
): Promise<WorkspaceStatus | undefined> => {
  for (let look = 1; ; look++) {
    const found = (await workspaces.list()).find((status) => status.name === name);
    if (found === undefined || found.containerId !== undefined || hasRun(found) || look === looks.most) return found;
    await sleep(looks.everyMs, undefined, { signal });
  }
};

/** A template and hours are a workspace's from its making on. */
const tellUnused = ({ reporter }: Context, name: string, options: ContinueOptions): void => {
  const unused = [
    ...(options.ttl === undefined ? [] : [`--ttl (more time: \`atelier extend ${name}\`)`]),
    ...(options.template === undefined ? [] : ["--template"]),
  ];
  if (unused.length > 0)
    reporter.warn(`"${name}" goes on as it was made; for new workspaces only: ${unused.join(", ")}.`);
};
