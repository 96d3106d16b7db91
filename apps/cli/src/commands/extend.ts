import { AppError, parseDuration } from "@atelier/domain";
import type { Context } from "../context.ts";

export default async (
  context: Context,
  [name = ""]: readonly string[],
  options: { readonly by?: string; readonly json?: boolean },
): Promise<number> => {
  const seconds = options.by === undefined ? undefined : parseDuration(options.by);
  if (options.by !== undefined && seconds === undefined)
    throw new AppError("usage", `--by ${options.by}: expected a duration such as 45m or 2h.`);
  await (await context.workspaces()).find(name);
  const { deadline } = await (await context.supervisor()).extend(name, seconds === undefined ? {} : { seconds });
  if (options.json) context.reporter.json({ name, deadline });
  else context.reporter.info(`${name} runs until ${deadline?.slice(0, 16).replace("T", " ")} UTC.`);
  return 0;
};
