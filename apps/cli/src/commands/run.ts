import { existsSync } from "node:fs";
import { defaultResources, type WorkspaceSettings, type Workspaces } from "@atelier/backend-docker";
import {
  AppError,
  type Backend,
  type BuildRecord,
  parseDuration,
  parseWorkspaceName,
  planImages,
  type WorkspaceTemplate,
} from "@atelier/domain";
import { batchSize } from "../batch/batch-size.ts";
import { runBatch } from "../batch/run-batch.ts";
import { buildWorkshop } from "../build-workshop.ts";
import { chooseOnEdit, type OnEdit } from "../choose-on-edit.ts";
import { type Context, sha256 } from "../context.ts";
import { followProgress } from "../follow-progress.ts";
import { removeWorkspace } from "../remove-workspace.ts";
import { followStart } from "../follow-start.ts";
import { requireWorkshop } from "../load-workshop.ts";
import { parsePairs, readSecretFiles } from "../name-values.ts";
import { startingPlace } from "../starting-place.ts";
import { openBrowser } from "../open-browser.ts";
import { askForParameters, type ParameterNeed } from "../parameters.ts";
import { requireK3d } from "../require-k3d.ts";
import { recordOfImage } from "../record-of-image.ts";
import { countOf, renderDiagnostics } from "../render-error.ts";
import { pullWorkshop } from "../share/pull-workshop.ts";
import { loadBundle } from "../share/load-bundle.ts";
import { tellEmulation } from "../share/tell-emulation.ts";
import { refuseKeyExposure, resolveTemplate } from "../resolve-template.ts";
import { readUserConfig } from "../user-config.ts";

interface RunOptions {
  readonly template?: string;
  readonly step?: string;
  readonly set?: readonly string[];
  readonly secret?: readonly string[];
  readonly name?: string;
  readonly new?: boolean;
  readonly open?: boolean;
  readonly backend: Backend;
  readonly count?: string;
  readonly ttl?: string;
  readonly onEdit?: OnEdit;
  readonly offline?: boolean;
  readonly json?: boolean;
}

export default async (context: Context, [target = "."]: readonly string[], options: RunOptions): Promise<number> => {
  const { reporter } = context;
  const defaults = readUserConfig(context);
  const bundled = options.offline === true ? await loadBundle(context, target) : undefined;
  const isFolder = bundled === undefined && existsSync(context.path(target));
  // Everything that can be refused is refused before anything is built or started.
  const folder = isFolder ? await requireWorkshop(context, target) : undefined;
  if (folder && folder.diagnostics.length > 0)
    reporter.warn(`${renderDiagnostics(folder.diagnostics, reporter.paint)}\n${countOf(folder.diagnostics)}`);
  const template = await resolveTemplate(context, {
    file: options.template ?? defaults.template,
    backend: options.backend,
    workshop: folder?.workshop,
  });
  if (folder?.workshop.infrastructure.cluster !== undefined) await requireK3d(context);
  const values = { ...template.parameters, ...parsePairs("--set", options.set ?? []) };
  const secrets = readSecretFiles(context, options.secret ?? []);
  const size = batchSize(options.count, template.template.batch.max);
  const lifecycle = lifecycleOf(template.lifecycle, { ttl: options.ttl, isBatch: size !== undefined });
  const workspaces = await context.workspaces();

  const wanted = options.name ?? folder?.workshop.name ?? bundled?.workshop;
  if (wanted !== undefined && options.new !== true && size === undefined) {
    const existing = await continueExisting(context, workspaces, { name: wanted, options, folder });
    if (existing) return finish(context, existing, options);
  }

  const source = folder
    ? {
        ...(await buildWorkshop(context, folder, { secrets })),
        named: undefined,
        parameters: folder.workshop.parameters,
        sudo: folder.workshop.sudo,
        user: folder.workshop.user,
      }
    : await fromImage(context, target, bundled);
  refuseKeyExposure(template.template, source);
  if (source.record.cluster !== undefined) await requireK3d(context);
  const place = startingPlace(source.record, { step: options.step, named: source.named });
  const parameters = await askForParameters(context, source.parameters, { values, secrets });
  const create = async (name: string, batch?: string): Promise<WorkspaceSettings> => {
    const settings: WorkspaceSettings = {
      v: 1,
      id: context.newId(),
      name,
      ...(batch === undefined ? {} : { batch }),
      workshop: source.record.workshop,
      version: source.record.version,
      title: source.record.title,
      record: source.digest,
      ...place,
      port: await workspaces.freePort(),
      ...(folder ? { folder: folder.folder } : {}),
      parameters: parameters.values,
      secrets: Object.keys(parameters.secrets),
      timezone: template.timezone,
      recording: template.recording,
      webTerminal: template.webTerminal,
      ...(template.help === undefined ? {} : { help: template.help.settings }),
      sudo: source.sudo,
      resources: { ...defaultResources, ...template.resources },
      lifecycle,
      createdAt: context.now().toISOString(),
    };
    await workspaces.create({
      record: source.record,
      settings,
      secrets: parameters.secrets,
      ...(template.help?.key === undefined ? {} : { helpKey: template.help.key }),
    });
    return settings;
  };
  if (size !== undefined)
    return runBatch(context, workspaces, {
      batch: options.name ?? source.record.workshop,
      size,
      concurrency: template.template.batch.concurrency ?? 2,
      json: options.json === true,
      create,
    });
  const name = await freeName(workspaces, options.name ?? source.record.workshop, options.new === true);
  await create(name);
  await tellEmulation(context, source.record);
  return finish(context, await followStart(context, name), options);
};

