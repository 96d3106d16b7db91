import type { WorkspaceSettings, Workspaces } from "@atelier/backend-docker";
import { AppError, parseWorkspaceName } from "@atelier/domain";
import type { Context } from "../context.ts";
import { table } from "../reporter/table.ts";
import { namesOfBatch } from "./batch-size.ts";

export interface BatchOptions {
  readonly batch: string;
  readonly size: number;
  /** Started at the same time. */
  readonly concurrency: number;
  readonly json: boolean;
  readonly create: (name: string, batch: string) => Promise<WorkspaceSettings>;
}

interface Started {
  readonly name: string;
  readonly url: string;
  readonly phase: string;
  readonly cause?: string;
}

/**
 * Makes and starts the workspaces of a batch and prints their links. One that does not start is told and
 * keeps none of the others from starting.
 */
export const runBatch = async (context: Context, workspaces: Workspaces, options: BatchOptions): Promise<number> => {
  const { reporter } = context;
  const names = namesOfBatch(options.batch, options.size);
  if (names.some((name) => parseWorkspaceName(name) === undefined))
    throw new AppError("bad-name", `"${options.batch}" is no name for a batch.`, {
      hint: "Use lower-case letters, digits and hyphens, at most 60.",
    });
  const there = (await workspaces.list()).filter(
    ({ name, settings }) => settings?.batch === options.batch || names.includes(name),
  );
  if (there.length > 0)
    throw new AppError(
      "batch-exists",
      `There ${there.length === 1 ? "is a workspace" : `are ${there.length} workspaces`} of a batch "${options.batch}" already: ${there.map(({ name }) => name).join(", ")}.`,
      { hint: `Go on in them: atelier start ${options.batch}. Or choose another --name, or remove them first.` },
    );
  const queue = [...names];
  const started: Started[] = [];
  let made = 0;
  const work = async (): Promise<void> => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
      reporter.progress(`Starting ${++made} of ${names.length}: ${name}`);
      started.push(await startOne(context, workspaces, { name, options }));
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.concurrency, names.length) }, work));
  reporter.progressDone();
  started.sort((a, b) => (a.name < b.name ? -1 : 1));
  const failed = started.filter(({ phase }) => phase !== "ready");
  if (options.json) reporter.json({ batch: options.batch, workspaces: started });
  else {
    reporter.result(
      table(
        ["NAME", "LINK"],
        started.map(({ name, url, phase, cause }) => [name, url === "" ? `${phase}: ${cause ?? ""}` : url]),
      ),
    );
    for (const { name, cause } of failed) reporter.warn(`${name} could not be prepared: ${cause ?? "see its page"}`);
    reporter.info(
      reporter.paint.dim(
        `Each link is one student. All at once: atelier stop ${options.batch}, atelier start ${options.batch}, atelier remove ${options.batch}.`,
      ),
    );
  }
  return failed.length === 0 ? 0 : 1;
};

const startOne = async (
  context: Context,
  workspaces: Workspaces,
  { name, options }: { readonly name: string; readonly options: BatchOptions },
): Promise<Started> => {
  try {
    const settings = await options.create(name, options.batch);
    const supervisor = await context.supervisor();
    const { boot } = await supervisor.start(name, { onProgress: () => {}, signal: context.signal });
    return {
      name,
      url: workspaces.url(settings, "student"),
      phase: boot?.phase ?? "ready",
      ...(boot?.cause === undefined ? {} : { cause: boot.cause }),
    };
  } catch (error) {
    if (context.signal.aborted) throw error;
    return { name, url: "", phase: "failed", cause: (error as Error).message };
  }
};
