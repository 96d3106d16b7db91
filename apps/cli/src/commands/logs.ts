import { AppError } from "@atelier/domain";
import type { Context } from "../context.ts";

export default async (
  context: Context,
  [name = ""]: readonly string[],
  options: { readonly follow?: boolean; readonly tail?: string; readonly service?: string },
): Promise<number> => {
  const tail = options.tail === undefined ? undefined : Number(options.tail);
  if (tail !== undefined && !(Number.isInteger(tail) && tail >= 0))
    throw new AppError("usage", `--tail ${options.tail}: expected a number of lines.`);
  const workspaces = await context.workspaces();
  let pending = "";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what a student's process wrote must not steer this terminal.
  const print = (line: string): void =>
    context.reporter.result(line.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, ""));
  for await (const data of workspaces.logs(name, {
    follow: options.follow === true,
    ...(tail === undefined ? {} : { tail }),
    ...(options.service === undefined ? {} : { service: options.service }),
    signal: context.signal,
  })) {
    const lines = (pending + data.toString("utf8")).split("\n");
    pending = lines.pop() ?? "";
    for (const line of lines) print(line);
  }
  if (pending !== "") print(pending);
  return 0;
};
