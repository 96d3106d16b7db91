import { capabilities, type CapabilityLevel } from "@atelier/domain";
import type { Context } from "../context.ts";
import { table } from "../reporter/table.ts";

export default async (
  { reporter }: Context,
  _args: readonly string[],
  options: { readonly json?: boolean },
): Promise<number> => {
  if (options.json) {
    reporter.json(capabilities);
    return 0;
  }
  const { paintResult: paint } = reporter;
  const cell = (level: CapabilityLevel, note: string, since: string | undefined): string => {
    const said = note === "" ? level : `${level} (${note})`;
    if (level === "no") return paint.dim(said);
    return since === undefined ? `${said} ${paint.yellow("later")}` : said;
  };
  reporter.result(
    table(
      ["CAPABILITY", "DOCKER", "KUBERNETES"],
      capabilities.map((entry) => [
        entry.title,
        cell(entry.docker, entry.dockerNote, entry.availableIn.docker),
        cell(entry.kubernetes, entry.kubernetesNote, entry.availableIn.kubernetes),
      ]),
    ),
  );
  reporter.info("“later”: the backend will have it, this version does not yet.");
  return 0;
};
