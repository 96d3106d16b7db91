import { AppError } from "@atelier/domain";
import { confirm } from "../confirm.ts";
import type { Context } from "../context.ts";
import { readCheckpoints, reasonWords } from "../transitions/read-checkpoints.ts";
import { transition, type TransitionOptions } from "../transitions/transition.ts";

export default async (
  context: Context,
  [name = "", wanted = ""]: readonly string[],
  options: TransitionOptions,
): Promise<number> => {
  const all = await readCheckpoints(context, name);
  const [found, ...others] = all.filter(({ id }) => id.startsWith(wanted));
  if (found === undefined || others.length > 0)
    throw new AppError(
      "usage",
      found === undefined
        ? `"${name}" has no checkpoint "${wanted}" (any more).`
        : `"${wanted}" is the beginning of ${others.length + 1} checkpoints; type more of it.`,
      { hint: `atelier checkpoints ${name}` },
    );
  const { reporter } = context;
  const what = `the files as they were at ${found.at.slice(0, 19).replace("T", " ")} UTC (${reasonWords[found.reason]}, on ${found.step})`;
  const question = `Replace the container of "${name}" with ${what}? What is outside home, workdir and keep[] is lost; the files as they are now are saved, and \`atelier undo ${name}\` brings them back.`;
  if (options.yes !== true && !(await confirm(context, question))) {
    reporter.info("Nothing was changed.");
    return 0;
  }
  return transition(context, { name, request: { kind: "restore", checkpoint: found.id } }, options);
};
