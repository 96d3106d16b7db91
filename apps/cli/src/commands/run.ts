import { existsSync } from "node:fs";
import { defaultResources, type WorkspaceSettings, type Workspaces } from "@atelier/backend-docker";
import { AppError, type Backend, parseDuration, parseWorkspaceName, type WorkspaceTemplate } from "@atelier/domain";
import { batchSize } from "../batch/batch-size.ts";
import { runBatch } from "../batch/run-batch.ts";
import type { Context } from "../context.ts";
import { type ContinueOptions, continueExisting, folderToRun, imageToRun } from "../run/continue-existing.ts";
import { fromImage } from "../run/from-image.ts";
import { startingPlace } from "../starting-place.ts";
import { followStart } from "../follow-start.ts";
import { requireWorkshop } from "../load-workshop.ts";
import { parsePairs, readSecretFiles } from "../name-values.ts";
import { openBrowser } from "../open-browser.ts";
import { askForParameters } from "../parameters.ts";
import { requireK3d } from "../require-k3d.ts";
import { countOf, renderDiagnostics } from "../render-error.ts";
import { loadBundle } from "../share/load-bundle.ts";
import { tellEmulation } from "../share/tell-emulation.ts";
import { refuseKeyExposure, resolveTemplate } from "../resolve-template.ts";
import { readUserConfig } from "../user-config.ts";

interface RunOptions extends ContinueOptions {
  readonly name?: string;
  readonly new?: boolean;
  readonly open?: boolean;
  readonly backend: Backend;
  readonly count?: string;
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

  // An image says what workshop it is of only once it is here.
  const wanted = folder
    ? folderToRun(context, folder, secrets)
    : imageToRun(await fromImage(context, target, bundled), secrets);
  if (options.new !== true && size === undefined) {
    const name = options.name ?? wanted.workshop;
    const existing = await continueExisting(context, workspaces, { name, wanted, options });
    if (existing) return finish(context, existing, options);
  }

  const parameters = await askForParameters(context, wanted.parameters, { values, secrets: wanted.secrets });
  const source = await wanted.build();
  refuseKeyExposure(template.template, source);
  if (source.record.cluster !== undefined) await requireK3d(context);
  const place = startingPlace(source.record, { step: options.step, named: source.shown });
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
