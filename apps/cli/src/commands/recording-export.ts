import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Workspaces } from "@atelier/backend-docker";
import { type CastFormat, createCastDecoder, createCastExport } from "@atelier/contract";
import { AppError } from "@atelier/domain";
import type { Context } from "../context.ts";
import { findRecordings, type Recording, readRecordingPart } from "../recordings/find-recordings.ts";
import { pickRecording } from "../recordings/pick-recording.ts";

export default async (
  context: Context,
  [workspace = "", wanted]: readonly string[],
  options: { readonly format?: string; readonly output?: string },
): Promise<number> => {
  const { format = "v2" } = options;
  if (format !== "v2" && format !== "v3")
    throw new AppError("usage", `--format ${format}: expected v2 or v3.`, {
      hint: "v2 plays everywhere; v3 is what asciinema 3 records.",
    });
  const workspaces = await context.workspaces();
  await workspaces.find(workspace);
  const recording = pickRecording(await findRecordings(workspaces, workspace, context.signal), { workspace, wanted });
  const badLines: string[] = [];
  const lines = Readable.from(exported(workspaces, { workspace, recording, format, badLines, signal: context.signal }));
  const { output } = options;
  if (output === undefined || output === "-") await pipeline(lines, process.stdout, { end: false });
  else {
    const file = context.path(output);
    const draft = `${file}.${process.pid}.part`;
    try {
      await pipeline(lines, createWriteStream(draft));
      await rename(draft, file);
    } catch (error) {
      await rm(draft, { force: true });
      throw new AppError("bad-value", `${output} cannot be written: ${(error as Error).message}`, {
        cause: error,
        hint: "Name another file with --output, or make room.",
      });
    }
    context.reporter.info(`Wrote ${recording.id} (terminal ${recording.terminal}) to ${output}.`);
  }
  if (badLines.length > 0)
    context.reporter.warn(
      `${badLines.length} ${badLines.length === 1 ? "line is" : "lines are"} no events and left out: ${badLines.slice(0, 5).join(", ")}`,
    );
  return 0;
};

async function* exported(
  workspaces: Workspaces,
  {
    workspace,
    recording,
    format,
    badLines,
    signal,
  }: {
    readonly workspace: string;
    readonly recording: Recording;
    readonly format: CastFormat;
    readonly badLines: string[];
    readonly signal: AbortSignal;
  },
): AsyncGenerator<string> {
  const write = createCastExport(format);
  for (const name of recording.parts) {
    const decoder = createCastDecoder();
    const utf8 = new TextDecoder();
    for await (const chunk of readRecordingPart(workspaces, { workspace, name, signal }))
      yield decoder
        .push(utf8.decode(chunk, { stream: true }))
        .map(write)
        .join("");
    badLines.push(...decoder.badLines.map(({ line }) => `${name}:${line}`));
  }
}
