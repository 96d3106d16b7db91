import type { Readable } from "node:stream";
import { AppError } from "@atelier/domain";
import { z } from "zod";

/** The engine's endless answers: one JSON document a line. A line that is none ends in `docker-failed`. */
export const jsonLines = async function* (stream: Readable): AsyncGenerator<unknown> {
  let pending = "";
  stream.setEncoding("utf8");
  for await (const chunk of stream) {
    const lines = (pending + chunk).split("\n");
    pending = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") yield parsed(line);
  }
  if (pending.trim() !== "") yield parsed(pending);
};

const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new AppError("docker-failed", `The Docker engine sent what is no JSON: ${line.slice(0, 200)}`, { cause });
  }
};

const progressSchema = z.object({
  stream: z.string().optional(),
  status: z.string().optional(),
  id: z.string().optional(),
  error: z.string().optional(),
});

/** Reads progress to its end; an `error` in it becomes an `AppError` of the given code. */
export const followProgress = async (stream: Readable, onLine: (line: string) => void, code: string): Promise<void> => {
  let failure: string | undefined;
  for await (const document of jsonLines(stream)) {
    const line = progressSchema.safeParse(document).data ?? {};
    failure ??= line.error;
    const shown = line.stream ?? (line.status ? `${line.id ? `${line.id}: ` : ""}${line.status}` : undefined);
    if (shown?.trim()) onLine(shown.trimEnd());
  }
  if (failure !== undefined) throw new AppError(code, failure);
};
