import { createWriteStream, existsSync } from "node:fs";
import { rename, rm, stat } from "node:fs/promises";
import { posix } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { AppError } from "@atelier/domain";
import { packSession, readTar, type SessionFile } from "@atelier/node-kit";
import type { Context } from "../context.ts";

interface ExportOptions {
  readonly output?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

const runtimeFolder = "/workshop/runtime";

/**
 * The session's files come out of the workspace's volume through the engine: whether it runs does not
 * matter, and neither does whether its server answers.
 */
export default async (context: Context, [name = ""]: readonly string[], options: ExportOptions): Promise<number> => {
  const { reporter } = context;
  const workspaces = await context.workspaces();
  const { settings, state } = await workspaces.find(name);
  if (settings === undefined || state === "incomplete")
    throw new AppError("workspace-incomplete", `The workspace "${name}" has no container whose files could be read.`, {
      hint: `Bring it back: atelier start ${name}`,
    });
  const exportedAt = context.now();
  const file = context.path(options.output ?? `${name}-${exportedAt.toISOString().slice(0, 10)}.tar.gz`);
  if (existsSync(file) && options.force !== true)
    throw new AppError("file-exists", `${file} is there already.`, {
      hint: "Replace it with --force, or name another file with -o.",
    });
  const archive = packSession({
    label: {
      workspace: name,
      workspaceId: settings.id,
      workshop: `${settings.workshop} ${settings.version}`,
    },
    exportedAt,
    files: filesOf(await workspaces.readFiles(name, runtimeFolder, context.signal), context.signal),
  });
  const draft = `${file}.${process.pid}`;
  try {
    await pipeline(archive, createWriteStream(draft, { mode: 0o600 }), { signal: context.signal });
    await rename(draft, file);
  } finally {
    await rm(draft, { force: true });
  }
  const { size } = await stat(file);
  if (options.json) reporter.json({ workspace: name, file, bytes: size });
  else reporter.result(file);
  reporter.info(`The session of ${name}: logs, recordings and summaries, ${Math.ceil(size / 1024)} kB.`);
  return 0;
};

/** Regular files directly in the folder: what else is in it is not the session's. */
async function* filesOf(stream: Readable, signal: AbortSignal): AsyncGenerator<SessionFile> {
  for await (const entry of readTar(stream, signal)) {
    const { name, type, size = 0 } = entry.header;
    if (type === "file" && posix.dirname(posix.normalize(name)) === posix.basename(runtimeFolder))
      yield { name: posix.basename(name), size, body: entry };
    entry.resume();
  }
}
