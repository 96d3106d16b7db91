import type { Context } from "../context.ts";

export default async (
  { reporter, version }: Context,
  _args: readonly string[],
  options: { readonly json?: boolean },
): Promise<number> => {
  if (options.json) reporter.json({ version, node: process.version });
  else reporter.result(`atelier ${version}`);
  return 0;
};