const finish = async (
  context: Context,
  started: { name: string; url: string; phase: string },
  options: RunOptions,
): Promise<number> => {
  const { reporter } = context;
  if (options.json) reporter.json(started);
  else {
    reporter.info(
      started.phase === "ready"
        ? `${reporter.paint.green("✓")} ${started.name} is ready. Open this link:`
        : `${started.name} runs all the same. Open this link:`,
    );
    reporter.result(started.url);
    reporter.info(
      reporter.paint.dim(
        `Stop it with \`atelier stop ${started.name}\`; delete it with \`atelier remove ${started.name}\`.`,
      ),
    );
  }
  if (options.open ?? readUserConfig(context).open) await openBrowser(started.url);
  return started.phase === "ready" ? 0 : 1;
};

/** A second run of the same workshop goes on where the first one was. */
const continueExisting = async (
  context: Context,
  workspaces: Workspaces,
  { name, options, folder }: { name: string; options: RunOptions; folder: CheckedFolder | undefined },
): Promise<{ name: string; url: string; phase: string } | undefined> => {
  const found = (await workspaces.list()).find((status) => status.name === name);
  if (found === undefined) return undefined;
  const hasRun = found.settings !== undefined && (await context.state()).readStanding(found.id) !== undefined;
  if (found.settings === undefined || (found.state === "incomplete" && !hasRun)) {
    // Its making was interrupted: there is nothing in it yet.
    await removeWorkspace(context, name);
    return undefined;
  }
  if (options.step !== undefined || (options.set ?? []).length > 0)
    throw new AppError("usage", `The workspace "${name}" exists already; --step and --set are for new ones.`, {
      hint: `Add --new for another one beside it, or remove it first: atelier remove ${name}`,
    });
  const edited = folder === undefined ? undefined : await editedSince(context, found.settings, folder);
  const choice = edited ? await chooseOnEdit(context, name, options.onEdit) : "continue";
  if (choice === "fresh") {
    await removeWorkspace(context, name);
    return undefined;
  }
  if (choice === "continue") {
    context.reporter.info(`Going on in the workspace "${name}"; --new makes another one.`);
    return followStart(context, name);
  }
  const { digest } = await buildWorkshop(context, edited as CheckedFolder, {
    secrets: readSecretFiles(context, options.secret ?? []),
  });
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

type CheckedFolder = Awaited<ReturnType<typeof requireWorkshop>>;

/** The folder, when it would build something else than the workspace stands on. */
const editedSince = async (
  context: Context,
  settings: WorkspaceSettings,
  folder: CheckedFolder,
): Promise<CheckedFolder | undefined> => {
  const record = (await context.state()).readRecord(settings.record);
  return record?.planDigest === planImages(folder.workshop, folder.tree, sha256).digest ? undefined : folder;
};

/** Hours of a template, or those that were typed. */
const lifecycleOf = (
  { ttlSeconds, retainSeconds, prewarm }: WorkspaceTemplate["lifecycle"],
  { ttl, isBatch }: { readonly ttl: string | undefined; readonly isBatch: boolean },
): NonNullable<WorkspaceSettings["lifecycle"]> => {
  const typed = ttl === undefined ? undefined : parseDuration(ttl);
  if (ttl !== undefined && typed === undefined)
    throw new AppError("usage", `--ttl ${ttl}: expected a duration such as 45m or 8h.`);
  const seconds = typed ?? ttlSeconds;
  return {
    ...(seconds === undefined ? {} : { ttlSeconds: seconds }),
    retainSeconds,
    // One container more for each of many costs them all more than it spares one.
    prewarm: isBatch && prewarm === "container" ? "off" : prewarm,
  };
};

const fromImage = async (
  context: Context,
  reference: string,
  bundled: BuildRecord | undefined,
): Promise<{
  record: BuildRecord;
  digest: string;
  /** Step of the image that was named. */
  named: string | undefined;
  parameters: readonly ParameterNeed[];
  sudo: boolean;
  user: "student" | "root";
}> => {
  const image = bundled === undefined ? reference : (bundled.steps[0]?.images[0]?.configDigest ?? reference);
  if (bundled === undefined) await pullWorkshop(context, reference);
  const { record: found, workshop, step } = await recordOfImage(await context.engine(), image);
  const record = bundled ?? found;
  return {
    record,
    digest: (await context.state()).saveRecord(record, { isBrought: true }),
    named: bundled === undefined ? step : undefined,
    parameters: workshop.parameters,
    sudo: workshop.sudo,
    user: workshop.user,
  };
};

const freeName = async (workspaces: Workspaces, wanted: string, isAnother: boolean): Promise<string> => {
  const name = parseWorkspaceName(wanted);
  if (name === undefined)
    throw new AppError("bad-name", `"${wanted}" is not a workspace name.`, {
      hint: "Use lower-case letters, digits and hyphens, at most 63.",
    });
  const taken = new Set((await workspaces.list()).map((status) => status.name));
  if (!taken.has(name)) return name;
  if (!isAnother)
    throw new AppError("bad-name", `There is a workspace "${name}" already.`, {
      hint: "Choose another --name, or say --new.",
    });
  for (let number = 2; ; number++) if (!taken.has(`${name}-${number}`)) return `${name}-${number}`;
};
